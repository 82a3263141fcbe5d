"""A receipt's facts: the payment, what it paid, and what is still open of that."""

from dataclasses import dataclass
from datetime import date

from portal.records import Session, charges, ledger
from portal.records.ledger import AppliedRow, PaymentRow


@dataclass(frozen=True, slots=True)
class Receipt:
    """`open_cents` is what is still open of each charge, by its id."""

    payment: PaymentRow
    applied: tuple[AppliedRow, ...]
    open_cents: dict[int, int]


def load(session: Session, payment: PaymentRow, *, on: date) -> Receipt:
    """The receipt of a payment as of that day."""
    open_now = {row.id: row.open_cents for row in charges.open_on(session, payment.account_id, on)}
    applied = tuple(ledger.applied(session, [payment.id]))
    return Receipt(payment, applied, {row.charge_id: open_now.get(row.charge_id, 0) for row in applied})
