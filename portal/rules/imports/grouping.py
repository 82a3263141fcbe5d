"""Which rows make one invoice, and which rows are no invoice at all: totals of a report, other transactions."""

from dataclasses import dataclass

from portal.rules.imports.cells import Cells
from portal.rules.imports.tables import Row, Table

_KINDS = frozenset({"invoice", "credit memo", "sales receipt"})


@dataclass(slots=True)
class Group:
    """The rows of one invoice number, in the file's order."""

    number: str
    rows: list[Row]


def group_rows(table: Table, cells: Cells) -> list[Group]:
    """Group by invoice number. A row without one is a problem, unless its format continues the invoice above."""
    groups: dict[str, Group] = {}
    above: Group | None = None
    for row in table.rows:
        if _too_wide(row, table, cells):
            continue
        number = cells.text(row, "number")
        if not number and above is not None and _continues(row, cells):
            above.rows.append(row)
            continue
        if _is_no_invoice(row, number, table, cells):
            continue
        if not number:
            cells.problem(row, "number", "is missing. Every invoice needs its number.")
            continue
        above = groups.get(number)
        if above is None:
            above = groups[number] = Group(number, [row])
        else:
            if any(row.cells == other.cells for other in above.rows):
                cells.findings.note(
                    row.line, f"This row says the same as another of invoice {number}; both are counted as lines."
                )
            above.rows.append(row)
    return list(groups.values())


def _too_wide(row: Row, table: Table, cells: Cells) -> bool:
    extra = row.cells[len(table.header) :]
    if not any(cell.strip() for cell in extra):
        return False
    cells.findings.problem(
        row.line,
        None,
        f"The row has {len(row.cells)} cells, the header has {len(table.header)}."
        " A cell with a separator in it needs quotes around it.",
    )
    return True


def _continues(row: Row, cells: Cells) -> bool:
    if not cells.layout.format.continues:
        return False
    repeats = any(cells.raw(row, field) for field in ("customer", "issued_on"))
    return not repeats and not _is_total(row) and any(cells.raw(row, name) for name in ("amount", "unit_price"))


def _is_no_invoice(row: Row, number: str, table: Table, cells: Cells) -> bool:
    filled = [cell for cell in row.cells if cell.strip()]
    if not number and (_is_total(row) or (table.has_title and len(filled) == 1)):
        cells.findings.note(row.line, f"“{filled[0].strip()[:60]}” is no invoice and was left out.")
        return True
    kind = cells.raw(row, "kind")
    if kind and kind.casefold() not in _KINDS:
        cells.findings.note(row.line, f"A “{kind[:40]}” is no invoice and was left out.")
        return True
    return False


def _is_total(row: Row) -> bool:
    first = next(cell.strip().casefold() for cell in row.cells if cell.strip())
    return first.startswith("total")
