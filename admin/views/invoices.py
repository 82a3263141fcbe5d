"""Invoices in words, as those who work here see them."""

from collections.abc import Sequence

from admin.views.cells import Cell, money_cell
from admin.views.standing import charge_chip, charge_kind
from admin.views.things import Option
from portal.actions.policies import Policy
from portal.actions.statements import Standing
from portal.records.charges_listed import ChargeListedRow
from portal.wording import Words


def row(found: ChargeListedRow, policy: Policy) -> Sequence[Cell]:
    """Number, customer, status, issued, due, amount, open."""
    words = policy.words(found.currency)
    late = words.relative_due(found.due_on) if found.status in ("overdue", "due_soon") else ""
    disputed = f"{words.money(found.disputed_cents)} disputed" if found.disputed_cents else ""
    return [
        Cell(
            found.number,
            href=f"/admin/invoices/{found.public_id}",
            sub="" if found.kind == "invoice" else charge_kind(found.kind),
        ),
        Cell(found.customer, href=f"/admin/customers/{found.customer_public_id}"),
        charge_chip(found.status),
        Cell(words.day(found.issued_on)),
        Cell(words.day(found.due_on), sub=late),
        Cell(words.money(found.amount_cents)),
        Cell(money_cell(words.money(found.open_cents), found.open_cents).text, sub=disputed),
    ]


def open_options(standing: Standing, words: Words, *, chosen: Sequence[str]) -> Sequence[Option]:
    """The charges that money can be put on now, the oldest due first, to choose from."""
    rows = standing.charges
    return [
        Option(
            rows[item.charge_id].public_id,
            f"{item.number}, due {words.day(item.due_on)}",
            f"{words.money(item.payable_cents)} payable",
            rows[item.charge_id].public_id in chosen,
        )
        for item in standing.items
        if item.payable_cents
    ]
