"""The facts of a letter as of the moment it goes out, and the pay link that it carries."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.actions import links, receipts, statements
from portal.actions.policies import Policy
from portal.actions.receipts import Receipt
from portal.actions.statements import Standing
from portal.records import Session, accounts, attempts, charges, ledger, letters
from portal.records import links as link_records
from portal.records.accounts import ContactRow
from portal.records.attempts import AttemptRow, QuotedRow
from portal.records.charges import ChargeRow
from portal.records.letters import LetterRow
from portal.records.links import LinkRow


@dataclass(frozen=True, slots=True)
class Correspondence:
    """Everything a letter may speak of; `charge`, `receipt` and `attempt` only where it is about one."""

    letter: LetterRow
    contact: ContactRow
    policy: Policy
    standing: Standing
    link: LinkRow
    charge: ChargeRow | None
    receipt: Receipt | None
    attempt: AttemptRow | None
    quoted: Sequence[QuotedRow]


def prepare(session: Session, letter: LetterRow, *, policy: Policy, now: datetime) -> Correspondence | None:
    """The facts, with a link that stays the same when the letter is sent again; None if nobody is there to read it."""
    contacts = accounts.contacts_of(session, letter.account_id)
    contact = next((each for each in contacts if each.id == letter.contact_id), None)
    if contact is None:
        return None
    account = accounts.by_id(session, letter.account_id)
    payment = ledger.payment_by_id(session, letter.payment_id) if letter.payment_id else None
    return Correspondence(
        letter=letter,
        contact=contact,
        policy=policy,
        standing=statements.load(session, account, on=policy.today, policy=policy),
        link=_link(session, letter, policy, now),
        charge=charges.by_id(session, letter.charge_id, policy.today) if letter.charge_id else None,
        receipt=receipts.load(session, payment, on=policy.today) if payment else None,
        attempt=attempts.by_id(session, letter.attempt_id) if letter.attempt_id else None,
        quoted=attempts.quoted(session, letter.attempt_id) if letter.attempt_id else (),
    )


def _link(session: Session, letter: LetterRow, policy: Policy, now: datetime) -> LinkRow:
    if letter.link_id is not None:
        return link_records.by_id(session, letter.link_id)
    made = links.create_link(
        session,
        account_id=letter.account_id,
        contact_id=letter.contact_id,
        charge_id=letter.charge_id,
        now=now,
        expires_at=now + timedelta(days=policy.link_days),
        actor="letter",
    )
    letters.give_link(session, letter.id, made.id)
    return made
