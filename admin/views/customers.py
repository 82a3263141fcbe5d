"""Customers in words: the rows of their list, and what stands on the page of one."""

from collections.abc import Sequence

from admin.views.cells import Cell, money_cell
from portal.actions.policies import Policy
from portal.records.customers_listed import CustomerRow


def row(found: CustomerRow, policy: Policy) -> Sequence[Cell]:
    """Name, number, open, overdue, disputed, credit, last payment."""
    words = policy.words(found.currency)
    return [
        Cell(found.name, href=f"/admin/customers/{found.public_id}"),
        Cell(found.number or ""),
        money_cell(words.money(found.open_cents), found.open_cents),
        money_cell(words.money(found.overdue_cents), found.overdue_cents),
        money_cell(words.money(found.disputed_cents), found.disputed_cents),
        money_cell(words.money(found.credit_cents), found.credit_cents),
        Cell(words.day(found.last_paid_on) if found.last_paid_on else ""),
    ]
