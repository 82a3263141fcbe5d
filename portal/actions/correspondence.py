"""The facts of a letter as of the moment it goes out, and the pay link that a customer's letter carries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.actions import (
    collection_facts,
    dispute_facts,
    letters,
    links,
    method_facts,
    plan_facts,
    receipts,
    statements,
)
from portal.actions.collection_facts import CollectionFacts
from portal.actions.dispute_facts import DisputeFacts, Waiting
from portal.actions.method_facts import MethodFacts
from portal.actions.plan_facts import PlanFacts
from portal.actions.policies import Policy
from portal.actions.receipts import Receipt
from portal.actions.statements import Standing
from portal.records import Session, accounts, attempts, breaks, charges, ledger, plans, reversals
from portal.records import letters as letter_records
from portal.records import links as link_records
from portal.records.accounts import ContactRow
from portal.records.attempts import AttemptRow, QuotedRow
from portal.records.breaks import BreakRow
from portal.records.charges import ChargeRow
from portal.records.letters import LetterRow, NoticeRow
from portal.records.links import LinkRow
from portal.records.reversals import ChargebackRow, RefundRow
from portal.rules.plans import KEPT

_SHOWN = KEPT | {"requested", "offered", "completed"}


@dataclass(frozen=True, slots=True)
class Correspondence:
    """Everything a customer's letter may speak of; `charge`, `receipt`, `attempt` … only where it is about one.

    `reopened` are the charges that are open now because of what came back of the payment.
    """

    letter: LetterRow
    contact: ContactRow
    policy: Policy
    standing: Standing
    link: LinkRow
    charge: ChargeRow | None
    receipt: Receipt | None
    attempt: AttemptRow | None
    quoted: Sequence[QuotedRow]
    refund: RefundRow | None
    chargeback: ChargebackRow | None
    dispute: DisputeFacts | None
    plan: PlanFacts | None
    collection: CollectionFacts | None
    method: MethodFacts | None
    reopened: Sequence[ChargeRow]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything a letter to the seller may speak of. `standing` is None where it is about no customer's account.

    `has_reader`: somebody at the customer's gets letters, and the mail takes them.
    """

    letter: LetterRow
    policy: Policy
    standing: Standing | None
    has_reader: bool
    receipt: Receipt | None
    refund: RefundRow | None
    chargeback: ChargebackRow | None
    dispute: DisputeFacts | None
    plan: PlanFacts | None
    collection: CollectionFacts | None
    method: MethodFacts | None
    waiting: Sequence[Waiting]
    reopened: Sequence[ChargeRow]
    notice: NoticeRow | None
    breaks: Sequence[BreakRow]


def prepare(session: Session, letter: LetterRow, *, policy: Policy, now: datetime) -> Correspondence | None:
    """The facts, with a link that stays the same when the letter is sent again; None if nobody is there to read it."""
    if letter.account_id is None:
        return None
    contacts = accounts.contacts_of(session, letter.account_id)
    contact = next((each for each in contacts if each.id == letter.contact_id), None)
    if contact is None:
        return None
    standing = _standing(session, letter.account_id, policy)
    receipt, refund, chargeback = _about(session, letter, policy)
    attempt_id = letter.attempt_id or (receipt.payment.attempt_id if receipt else None)
    return Correspondence(
        letter=letter,
        contact=contact,
        policy=policy,
        standing=standing,
        link=_link(session, letter, letter.account_id, policy, now),
        charge=charges.by_id(session, letter.charge_id, policy.today) if letter.charge_id else None,
        receipt=receipt,
        attempt=attempts.by_id(session, attempt_id) if attempt_id else None,
        quoted=attempts.quoted(session, letter.attempt_id) if letter.attempt_id else (),
        refund=refund,
        chargeback=chargeback,
        dispute=_dispute(session, letter, standing, policy, now),
        plan=_plan(session, letter, standing, policy),
        collection=_collection(session, letter, policy),
        method=method_facts.load(session, letter.method_id) if letter.method_id else None,
        reopened=_reopened(session, standing, receipt, refund, chargeback),
    )


