"""What the customer does about a dispute once it is filed: answer, agree to an offer or decline it, take the dispute
back, open it once more."""

from collections.abc import Sequence
from datetime import datetime

from portal.actions import attachments, dispute_decisions, dispute_letters, dispute_steps, policies
from portal.actions.attachments import MOST_FILES
from portal.actions.dispute_steps import say, step
from portal.actions.disputes import Filer, check_words
from portal.records import Session, accounts, dispute_talk, disputes, ledger
from portal.records.dispute_talk import OfferRow
from portal.records.disputes import DisputeRow
from portal.rules import disputes as rules
from portal.rules.refusals import Conflict, NotFound, Refusal


def answer(session: Session, filer: Filer, public_id: str, words: str, files: Sequence[str], *, now: datetime) -> None:
    """Add words and files to the thread; where the seller has asked, it is the seller's turn again."""
    dispute = _locked(session, filer, public_id)
    policy = policies.load(session, now=now)
    text = check_words(words)
    if not text and not files:
        raise Refusal("Write a message, or add a photo or a PDF.", field="words")
    if len(files) + len(attachments.of_dispute(session, dispute.id)) > MOST_FILES:
        raise Refusal(
            "A dispute holds %(count)s files, and has them. Send the rest by email.", field="files", count=MOST_FILES
        )
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
    rules.check_reopening(
        dispute.state,  # type: ignore[arg-type]
        decided_on=dispute.decided_on,
        was_reopened=dispute.reopened_at is not None,
        today=policy.today,
        waits=dispute_steps.waits(policy),
    )
    text = check_words(words)
    if not text:
        raise Refusal("Write why the decision should be looked at again.", field="words")
    drafts = attachments.drafts(session, filer.session_id, filer.account_id, files)
    moved = step(session, dispute, "reopen", filer.speaker, policy=policy, now=now, values={"reopened_at": now})
    say(session, moved, filer.speaker, text, drafts, now=now)
    dispute_letters.tell_received(session, moved, now=now)
    dispute_letters.tell_seller(session, moved, "reopened", policy=policy, now=now)


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
