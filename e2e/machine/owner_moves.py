"""What the owner does by hand: cheques, credit and money given back, write-offs."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from e2e.machine.finding import newest, open_charges, posted_payments, where
from e2e.machine.move import Move, one_of
from e2e.machine.people import PEOPLE
from e2e.machine.town import Town
from portal.actions import manual_payments, policies, refunds, write_offs
from portal.actions.manual_payments import Recorded
from portal.actions.policies import Policy
from portal.records import Session, reversals
from portal.records.ledger import PaymentRow
from portal.rules.refusals import Refusal

_PEOPLE = range(1, len(PEOPLE) + 1)
_PLACES = (1, 1, 1, 2, 3)
_CENTS = {"usd": 10_000, "jpy": 3_000, "kwd": 20_000}


@dataclass(frozen=True, slots=True)
class Cheque(Move):
    """Received some days ago; for what is open, the oldest first, or kept as credit."""

    line = "a {size} cheque of customer {customer} is recorded {days} days late for {what}"
    weight: ClassVar[int] = 5
    size: str = one_of("small", "fitting", "large")
    customer: int = one_of(*_PEOPLE)
    days: int = one_of(0, 0, 1, 5)
    what: str = one_of("all", "all", "1", "nothing")

    def act(self, town: Town) -> bool:
        account = town.accounts[self.customer - 1]
        shown = open_charges(town, account.id)
        first = shown[0].open_cents if shown else _CENTS[account.currency]
        cents = {"small": first // 3, "fitting": first, "large": first * 2}[self.size]
        charge_ids = {"all": None, "1": [each.id for each in shown[:1]], "nothing": []}[self.what]

        def record(session: Session, policy: Policy) -> object:
            received_on = policy.today - timedelta(days=self.days)
            given = Recorded("cheque", cents, received_on, policy.today, "", charge_ids, is_another=True)
            return manual_payments.record(session, account, given, policy=policy, now=town.clock.now(), actor="owner")

        return _written(town, record)


@dataclass(frozen=True, slots=True)
class Allocate(Move):
    """What of a payment is on nothing, Stripe's or another."""

    line = "credit of posted payment {payment} is put on what is open"
    payment: int = one_of(*_PLACES)

    def act(self, town: Town) -> bool:
        return _with_payment(
            town,
            self.payment,
            lambda session, payment, policy: manual_payments.allocate(
                session, payment, charge_ids=None, amount_cents=None, policy=policy, now=town.clock.now(), actor="owner"
            ),
        )


@dataclass(frozen=True, slots=True)
class Release(Move):
    line = "{part} of posted payment {payment} is taken off its charge"
    part: str = one_of("all", "1/2", "1/3")
    payment: int = one_of(*_PLACES)

    def act(self, town: Town) -> bool:
        def release(session: Session, payment: PaymentRow, policy: Policy) -> object:
            applied = reversals.applied(session, payment.id)
            if not applied:
                raise Refusal("It is on nothing.")
            cents = None if self.part == "all" else max(1, applied[-1].amount_cents // int(self.part[2:]))
            return manual_payments.release(
                session,
                payment,
                applied[-1].charge_id,
                amount_cents=cents,
                policy=policy,
                now=town.clock.now(),
                actor="owner",
            )

        return _with_payment(town, self.payment, release)


@dataclass(frozen=True, slots=True)
class Bounce(Move):
    line = "posted payment {payment} comes back from the bank with a fee of {fee}"
    payment: int = one_of(*_PLACES)
    fee: int = one_of(0, 0, 2500)

    def act(self, town: Town) -> bool:
        return _with_payment(
            town,
            self.payment,
            lambda session, payment, policy: manual_payments.bounce(
                session,
                payment,
                fee_cents=self.fee,
                on=policy.today,
                policy=policy,
                now=town.clock.now(),
                actor="owner",
            ),
        )


@dataclass(frozen=True, slots=True)
class GiveBack(Move):
    """By the owner, through Stripe where the money came that way; credit memos may take its place."""

    line = "the owner gives {part} of posted payment {payment} back and {then}"
    weight: ClassVar[int] = 8
    part: str = one_of("all", "1/2", "1/3", "1/7")
    payment: int = one_of(*_PLACES)
    then: str = one_of("reopens", "covers", "covers")

    def act(self, town: Town) -> bool:
        payment = newest(posted_payments(town), self.payment)
        if payment is None:
            return False
        cents = None if self.part == "all" else max(1, payment.amount_cents // int(self.part[2:]))
        if cents is not None and payment.currency == "kwd":
            cents -= cents % 10
        wish = refunds.Wish(cents, covers=self.then == "covers", reason="returned goods", despite_return=True)
        try:
            refunds.refund(town.resources, payment, wish, now=town.clock.now(), actor="owner")
        except Refusal:
            return False
        return True


@dataclass(frozen=True, slots=True)
class WriteOff(Move):
    line = "the owner writes off {part} of charge {charge} of customer {customer} {relief}"
    weight: ClassVar[int] = 3
    part: str = one_of("all", "1/2", "1/3")
    charge: int = one_of(1, 2, 3)
    customer: int = one_of(*_PEOPLE)
    relief: str = one_of("with-tax", "without-tax")

    def act(self, town: Town) -> bool:
        account, now = town.accounts[self.customer - 1], town.clock.now()
        shown = open_charges(town, account.id)
        if not shown:
            return False
        charge = where(shown, self.charge)
        part = None if self.part == "all" else charge.open_cents // int(self.part[2:])
        return _written(
            town,
            lambda session, policy: write_offs.write_off(
                session,
                account,
                charge.id,
                amount_cents=part,
                claims_tax=self.relief == "with-tax",
                reason="gone",
                policy=policy,
                now=now,
                actor="owner",
            ),
        )


OWNER: tuple[type[Move], ...] = (Cheque, Allocate, Release, Bounce, GiveBack, WriteOff)


def _written(town: Town, act: Callable[[Session, Policy], object]) -> bool:
    """Do it in a transaction; False where it is refused."""
    try:
        with town.resources.writing() as session:
            act(session, policies.load(session, now=town.clock.now()))
    except Refusal:
        return False
    return True


def _with_payment(town: Town, place: int, act: Callable[[Session, PaymentRow, Policy], object]) -> bool:
    payment = newest(posted_payments(town), place)
    return payment is not None and _written(town, lambda session, policy: act(session, payment, policy))
