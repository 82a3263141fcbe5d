"""A receipt's facts: the payment, what it paid, what is still open of that, and what has come back of it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.records import Session, charges, ledger, payment_history, reversals
from portal.records.ledger import AppliedRow, PaymentRow
from portal.records.reversals import ChargebackRow, RefundRow
from portal.rules.ledger import Movement
from portal.rules.payment_history import Kind, Turn, turns


@dataclass(frozen=True, slots=True)
class Receipt:
    """What stands on charges + unapplied + refunded + returned - charged again = the amount received.

    `applied` has every charge that the payment was ever put on; `open_cents` is what is open of each, by its id.
    """

    payment: PaymentRow
    applied: tuple[AppliedRow, ...]
    open_cents: dict[int, int]
    unapplied_cents: int
    turns: tuple[Turn, ...]
    refunds: tuple[RefundRow, ...]
    chargebacks: tuple[ChargebackRow, ...]

    @property
    def standing(self) -> tuple[AppliedRow, ...]:
        """What it pays as it stands now, one row for each charge."""
        rows: dict[int, AppliedRow] = {}
        for row in self.applied:
            before = rows.get(row.charge_id)
            rows[row.charge_id] = row if before is None else _sum(before, row)
        return tuple(row for row in rows.values() if row.amount_cents)

    @property
    def reopened(self) -> tuple[str, ...]:
        """Numbers of the charges that it no longer pays and that are open."""
        standing = {row.charge_id for row in self.standing}
        gone = {row.charge_id: row.number for row in self.applied if row.charge_id not in standing}
        return tuple(number for charge_id, number in gone.items() if self.open_cents.get(charge_id))

    @property
    def refunded_cents(self) -> int:
        return -self._moved("refund", "refund_failed")

    @property
    def returned_cents(self) -> int:
        return -self._moved("returned", "restored")

    @property
    def charged_again_cents(self) -> int:
        return self._moved("charged_again")

    def _moved(self, *kinds: Kind) -> int:
        return sum(turn.cents for turn in self.turns if turn.kind in kinds)


def load(session: Session, payment: PaymentRow, *, on: date) -> Receipt:
    """The receipt of a payment as of that day."""
    return load_all(session, payment.account_id, [payment], on=on)[0]


def load_all(session: Session, account_id: int, payments: Sequence[PaymentRow], *, on: date) -> Sequence[Receipt]:
    """The receipts of an account's payments as of that day, in the same order."""
    ids = [payment.id for payment in payments]
    open_now = {row.id: row.open_cents for row in charges.open_on(session, account_id, on)}
    parts = reversals.unapplied_parts(session, account_id, date.max)
    unapplied = {part.payment_id: part.unapplied_cents for part in parts}
    applied: dict[int, list[AppliedRow]] = defaultdict(list)
    for row in ledger.applied(session, ids):
        applied[row.payment_id].append(row)
    money: dict[int | None, list[Movement]] = defaultdict(list)
    for movement in payment_history.money_of(session, ids):
        money[movement.payment_id].append(movement)
    refunds = reversals.refunds_of(session, ids)
    chargebacks = reversals.chargebacks_of(session, ids)
    return [
        Receipt(
            payment,
            applied=tuple(applied[payment.id]),
            open_cents={row.charge_id: open_now.get(row.charge_id, 0) for row in applied[payment.id]},
            unapplied_cents=unapplied.get(payment.id, 0),
            turns=turns(money[payment.id]),
            refunds=tuple(row for row in refunds if row.payment_id == payment.id),
            chargebacks=tuple(row for row in chargebacks if row.payment_id == payment.id),
        )
        for payment in payments
    ]


def _sum(one: AppliedRow, other: AppliedRow) -> AppliedRow:
    return one._replace(
        amount_cents=one.amount_cents + other.amount_cents, discount_cents=one.discount_cents + other.discount_cents
    )
