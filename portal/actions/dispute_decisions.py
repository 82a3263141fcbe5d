"""The seller's side of a dispute: looking into it, asking, offering, deciding; and what a decision sets in motion.

A decision for the customer writes a credit memo with its tax, puts it on the invoice, lets the discount clock of
what is left go on, and waives late fees on what was not owed (product.md D4).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from portal.actions import credit_memos, dispute_letters, dispute_steps, history, late_fees
from portal.actions.dispute_steps import Speaker, say, step
from portal.actions.policies import Policy
from portal.records import Session, accounts, charges, dispute_talk, disputes, ledger
from portal.records.accounts import AccountRow
from portal.records.dispute_talk import OfferRow
from portal.records.disputes import DisputeRow
from portal.rules import disputes as rules
from portal.rules import resolutions
from portal.rules.dates import local_day
from portal.rules.discounts import Clock
from portal.rules.money import words as words_of
from portal.rules.refusals import Conflict, NotFound, Refusal
from portal.rules.resolutions import Approved, DisputedLine, Resolution

OfferKind = Literal["credit", "replacement", "percentage"]


@dataclass(frozen=True, slots=True)
class Offered:
    """What is offered: a credit before tax in cents, a percentage in basis points, or the goods once more."""

    kind: OfferKind
    cents: int = 0
    percent_bp: int = 0
    words: str = ""
    days: int | None = None


def disputed_lines(session: Session, dispute_id: int) -> Sequence[DisputedLine]:
    """What is disputed, line by line, with what was approved before."""
    return [
        DisputedLine(
            line.position,
            line.disputed_quantity,
            line.disputed_net_cents,
            line.disputed_tax_cents,
            line.approved_net_cents,
            line.approved_tax_cents,
        )
        for line in disputes.lines(session, dispute_id)
    ]


def load_for(session: Session, public_id: str, *, version: int) -> DisputeRow:
    """The dispute as its reader saw it; Conflict where it has moved since, NotFound where there is none."""
    dispute = disputes.by_public_id(session, public_id)
    if dispute is None:
        raise NotFound("There is no such dispute. Look at the list of disputes.")
    ledger.lock_account(session, dispute.account_id)
    dispute = disputes.by_id(session, dispute.id)
    if dispute.version != version:
        raise Conflict("This dispute has changed since you opened it. See below what happened, then go on.")
    return dispute


def assign(session: Session, dispute: DisputeRow, staff_id: int | None, by: Speaker, *, now: datetime) -> None:
    """Say who works on it; None for nobody."""
    disputes.assign(session, dispute.id, staff_id)
    detail = {"dispute": dispute.number, "assignee": staff_id}
    history.write(
        session, action="dispute.assigned", actor=by.actor, now=now,
        account_id=dispute.account_id, charge_id=dispute.charge_id, detail=detail,
    )  # fmt: skip


def note(session: Session, dispute: DisputeRow, words: str, by: Speaker, *, now: datetime) -> None:
    """Something for the seller's own eyes."""
    if not words:
        raise Refusal("Write the note first.", field="words")
    say(session, dispute, by, words, is_private=True, now=now)
    history.write(
        session, action="dispute.noted", actor=by.actor, now=now,
        account_id=dispute.account_id, charge_id=dispute.charge_id, detail={"dispute": dispute.number},
    )  # fmt: skip


def review(session: Session, dispute: DisputeRow, by: Speaker, *, policy: Policy, now: datetime) -> DisputeRow:
    """Start to look into it, which the customer sees."""
    return step(session, dispute, "review", by, policy=policy, now=now)


def ask(session: Session, dispute: DisputeRow, words: str, by: Speaker, *, policy: Policy, now: datetime) -> DisputeRow:
    """Ask the customer for something: it is their turn."""
    if not words:
        raise Refusal("Write what you need to know.", field="words")
    dispute_talk.end_offers(session, dispute.id, "withdrawn", now=now)
    moved = step(session, dispute, "ask", by, policy=policy, now=now)
    say(session, moved, by, words, now=now)
    dispute_letters.tell_question(session, moved, now=now)
    return moved


def offer(
    session: Session, dispute: DisputeRow, given: Offered, by: Speaker, *, policy: Policy, now: datetime
) -> DisputeRow:
    """Offer to settle it until a day; an offer made before falls away."""
    days = policy.dispute_offer_days if given.days is None else given.days
    if not 1 <= days <= 90:
        raise Refusal("An offer is open for 1 to 90 days. Enter a number of days.", field="days")
    lines = disputed_lines(session, dispute.id)
    resolution = _resolution(lines, given.kind, given.cents, given.percent_bp)
    if given.kind != "replacement" and resolution.credit_cents == 0:
        raise Refusal("Offer a credit of more than nothing.", field="amount")
    dispute_talk.end_offers(session, dispute.id, "withdrawn", now=now)
    expires_on = policy.today + timedelta(days=days)
    made = dispute_talk.add_offer(
        session,
        {
            "dispute_id": dispute.id,
            "kind": given.kind,
            "percent_bp": given.percent_bp if given.kind == "percentage" else None,
            "net_cents": resolution.credit_net_cents,
            "tax_cents": resolution.credit_tax_cents,
            "words": given.words,
            "expires_on": expires_on,
            "made_by": by.actor,
            "created_at": now,
        },
    )
    detail = {"kind": made.kind, "credit_cents": made.net_cents + made.tax_cents}
    moved = step(session, dispute, "offer", by, policy=policy, now=now, offer_until=expires_on, detail=detail)
    dispute_letters.tell_offer(session, moved, now=now)
    return moved


