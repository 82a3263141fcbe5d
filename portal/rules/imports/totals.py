"""What an invoice comes to, and whether that can be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from portal.rules.imports.cells import Cells
from portal.rules.imports.tables import Row
from portal.rules.imports.values import ImportedLine
from portal.rules.money import words

# A million invoices of this size still add up within what a database column holds.
MOST_CENTS = 10**12


@dataclass(frozen=True, slots=True)
class Settled:
    """Lines before tax, and the total with tax: both signed."""

    lines: tuple[ImportedLine, ...]
    amount_cents: int
    tax_cents: int


def settle_total(
    number: str, lines: Sequence[ImportedLine], head: Mapping[str, Row], cells: Cells, currency: str, first: Row
) -> Settled | None:
    """The totals, or None: a problem is named, or a note says that the invoice comes to nothing.

    A stated total (Xero) must agree, with tax on top of the lines or included in them.
    """
    net = sum(line.amount_cents for line in lines)
    tax = sum(line.tax_cents for line in lines)
    if "total" in head:
        stated = cells.amount(head["total"], "total", currency)
        if stated is None:
            return None
        if stated == net != net + tax:
            lines = [replace(line, amount_cents=line.amount_cents - line.tax_cents) for line in lines]
            net -= tax
        elif stated != net + tax:
            said = f"{words(stated, currency)} is not what the lines and their tax come to"
            cells.problem(head["total"], "total", f"{said}, {words(net + tax, currency)}.")
            return None
    total = net + tax
    if total == 0:
        cells.findings.note(first.line, f"Invoice {number} comes to nothing and was left out.")
        return None
    where = "amount" if "amount" in cells.layout.columns else "unit_price"
    if abs(total) > MOST_CENTS:
        cells.problem(first, where, f"{words(total, currency)} is too large for one invoice.")
        return None
    sign = 1 if total > 0 else -1
    if not 0 <= tax * sign <= total * sign:
        said = f"A tax of {words(tax, currency)} does not fit a total of {words(total, currency)}"
        cells.problem(first, "tax", f"{said}.")
        return None
    return Settled(tuple(lines), total, tax)
