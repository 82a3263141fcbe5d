"""One invoice in words, as those who work here see it."""

from collections.abc import Sequence

from admin.views.cells import Cell, Fact, Head, Table, money_cell
from admin.views.things import Tile
from portal.records.accounts import AccountRow
from portal.records.charges import ChargeRow
from portal.records.credits import CreditRow
from portal.rules.terms import parse_terms, to_text
from portal.views import invoices as view
from portal.views.invoices import Charge
from portal.wording import Words


def tiles(found: Charge, words: Words) -> list[Tile]:
    """The amount, what is open, and the parts of that."""
    charge = found.charge
    parts = found.row.item.parts if found.row else None
    figures = (
        ("Payable now", parts.payable_cents if parts else 0),
        ("Pending", parts.pending_cents if parts else 0),
        ("Disputed", parts.disputed_cents if parts else 0),
        ("On a plan", parts.on_plan_cents if parts else 0),
    )
    return [
        Tile("Amount", words.money(charge.amount_cents)),
        Tile("Open", words.money(charge.open_cents)),
        *(Tile(name, words.money(cents)) for name, cents in figures if cents and cents != charge.open_cents),
    ]


def facts(charge: ChargeRow, account: AccountRow, words: Words) -> Sequence[Fact]:
    """Whose it is, its days and its terms."""
    return [
        Fact("Customer", account.name, href=f"/admin/customers/{account.public_id}"),
        Fact("Issued", words.date(charge.issued_on)),
        Fact("Due", f"{words.date(charge.due_on)} ({words.relative_due(charge.due_on)})"
             if charge.open_cents > 0 else words.date(charge.due_on)),
        Fact("Terms", to_text(parse_terms(charge.terms))),
        Fact("Of that tax", words.money(charge.tax_cents)),
        *([Fact("Memo", charge.memo)] if charge.memo else []),
    ]  # fmt: skip


def lines(found: Charge, words: Words) -> Table:
    """What it is for."""
    heads = [Head("What"), Head("Quantity", True), Head("Price", True), Head("Tax", True), Head("Amount", True)]
    rows = [
        [
            Cell(line.description),
            Cell(line.quantity),
            Cell(words.price(line.unit_price)),
            money_cell(words.money(line.tax_cents), line.tax_cents),
            Cell(words.money(line.amount_cents)),
        ]
        for line in found.lines
    ]
    return Table("Lines", heads, rows, "It has no lines.")


def memos(found: Sequence[CreditRow], words: Words) -> Table:
    """The credit memos that were written for it."""
    heads = [Head("Number"), Head("Issued"), Head("Reason"), Head("Amount", True)]
    rows = [
        [Cell(row.number), Cell(words.day(row.issued_on)), Cell(row.reason), Cell(words.money(row.amount_cents))]
        for row in found
    ]
    return Table("Credit memos written for it", heads, rows)


def history(found: Charge, words: Words) -> Table:
    """What happened to it, and what was open after each."""
    heads = [Head("What happened"), Head("On"), Head("Amount", True), Head("Open then", True)]
    rows = [
        [Cell(each["text"]), Cell(each["on"]), Cell(each["amount"]), Cell(each["open"])]
        for each in view.history(found, words)
    ]
    return Table("History", heads, rows, "Nothing is owed of it before its own day.")
