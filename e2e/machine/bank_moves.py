"""What banks and Stripe's dashboard do to a payment afterwards: settle, fail, give back, dispute, return."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from e2e.machine.finding import charges_paid, newest
from e2e.machine.move import Move, one_of
from e2e.machine.town import Town
from e2e.stripe.errors import ApiError

_PLACES = (1, 1, 1, 2, 3)
_REASONS = ("insufficient_funds", "debit_not_authorized", "account_closed", "no_account")


@dataclass(frozen=True, slots=True)
class Settle(Move):
    line = "debit {debit} ends: {how}"
    weight: ClassVar[int] = 8
    debit: int = one_of(*_PLACES)
    how: str = one_of("paid", "paid", "paid", *_REASONS)

    def act(self, town: Town) -> bool:
        found = newest(town.world.all("payment_intent"), self.debit, lambda each: each["status"] == "processing")
        if found is None:
            return False
        town.world.settle_bank(found["id"], fail_with=None if self.how == "paid" else self.how)
        return True


@dataclass(frozen=True, slots=True)
class Refund(Move):
    """In the dashboard; the part is of the whole payment."""

    line = "refund {part} of payment {payment} in the dashboard"
    weight: ClassVar[int] = 10
    part: str = one_of("1/1", "1/2", "1/3", "1/7")
    payment: int = one_of(*_PLACES)

    def act(self, town: Town) -> bool:
        charge = newest(charges_paid(town, "any"), self.payment)
        if charge is None:
            return False
        above, below = map(int, self.part.split("/"))
        amount = max(1, charge["amount_captured"] * above // below)
        return _taken(lambda: town.world.refund(charge["payment_intent"], amount))


@dataclass(frozen=True, slots=True)
class RefundRest(Move):
    line = "refund the rest of payment {payment} in the dashboard"
    payment: int = one_of(*_PLACES)

    def act(self, town: Town) -> bool:
        charge = newest(charges_paid(town, "any"), self.payment)
        return charge is not None and _taken(lambda: town.world.refund(charge["payment_intent"]))


@dataclass(frozen=True, slots=True)
class FailRefund(Move):
    line = "refund {refund} comes to nothing: {how}"
    weight: ClassVar[int] = 8
    refund: int = one_of(*_PLACES)
    how: str = one_of("failed", "failed", "called-off")

    def act(self, town: Town) -> bool:
        found = newest(town.world.all("refund"), self.refund, lambda each: each["status"] in ("pending", "succeeded"))
        if found is None:
            return False
        end = town.world.fail_refund if self.how == "failed" else town.world.cancel_refund
        return _taken(lambda: end(found["id"]))


@dataclass(frozen=True, slots=True)
class Dispute(Move):
    line = "the bank disputes {part} of card payment {payment}"
    weight: ClassVar[int] = 6
    part: str = one_of("all", "1/1", "1/2")
    payment: int = one_of(*_PLACES)

    def act(self, town: Town) -> bool:
        charge = newest(charges_paid(town, "card"), self.payment)
        if charge is None:
            return False
        part = {"all": None, "1/1": charge["amount_captured"], "1/2": max(1, charge["amount_captured"] // 2)}[self.part]
        return _taken(lambda: town.world.dispute(charge["payment_intent"], amount_cents=part))


@dataclass(frozen=True, slots=True)
class Return(Move):
    """At any age: there is no day after which a bank may not."""

    line = "debit payment {payment} is returned: {why}"
    weight: ClassVar[int] = 6
    payment: int = one_of(*_PLACES)
    why: str = one_of(*_REASONS)

    def act(self, town: Town) -> bool:
        charge = newest(charges_paid(town, "bank"), self.payment)
        return charge is not None and _taken(lambda: town.world.dispute(charge["payment_intent"], self.why))


@dataclass(frozen=True, slots=True)
class Inquire(Move):
    line = "the bank inquires about card payment {payment}"
    weight: ClassVar[int] = 2
    payment: int = one_of(*_PLACES)

    def act(self, town: Town) -> bool:
        charge = newest(charges_paid(town, "card"), self.payment)
        return charge is not None and _taken(lambda: town.world.inquire(charge["payment_intent"]))


@dataclass(frozen=True, slots=True)
class Decide(Move):
    line = "dispute {dispute}: {how}"
    weight: ClassVar[int] = 10
    dispute: int = one_of(*_PLACES)
    how: str = one_of("won", "lost", "lost", "appealed", "escalated", "dropped")

    def act(self, town: Town) -> bool:
        world = town.world
        acts: dict[str, tuple[Callable[[str], object], tuple[str, ...]]] = {
            "won": (lambda found: world.close_dispute(found, won=True), _UNDECIDED),
            "lost": (lambda found: world.close_dispute(found, won=False), _UNDECIDED),
            "appealed": (world.appeal, ("lost",)),
            "escalated": (world.escalate, _INQUIRIES),
            "dropped": (world.close_inquiry, _INQUIRIES),
        }
        act, statuses = acts[self.how]
        found = newest(world.all("dispute"), self.dispute, lambda each: each["status"] in statuses)
        return found is not None and _taken(lambda: act(found["id"]))


_UNDECIDED = ("needs_response", "under_review", "appeal_needs_response", "appeal_under_review")
_INQUIRIES = ("warning_needs_response", "warning_under_review")
BANKS: tuple[type[Move], ...] = (Settle, Refund, RefundRest, FailRefund, Dispute, Return, Inquire, Decide)


def _taken(act: Callable[[], object]) -> bool:
    """Whether Stripe lets it happen."""
    try:
        act()
    except ApiError:
        return False
    return True
