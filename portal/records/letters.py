"""The outbox: letters staged in the transaction of their cause, claimed one at a time, sent once."""

from datetime import date, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import bindparam, select, update

from portal.records.engine import Session
from portal.records.tables import letters, notices
from portal.records.upsert import insert_unless_there

# Longer than a hand-over to a slow mail server takes; a sender that died is replaced after it.
LEASE = timedelta(minutes=5)


class LetterRow(NamedTuple):
    """A letter to be sent. It holds ids only: figures and links are made when it goes out.

    Without a contact it is for the seller, or for one of the staff; one for a customer has a contact and an account.
    """

    id: int
    key: str
    kind: str
    account_id: int | None
    contact_id: int | None
    charge_id: int | None
    payment_id: int | None
    attempt_id: int | None
    refund_id: int | None
    chargeback_id: int | None
    notice_id: int | None
    dispute_id: int | None
    link_id: int | None
    staff_id: int | None
    history_id: int | None
    code_id: int | None
    plan_id: int | None
    method_id: int | None
    collection_id: int | None
    message_id: str
    tries: int


class NoticeRow(NamedTuple):
    """What a customer said: `sent` (money is on its way by `method`) or `refund` (a credit is to be paid back)."""

    kind: str
    method: str
    amount_cents: int
    sent_on: date
    reference: str


_LETTER = tuple(letters.c[name] for name in LetterRow._fields)
_TOLD = select(letters.c.state).where(letters.c.key == bindparam("key"))
_NOTICE = select(*(notices.c[name] for name in NoticeRow._fields)).where(notices.c.id == bindparam("wanted"))
_NEXT = (
    select(letters.c.id)
    .where(letters.c.state == "waiting", letters.c.next_at <= bindparam("now"))
    .order_by(letters.c.next_at, letters.c.id)
    .limit(1)
    .with_for_update(skip_locked=True)
    .scalar_subquery()
)
_CLAIM = (
    update(letters)
    .where(letters.c.id == _NEXT)
    .values(next_at=bindparam("lease_ends_at"), tries=letters.c.tries + 1)
    .returning(*_LETTER)
)


def add(session: Session, values: dict[str, object]) -> bool:
    """Stage a letter; False where one with its key is staged already."""
    return insert_unless_there(session, letters, values)


def claim(session: Session, now: datetime) -> LetterRow | None:
    """The next letter whose time has come, ours until its lease ends."""
    row = session.execute(_CLAIM, {"now": now, "lease_ends_at": now + LEASE}).first()
    return LetterRow(*row) if row else None


def give_link(session: Session, letter_id: int, link_id: int) -> None:
    """Keep the link made for a letter, so that its next try carries the same one."""
    session.execute(update(letters).where(letters.c.id == letter_id).values(link_id=link_id))


def sent(session: Session, letter_id: int, now: datetime) -> None:
    """The letter went out and is never claimed again; what an earlier try met is forgotten."""
    session.execute(update(letters).where(letters.c.id == letter_id).values(state="sent", sent_at=now, error=None))


def put_off(session: Session, letter_id: int, *, state: str, next_at: datetime, error: str) -> None:
    """Sending failed: try again at `next_at`, or never: `dead`, or `dropped` where things have overtaken it."""
    session.execute(update(letters).where(letters.c.id == letter_id).values(state=state, next_at=next_at, error=error))


def hand_on(session: Session, letter_id: int, contact_id: int) -> None:
    """The letter goes to this contact instead, next and with a link of their own."""
    fresh = {"link_id": None, "state": "waiting", "tries": 0, "next_at": letters.c.created_at}
    session.execute(update(letters).where(letters.c.id == letter_id).values(contact_id=contact_id, **fresh))


def others_went_out(session: Session, letter_id: int) -> bool:
    """Whether the mail has taken any letter since this one was staged."""
    staged_at = select(letters.c.created_at).where(letters.c.id == letter_id).scalar_subquery()
    return session.execute(select(letters.c.id).where(letters.c.sent_at > staged_at).limit(1)).first() is not None


def told(session: Session, key: str) -> str:
    """What became of the letter of this key: `waiting`, `sent`, `dead` (it cannot go out), `dropped`; "" where it was
    never staged."""
    return session.execute(_TOLD, {"key": key}).scalar() or ""


def is_followed(session: Session, letter: LetterRow) -> bool:
    """Whether another letter of its kind about its plan was staged after it."""
    later = select(letters.c.id).where(
        letters.c.plan_id == letter.plan_id, letters.c.kind == letter.kind, letters.c.id > letter.id
    )
    return session.execute(later.limit(1)).first() is not None


def notice(session: Session, notice_id: int) -> NoticeRow:
    """The notice that a letter is about, which must exist."""
    return NoticeRow(*session.execute(_NOTICE, {"wanted": notice_id}).one())
