"""Letters are staged in the transaction of their cause; `jobs/letters` sends them."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from secrets import token_hex

from portal.records import Session, accounts, attempts, letters
from portal.records.accounts import ContactRow
from portal.records.attempts import AttemptRow
from portal.records.ledger import PaymentRow
from portal.records.letters import LetterRow

# Mailboxes are full, and servers are set up wrongly, for some days; what was refused for the letter's own sake, too.
_ANOTHER_CHANCE = timedelta(days=7)
# They open something for one person.
_PERSONAL = frozenset({"code", "link", "statement"})


def stage(
    session: Session,
    *,
    kind: str,
    key: str,
    account_id: int | None,
    contact_id: int | None,
    now: datetime,
    **about: int | None,
) -> bool:
    """Put a letter into the outbox; False where one with this key was there already.

    `about`: charge_id, payment_id, attempt_id, refund_id, chargeback_id, notice_id, dispute_id, plan_id, method_id,
    collection_id, code_id, or staff_id and history_id. Without a contact it is for the seller, or for that one of the
    staff, and may be about no account.
    """
    return letters.add(
        session,
        {
            "kind": kind,
            "key": key,
            "account_id": account_id,
            "contact_id": contact_id,
            "message_id": f"<{token_hex(16)}@portal.invalid>",
            "created_at": now,
            "next_at": now,
            **about,
        },
    )


def stage_to_payer(
    session: Session,
    kind: str,
    key: str,
    attempt: AttemptRow,
    *,
    now: datetime,
    payment_id: int | None = None,
) -> None:
    """To whoever's link was used to pay, else to the address on file; an account without one gets no letter."""
    stage_to_contact(
        session, kind, key, attempt.account_id, attempt.contact_id, now=now,
        payment_id=payment_id, attempt_id=attempt.id,
    )  # fmt: skip


def stage_to_customer(
    session: Session, kind: str, key: str, payment: PaymentRow, *, now: datetime, **about: int | None
) -> None:
    """About a payment: to whoever made it, else to the address on file."""
    attempt = attempts.by_id(session, payment.attempt_id) if payment.attempt_id else None
    paid_by = attempt.contact_id if attempt else None
    stage_to_contact(session, kind, key, payment.account_id, paid_by, now=now, **about, payment_id=payment.id)


def stage_to_contact(
    session: Session, kind: str, key: str, account_id: int, wanted: int | None, *, now: datetime, **about: int | None
) -> bool:
    """To the wanted contact, else to the address on file: whoever it was may have been removed since, or the mail does
    not take letters to them.

    False where the letter was there already, or nobody is there to read it.
    """
    contact_id = _reader(session, account_id, wanted, now)
    if contact_id is None:
        return False
    return stage(session, kind=kind, key=key, account_id=account_id, contact_id=contact_id, now=now, **about)


def has_reader(session: Session, account_id: int, *, now: datetime) -> bool:
    """Whether a letter may reach the customer: there is a contact whose mail was not refused lately."""
    return bool(_likely(accounts.contacts_of(session, account_id), now))


def stage_to_seller(
    session: Session, kind: str, key: str, account_id: int | None, *, now: datetime, **about: int | None
) -> None:
    """About a customer's account, or about the books as a whole, to the seller's own address."""
    stage(session, kind=kind, key=key, account_id=account_id, contact_id=None, now=now, **about)


def sent(session: Session, letter: LetterRow, *, now: datetime) -> None:
    """The mail has taken it, and takes others to its reader."""
    letters.sent(session, letter.id, now)
    if letter.contact_id is not None:
        accounts.set_refused(session, letter.contact_id, None)


def refused(session: Session, letter: LetterRow, error: str, *, now: datetime) -> None:
    """The mail does not take it: others of the account are written to from now on, and get this letter in its reader's
    place. One that is for its reader alone is given up, and so is one that nobody else may read."""
    letters.put_off(session, letter.id, state="dead", next_at=now, error=error)
    if letter.contact_id is None or letter.account_id is None:
        return
    accounts.set_refused(session, letter.contact_id, now)
    others = _likely(accounts.contacts_of(session, letter.account_id), now)
    if others and letter.kind not in _PERSONAL:
        letters.hand_on(session, letter.id, others[0])


def given_up(session: Session, letter: LetterRow, error: str, *, now: datetime) -> None:
    """It was tried too often. Where the mail has taken others meanwhile it is the reader's mailbox that takes none."""
    if letters.others_went_out(session, letter.id):
        refused(session, letter, error, now=now)
    else:
        letters.put_off(session, letter.id, state="dead", next_at=now, error=error)


def _reader(session: Session, account_id: int, wanted: int | None, now: datetime) -> int | None:
    on_file = accounts.contacts_of(session, account_id)
    found = _likely(on_file, now) or [contact.id for contact in on_file]
    return wanted if wanted in found else next(iter(found), None)


def _likely(on_file: Iterable[ContactRow], now: datetime) -> list[int]:
    """Those whose mail was not refused lately, by their ids."""
    return [
        contact.id for contact in on_file if contact.refused_at is None or contact.refused_at + _ANOTHER_CHANCE <= now
    ]
