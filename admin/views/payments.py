"""Payments in words, as those who work here see them."""

from collections.abc import Sequence

from admin.views.cells import Cell, money_cell
from portal.actions.policies import Policy
from portal.records.payments_listed import PaymentListedRow
from portal.views.payments import method_name


def row(found: PaymentListedRow, policy: Policy) -> Sequence[Cell]:
    """Number, customer, day, how it came, amount, what is on no invoice, what went back."""
    words = policy.words(found.currency)
    return [
        Cell(f"R-{found.id:05d}", href=f"/admin/payments/{found.public_id}"),
        Cell(found.customer, href=f"/admin/customers/{found.customer_public_id}"),
        Cell(words.day(found.received_on)),
        Cell(method_name(found.method, words), sub=found.reference),
        Cell(words.money(found.amount_cents)),
        money_cell(words.money(found.unapplied_cents), found.unapplied_cents),
        money_cell(words.money(found.back_cents), found.back_cents),
    ]
