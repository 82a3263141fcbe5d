"""What money that comes back does to the charges it had paid (money.md 2), and what must be posted to get there.

Desired minus actual: Stripe's facts and the movements of one payment in, the steps that are missing out. Money is
given back to a payment before more is taken from it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal, NamedTuple

from portal.rules.ledger import Movement
from portal.rules.money import share

# Stripe's words for a dispute of which nothing more is to be expected.
DECIDED = frozenset({"won", "lost", "warning_closed", "prevented"})

Verdict = Literal["open", "won", "lost", "unknown"]


class Applied(NamedTuple):
    """What of a payment stands on a charge: the money, the discount that came with it, and that one's tax part.

    It is a payment's or a credit memo's.
    """

    allocation_id: int
    charge_id: int
    amount_cents: int
    discount_cents: int
    discount_tax_cents: int
    is_pro_rata: bool
    started_on: date
    effective_on: date
    payment_id: int | None = None
    credit_id: int | None = None


class Release(NamedTuple):
    """What of an allocation is taken back off its charge, with that much of its discount (tax part included)."""

    allocation_id: int
    charge_id: int
    amount_cents: int
    discount_cents: int
    discount_tax_cents: int
    started_on: date


class Again(NamedTuple):
    """Money put back onto a charge that it had been taken off, with the discount that had gone with it."""

    charge_id: int
    amount_cents: int
    discount_cents: int
    discount_tax_cents: int
    started_on: date


class TakenBack(NamedTuple):
    """unapplied_cents + releases + debit_note_cents = the amount that left the payment."""

    unapplied_cents: int
    releases: tuple[Release, ...]
    debit_note_cents: int


class RefundFact(NamedTuple):
    """A refund at Stripe; one that is not live has failed or was cancelled, and the money is back."""

    refund_id: str
    amount_cents: int
    is_live: bool
    on: date


class Moved(NamedTuple):
    """What a dispute took from Stripe's balance (negative) or gave back, in the payment's own currency."""

    transaction_id: str
    amount_cents: int
    on: date


class DisputeFact(NamedTuple):
    """A dispute at Stripe. An inquiry has moved nothing; `unknown` leaves whatever was decided before."""

    dispute_id: str
    verdict: Verdict
    moved: tuple[Moved, ...]
    on: date


@dataclass(frozen=True, slots=True)
class Step:
    """One posting that is missing. `times` counts how often the same dispute was lost or won back."""

    kind: Literal["moved", "refund_failed", "reinstated", "refund", "lost"]
    stripe_id: str
    amount_cents: int
    on: date
    times: int = 0


def take_back(
    amount_cents: int, *, unapplied_cents: int, applied: Sequence[Applied], reverses_discounts: bool
) -> TakenBack:
    """Money leaving a payment: its unapplied part first, then its allocations (given oldest first), newest first.

    A discount goes with the money it came with: wholly in full mode, by its share in pro rata. What the payment no
    longer has, because it was refunded before, becomes a debit note.
    """
    unapplied = min(amount_cents, max(0, unapplied_cents))
    left = amount_cents - unapplied
    releases = []
    for each in reversed(applied):
        if left == 0:
            break
        taken = min(left, each.amount_cents)
        left -= taken
        discount = _discount_of(each, taken) if reverses_discounts else 0
        tax = share(each.discount_tax_cents, discount, each.discount_cents)
        releases.append(Release(each.allocation_id, each.charge_id, taken, discount, tax, each.started_on))
    return TakenBack(unapplied, tuple(releases), left)


def put_back(amount_cents: int, *, released: Iterable[Release], open_cents: Mapping[int, int]) -> tuple[Again, ...]:
    """Money that came back after all goes onto the charges it had been taken off, as far as they are still open.

    Its discount comes back with all of the money only: it had been earned by all of it.
    """
    left, opens, found = amount_cents, dict(open_cents), []
    for each in released:
        money = min(left, each.amount_cents, opens.get(each.charge_id, 0))
        if money <= 0:
            continue
        left -= money
        opens[each.charge_id] -= money
        discount = min(each.discount_cents, opens[each.charge_id]) if money == each.amount_cents else 0
        opens[each.charge_id] -= discount
        tax = share(each.discount_tax_cents, discount, each.discount_cents)
        found.append(Again(each.charge_id, money, discount, tax, each.started_on))
    return tuple(found)


def missing(
    movements: Iterable[Movement], *, refunds: Sequence[RefundFact], disputes: Sequence[DisputeFact]
) -> tuple[Step, ...]:
    """The steps from what is posted of a payment to what Stripe says, in the order in which to post them.

    A refund that failed before anybody heard of it moves nothing. Nothing posted is ever taken for undone.
    """
    posted = {movement.source: movement.amount_cents for movement in movements}
    moved = [
        Step("moved", each.transaction_id, each.amount_cents, each.on)
        for dispute in disputes
        for each in dispute.moved
        if each.amount_cents and f"stripe:{each.transaction_id}" not in posted
    ]
    failed = [
        Step("refund_failed", each.refund_id, each.amount_cents, each.on)
        for each in refunds
        if not each.is_live and f"stripe:{each.refund_id}" in posted and f"stripe:{each.refund_id}/failed" not in posted
    ]
    live = [
        Step("refund", each.refund_id, each.amount_cents, each.on)
        for each in refunds
        if each.is_live and f"stripe:{each.refund_id}" not in posted
    ]
    decided = [step for dispute in disputes if (step := _decided(posted, dispute))]
    back = [step for step in decided if step.kind == "reinstated"]
    lost = [step for step in decided if step.kind == "lost"]
    return (*moved, *failed, *back, *live, *lost)


def _decided(posted: Mapping[str, int], dispute: DisputeFact) -> Step | None:
    """What a dispute has cost the payment so far, against what it should have."""
    losses = _amounts(posted, f"stripe:{dispute.dispute_id}/lost/")
    returns = _amounts(posted, f"stripe:{dispute.dispute_id}/reinstated/")
    actual = sum(losses) - sum(returns)
    wanted = actual
    if dispute.verdict == "lost":
        wanted = max(0, -sum(each.amount_cents for each in dispute.moved))
    elif dispute.verdict == "won":
        wanted = 0
    if wanted > actual:
        return Step("lost", dispute.dispute_id, wanted - actual, dispute.on, len(losses) + 1)
    if wanted < actual:
        return Step("reinstated", dispute.dispute_id, actual - wanted, dispute.on, len(returns) + 1)
    return None


def _amounts(posted: Mapping[str, int], prefix: str) -> list[int]:
    return [cents for source, cents in posted.items() if source.startswith(prefix)]


def _discount_of(applied: Applied, taken_cents: int) -> int:
    if applied.is_pro_rata:
        return share(applied.discount_cents, taken_cents, applied.amount_cents)
    return applied.discount_cents