def decide(
    session: Session,
    dispute: DisputeRow,
    approved: Sequence[Approved],
    words: str,
    by: Speaker,
    *,
    policy: Policy,
    now: datetime,
) -> DisputeRow:
    """Decide by what is approved of each line: all is accepted, nothing is rejected, which needs a reason in words."""
    resolution = resolutions.resolve(disputed_lines(session, dispute.id), approved)
    if resolution.verdict != "accept" and not words:
        raise Refusal("Write why: the customer reads it.", field="words")
    dispute_talk.end_offers(session, dispute.id, "withdrawn", now=now)
    account = accounts.by_id(session, dispute.account_id)
    decided = settle(session, account, dispute, resolution, by, words=words, policy=policy, now=now)
    # The column holds the words of the last decision, the thread those of each.
    say(session, decided, by, words, now=now)
    return decided


def settle(
    session: Session,
    account: AccountRow,
    dispute: DisputeRow,
    resolution: Resolution,
    by: Speaker,
    *,
    words: str,
    policy: Policy,
    now: datetime,
    is_goodwill: bool = False,
) -> DisputeRow:
    """Close it as resolved, with everything that follows from that."""
    _check_credit(session, dispute, resolution, account.currency, policy=policy)
    for each in resolution.approved:
        disputes.approve(
            session, dispute.id, each.position,
            quantity=each.quantity, net_cents=each.net_cents, tax_cents=each.tax_cents,
        )  # fmt: skip
    moved = step(
        session,
        dispute,
        resolution.verdict,
        by,
        policy=policy,
        now=now,
        clock=_clock(session, dispute, resolution, policy=policy),
        values={"decided_on": policy.today, "decision": words, "is_goodwill": is_goodwill},
        detail={"credit_cents": resolution.credit_cents},
    )
    if resolution.credit_cents:
        credit_memos.issue(
            session, account, dispute.charge_id,
            net_cents=resolution.credit_net_cents, tax_cents=resolution.credit_tax_cents,
            zone=policy.time_zone, reason=dispute_letters.because(dispute), on=policy.today, now=now,
        )  # fmt: skip
        late_fees.recompute(
            session, account, dispute.charge_id, because=dispute_letters.because(dispute), policy=policy, now=now
        )
    dispute_letters.tell_decided(session, moved, now=now)
    return moved


def offered(session: Session, dispute: DisputeRow, made: OfferRow) -> Resolution:
    """What follows when this offer is accepted."""
    lines = disputed_lines(session, dispute.id)
    return _resolution(lines, made.kind, made.net_cents or made.tax_cents, made.percent_bp or 0)


def _resolution(lines: Sequence[DisputedLine], kind: str, cents: int, percent_bp: int) -> Resolution:
    if kind == "replacement":
        return resolutions.resolve(lines, [resolutions.none_of(line) for line in lines], replaces=True)
    if kind == "percentage":
        if not 0 < percent_bp <= 10_000:
            raise Refusal("Enter a percentage from 1 to 100.", field="percent")
        return resolutions.resolve(lines, resolutions.by_percentage(lines, percent_bp))
    if not 0 < cents <= resolutions.spreadable_cents(lines):
        raise Refusal("Offer more than nothing, and no more than is disputed before tax.", field="amount")
    return resolutions.resolve(lines, resolutions.by_sum(lines, cents))


def _check_credit(
    session: Session, dispute: DisputeRow, resolution: Resolution, currency: str, *, policy: Policy
) -> None:
    """No more is credited of an invoice than it is over: it may have been credited, or written off, meanwhile."""
    charge = charges.by_id(session, dispute.charge_id, policy.today)
    left = charge.amount_cents - dispute_steps.gone_cents(session, charge.id)
    if resolution.credit_cents > max(0, left):
        raise Conflict(
            "All but %(amount)s of this invoice is credited or written off already. Credit that or less, with its tax.",
            amount=words_of(max(0, left), currency),
        )


def _clock(session: Session, dispute: DisputeRow, resolution: Resolution, *, policy: Policy) -> Clock | None:
    """What runs on for the part that is not credited: nothing where it was decided against the customer."""
    before = dispute_steps.last_clock(session, dispute.id)
    if resolution.credit_cents == 0 and resolution.verdict != "accept":
        return before
    lines = disputed_lines(session, dispute.id)
    reopened_on = local_day(dispute.reopened_at, policy.time_zone) if dispute.reopened_at else None
    return rules.clock(
        before,
        net_cents=sum(line.net_cents - line.approved_net_cents for line in lines),
        tax_cents=sum(line.tax_cents - line.approved_tax_cents for line in lines),
        filed_on=dispute.filed_on,
        reopened_on=reopened_on,
        decided_on=policy.today,
    )
