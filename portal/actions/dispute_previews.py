"""What a decision or an offer would do: the very act in a transaction that is rolled back, with the figures around it
before and after, and the letter that the customer would get."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from portal.actions import correspondence, dispute_decisions, policies, statements
from portal.actions.correspondence import Correspondence
from portal.actions.dispute_steps import PORTAL
from portal.actions.policies import Policy
from portal.records import Session, accounts, credits, dispute_related, dispute_talk, late_fees, reversals
from portal.records.credits import CreditRow
from portal.records.disputes import DisputeRow
from portal.resources import Resources

Act = Callable[[Session, DisputeRow, Policy], DisputeRow]


@dataclass(frozen=True, slots=True)
class Figures:
    """In cents: what the customer owes and has as credit, the invoice's parts, its discount today and until when, the
    discount that was given on it, and the late fees that it drew."""

    balance_cents: int
    credit_cents: int
    open_cents: int
    disputed_cents: int
    payable_cents: int
    discount_cents: int
    discount_until: date | None
    given_cents: int
    fees_cents: int


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """The figures before and after, the credit memo that is written, and the letter, None where nobody reads it."""

    policy: Policy
    before: Figures
    after: Figures
    dispute: DisputeRow
    memo: CreditRow | None
    letter: Correspondence | None


def rehearse(resources: Resources, public_id: str, act: Act, *, version: int, now: datetime) -> Rehearsal:
    """Do it, look, and leave no trace. An offer is agreed to as well, to see what that would do.

    Raises what the act itself would raise.
    """
    with resources.rehearsing() as session:
        policy = policies.load(session, now=now)
        dispute = dispute_decisions.load_for(session, public_id, version=version)
        before = _figures(session, dispute, policy)
        memos = {memo.id for memo in credits.of_charge(session, dispute.charge_id)}
        moved = act(session, dispute, policy)
        letter = _letter(session, moved, policy, now)
        if moved.state == "offered":
            moved = _agreed(session, moved, policy, now)
        written = [memo for memo in credits.of_charge(session, dispute.charge_id) if memo.id not in memos]
        return Rehearsal(
            policy=policy,
            before=before,
            after=_figures(session, moved, policy),
            dispute=moved,
            memo=written[0] if written else None,
            letter=letter,
        )


def _agreed(session: Session, dispute: DisputeRow, policy: Policy, now: datetime) -> DisputeRow:
    made = dispute_talk.open_offer(session, dispute.id)
    assert made is not None
    dispute_talk.end_offers(session, dispute.id, "accepted", now=now)
    account = accounts.by_id(session, dispute.account_id)
    resolution = dispute_decisions.offered(session, dispute, made)
    return dispute_decisions.settle(
        session, account, dispute, resolution, PORTAL, words=made.words, policy=policy, now=now
    )


def _letter(session: Session, dispute: DisputeRow, policy: Policy, now: datetime) -> Correspondence | None:
    staged = dispute_related.newest_letter(session, dispute.id)
    return correspondence.prepare(session, staged, policy=policy, now=now) if staged else None


def _figures(session: Session, dispute: DisputeRow, policy: Policy) -> Figures:
    account = accounts.by_id(session, dispute.account_id)
    standing = statements.load(session, account, on=policy.today, policy=policy)
    balance = standing.statement.balance
    row = next((each for each in standing.statement.rows if each.item.charge_id == dispute.charge_id), None)
    offer = row.item.offer if row else None
    fees = late_fees.of_invoice(session, dispute.charge_id)
    return Figures(
        balance_cents=balance.balance_cents,
        credit_cents=balance.credit_cents,
        open_cents=row.item.parts.open_cents if row else 0,
        disputed_cents=row.item.parts.disputed_cents if row else 0,
        payable_cents=row.item.parts.payable_cents if row else 0,
        discount_cents=offer.discount_cents if offer else 0,
        discount_until=offer.until_on if offer and offer.discount_cents else None,
        given_cents=sum(each.discount_cents for each in reversals.applied_on_charge(session, dispute.charge_id)),
        fees_cents=sum(fee.amount_cents - fee.waived_cents for fee in fees),
    )