def report(session: Session, letter: LetterRow, *, policy: Policy, now: datetime) -> Report:
    """The facts of a letter to the seller, which opens nothing."""
    standing = _standing(session, letter.account_id, policy) if letter.account_id else None
    receipt, refund, chargeback = _about(session, letter, policy)
    return Report(
        letter=letter,
        policy=policy,
        standing=standing,
        has_reader=letter.account_id is not None and letters.has_reader(session, letter.account_id, now=now),
        receipt=receipt,
        refund=refund,
        chargeback=chargeback,
        dispute=_dispute(session, letter, standing, policy, now),
        plan=_plan(session, letter, standing, policy),
        collection=_collection(session, letter, policy),
        method=method_facts.load(session, letter.method_id) if letter.method_id else None,
        waiting=dispute_facts.waiting(session) if letter.kind == "seller_claims" else (),
        reopened=_reopened(session, standing, receipt, refund, chargeback) if standing else (),
        notice=letter_records.notice(session, letter.notice_id) if letter.notice_id else None,
        breaks=breaks.open_breaks(session) if letter.kind == "seller_breaks" else (),
    )


def _standing(session: Session, account_id: int, policy: Policy) -> Standing:
    account = accounts.by_id(session, account_id)
    return statements.load(session, account, on=policy.today, policy=policy)


def _about(
    session: Session, letter: LetterRow, policy: Policy
) -> tuple[Receipt | None, RefundRow | None, ChargebackRow | None]:
    payment = ledger.payment_by_id(session, letter.payment_id) if letter.payment_id else None
    return (
        receipts.load(session, payment, on=policy.today) if payment else None,
        reversals.refund_by_id(session, letter.refund_id) if letter.refund_id else None,
        reversals.chargeback_by_id(session, letter.chargeback_id) if letter.chargeback_id else None,
    )


def _dispute(
    session: Session, letter: LetterRow, standing: Standing | None, policy: Policy, now: datetime
) -> DisputeFacts | None:
    if letter.dispute_id is None or standing is None:
        return None
    return dispute_facts.load(session, letter.dispute_id, standing, policy=policy, now=now)


def _plan(session: Session, letter: LetterRow, standing: Standing | None, policy: Policy) -> PlanFacts | None:
    if letter.plan_id is None or standing is None:
        return None
    return plan_facts.load(session, letter.plan_id, standing, policy=policy)


def _collection(session: Session, letter: LetterRow, policy: Policy) -> CollectionFacts | None:
    if letter.collection_id is None:
        return None
    return collection_facts.load(session, letter.collection_id, policy=policy)


def _reopened(
    session: Session,
    standing: Standing,
    receipt: Receipt | None,
    refund: RefundRow | None,
    chargeback: ChargebackRow | None,
) -> Sequence[ChargeRow]:
    """What the money was taken off and is open today, with the charges that were made because it went back."""
    if receipt is None:
        return ()
    payment = receipt.payment
    causes = _causes(receipt, refund, chargeback)
    taken = {each.charge_id for each in reversals.released(session, payment.id, causes)}
    return [
        charge
        for charge in standing.charges.values()
        if charge.id in taken or (charge.kind != "invoice" and charge.memo in (*causes, f"R-{payment.id:05d}"))
    ]


def _causes(receipt: Receipt, refund: RefundRow | None, chargeback: ChargebackRow | None) -> Sequence[str]:
    """The sources of the movements by which the money left the payment."""
    if refund is not None:
        return [f"stripe:{refund.stripe_refund_id}", f"refund:{refund.id}"]
    lost = f"stripe:{chargeback.stripe_dispute_id}/lost/" if chargeback else f"return:{receipt.payment.id}"
    return [turn.source for turn in receipt.turns if turn.kind == "returned" and turn.source.startswith(lost)]


def _link(session: Session, letter: LetterRow, account_id: int, policy: Policy, now: datetime) -> LinkRow:
    if letter.link_id is not None:
        return link_records.by_id(session, letter.link_id)
    # What was refused or has ended is paid from the statement.
    leads_to_plan = letter.plan_id is not None and plans.by_id(session, letter.plan_id).state in _SHOWN
    made = links.create_link(
        session,
        account_id=account_id,
        contact_id=letter.contact_id,
        charge_id=letter.charge_id,
        dispute_id=letter.dispute_id,
        plan_id=letter.plan_id if leads_to_plan else None,
        collection_id=letter.collection_id if letter.kind == "collect_confirm" else None,
        now=now,
        expires_at=now + timedelta(days=policy.link_days),
        actor="letter",
    )
    letter_records.give_link(session, letter.id, made.id)
    return made
