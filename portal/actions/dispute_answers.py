"""What the customer does about a dispute once it is filed: answer, agree to an offer or decline it, take the dispute
back, open it once more."""

from collections.abc import Sequence
from datetime import datetime

from portal.actions import attachments, dispute_decisions, dispute_letters, dispute_reopening, dispute_steps, policies
from portal.actions.dispute_steps import say, step
from portal.actions.disputes import Filer, check_room, check_words, claimed_lines
from portal.actions.policies import Policy
from portal.records import Session, accounts, charges, dispute_talk, disputes, ledger
from portal.records.dispute_talk import OfferRow
from portal.records.disputes import DisputeRow
from portal.rules.refusals import Conflict, NotFound, Refusal


def answer(session: Session, filer: Filer, public_id: str, words: str, files: Sequence[str], *, now: datetime) -> None:
    """Add words and files to the thread; where the seller has asked, it is the seller's turn again."""
    dispute = _locked(session, filer, public_id)
    policy = policies.load(session, now=now)
    text = check_words(words)
    if not text and not files:
        raise Refusal("Write a message, or add a photo or a PDF.", field="words")
    dispute_steps.check_files([*attachments.of_dispute(session, dispute.id), *files])
    drafts = attachments.drafts(session, filer.session_id, filer.account_id, files)
    moved = step(session, dispute, "answer", filer.speaker, policy=policy, now=now)
    say(session, moved, filer.speaker, text, drafts, now=now)
    dispute_letters.tell_seller(session, moved, "answered", policy=policy, now=now)


def agree(session: Session, filer: Filer, public_id: str, offer_id: str, *, now: datetime) -> DisputeRow:
    """Accept an offer: its credit is written and the dispute is closed. Accepting it twice is accepting it once."""
    dispute = _locked(session, filer, public_id)
    policy = policies.load(session, now=now)
    offer = _offer(session, dispute, offer_id)
    if offer.state == "accepted":
        return dispute
    if offer.state != "open" or offer.expires_on < policy.today:
        raise Conflict("This offer is no longer open. Look at the dispute to see where it stands.")
    account = accounts.by_id(session, dispute.account_id)
    dispute_talk.end_offers(session, dispute.id, "accepted", now=now)
    settled = dispute_decisions.settle(
        session, account, dispute, dispute_decisions.offered(session, dispute, offer), filer.speaker,
        words=offer.words, policy=policy, now=now,
    )  # fmt: skip
    dispute_letters.tell_seller(session, settled, "agreed", policy=policy, now=now)
    return settled


def decline(session: Session, filer: Filer, public_id: str, offer_id: str, words: str, *, now: datetime) -> None:
    """Say no to an offer: it is the seller's turn again."""
    dispute = _locked(session, filer, public_id)
    policy = policies.load(session, now=now)
    text = check_words(words)
    offer = _offer(session, dispute, offer_id)
    if offer.state == "declined":
        return
    if offer.state != "open":
        raise Conflict("This offer is no longer open. Look at the dispute to see where it stands.")
    moved = step(session, dispute, "decline", filer.speaker, policy=policy, now=now)
    dispute_talk.end_offers(session, dispute.id, "declined", now=now)
    say(session, moved, filer.speaker, text, now=now)
    dispute_letters.tell_seller(session, moved, "declined", policy=policy, now=now)


def withdraw(session: Session, filer: Filer, public_id: str, *, now: datetime) -> None:
    """Take it back: what was disputed is to be paid, as if its discount clock had never stopped."""
    dispute = _locked(session, filer, public_id)
    if dispute.state == "withdrawn":
        return
    policy = policies.load(session, now=now)
    clock = dispute_steps.last_clock(session, dispute.id)
    moved = step(session, dispute, "withdraw", filer.speaker, policy=policy, clock=clock, now=now)
    dispute_talk.end_offers(session, dispute.id, "withdrawn", now=now)
    dispute_letters.tell_seller(session, moved, "withdrawn", policy=policy, now=now)


def reopen(session: Session, filer: Filer, public_id: str, words: str, files: Sequence[str], *, now: datetime) -> None:
    """Once, with a reason: what was not approved stands still again."""
    dispute = _locked(session, filer, public_id)
    policy = policies.load(session, now=now)
    dispute_reopening.check(session, dispute, policy=policy)
    text = check_words(words)
    if not text:
        raise Refusal("Write why the decision should be looked at again.", field="words")
    _check_still_there(session, dispute, policy=policy)
    dispute_steps.check_files([*attachments.of_dispute(session, dispute.id), *files])
    drafts = attachments.drafts(session, filer.session_id, filer.account_id, files)
    moved = step(session, dispute, "reopen", filer.speaker, policy=policy, now=now, values={"reopened_at": now})
    say(session, moved, filer.speaker, text, drafts, now=now)
    dispute_letters.tell_received(session, moved, now=now)
    dispute_letters.tell_seller(session, moved, "reopened", policy=policy, now=now)


def _check_still_there(session: Session, dispute: DisputeRow, *, policy: Policy) -> None:
    """What was not approved may be disputed anew, or credited, since the decision."""
    charge = charges.by_id(session, dispute.charge_id, policy.today)
    wanted = disputes.lines(session, dispute.id)
    by_position = {line.position: line for line in claimed_lines(session, charge)}
    for each in wanted:
        left = by_position[each.position]
        if (
            each.disputed_net_cents - each.approved_net_cents > left.left_net_cents
            or each.disputed_tax_cents - each.approved_tax_cents > left.left_tax_cents
        ):
            raise Conflict("Another dispute is about the same by now. Look at the disputes about this invoice.")
    check_room(session, charge, sum(dispute_steps.unapproved(wanted)))


def _locked(session: Session, filer: Filer, public_id: str) -> DisputeRow:
    """The dispute, if it is this account's, with nobody else deciding about the account meanwhile."""
    ledger.lock_account(session, filer.account_id)
    dispute = disputes.find(session, filer.account_id, public_id)
    if dispute is None:
        raise NotFound("That dispute is not one of yours. Look at your statement.")
    return dispute


def _offer(session: Session, dispute: DisputeRow, offer_id: str) -> OfferRow:
    found = next((offer for offer in dispute_talk.offers(session, dispute.id) if offer.public_id == offer_id), None)
    if found is None:
        raise NotFound("That offer is not part of this dispute. Look at the dispute again.")
    return found
