"""How charges and payments stand, in the words of the admin."""

from admin.views.cells import Cell

CHARGE_STATES = {
    "overdue": "Overdue",
    "due_soon": "Due soon",
    "open": "Open",
    "pending": "Pending",
    "disputed": "Disputed",
    "on_plan": "On a plan",
    "paid": "Paid",
    "ahead": "Dated ahead",
}
CHARGE_KINDS = {
    "invoice": "Invoice",
    "debit_note": "Debit note",
    "returned_fee": "Returned payment fee",
    "late_fee": "Late fee",
}


def charge_chip(status: str) -> Cell:
    """A status of `rules.statement.Status`, or `ahead`."""
    return Cell(CHARGE_STATES[status], chip=status)


def charge_kind(kind: str) -> str:
    """What a charge is called; an invoice is what it usually is."""
    return CHARGE_KINDS.get(kind, kind)
