"""What customers say: money is on its way, a credit is to be paid back. Never money, never a change of balance."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import NamedTuple

from sqlalchemy import bindparam, case, func, insert, select, type_coerce, update

from portal.records.engine import Session
from portal.records.tables import accounts, contacts, movements, notices
from portal.records.types import Instant, cents, new_public_id


class NoticeRow(NamedTuple):
    """`kind` is `sent` (by `method`) or `refund` (of account credit); `sent_on` is the day that the customer named."""

    id: int
    public_id: str
    account_id: int
    contact_id: int | None
    kind: str
    method: str
    amount_cents: int
    sent_on: date
    reference: str
    created_at: datetime
    closed_at: datetime | None


class ListedNotice(NamedTuple):
    """A notice as the owner sees it; `email` is empty where nobody in particular said it."""

    notice: NoticeRow
    customer: str
    number: str
    currency: str
    email: str


FOREVER = datetime.max.replace(tzinfo=UTC)

_NOTICE = tuple(notices.c[name] for name in NoticeRow._fields)
_OF_ACCOUNT = (
    select(*_NOTICE)
    .where(notices.c.account_id == bindparam("account"), notices.c.closed_at.is_(None))
    .order_by(notices.c.id)
)
_NOT_CLOSED = select(*_NOTICE).where(notices.c.closed_at.is_(None)).order_by(notices.c.id)
_ONE = select(*_NOTICE).where(notices.c.public_id == bindparam("wanted"))
_LISTED = (
    select(*_NOTICE, accounts.c.name, accounts.c.number, accounts.c.currency, contacts.c.email)
    .join(accounts, accounts.c.id == notices.c.account_id)
    .outerjoin(contacts, contacts.c.id == notices.c.contact_id)
    .order_by(notices.c.id)
)
_CHANGE = cents(func.sum(movements.c.unapplied_cents))
_CREDIT = (
    select(
        movements.c.posted_at,
        _CHANGE.label("change"),
        func.sum(_CHANGE).over(order_by=movements.c.posted_at).label("running"),
    )
    .where(movements.c.account_id == bindparam("account"), movements.c.unapplied_cents != 0)
    .group_by(movements.c.posted_at)
    .subquery()
)
_WAS_GONE = select(
    cents(func.sum(_CREDIT.c.change)),
    type_coerce(func.max(case((_CREDIT.c.running <= 0, _CREDIT.c.posted_at))), Instant),
)


def not_closed(session: Session, account_id: int) -> Sequence[NoticeRow]:
    """The account's notices that nobody has closed, the oldest first."""
    return [NoticeRow(*row) for row in session.execute(_OF_ACCOUNT, {"account": account_id})]


def not_closed_anywhere(session: Session) -> Sequence[NoticeRow]:
    """The notices of every account that nobody has closed, the oldest first."""
    return [NoticeRow(*row) for row in session.execute(_NOT_CLOSED)]


def find(session: Session, public_id: str) -> NoticeRow | None:
    """The notice of any account by its public id; for a customer's address compare `account_id`."""
    row = session.execute(_ONE, {"wanted": public_id}).first()
    return NoticeRow(*row) if row else None


def listed(session: Session) -> Sequence[ListedNotice]:
    """Every notice of every account, closed ones too, the oldest first."""
    width = len(NoticeRow._fields)
    return [
        ListedNotice(NoticeRow(*row[:width]), row[width], row[width + 1] or "", row[width + 2], row[width + 3] or "")
        for row in session.execute(_LISTED)
    ]


def add(session: Session, values: dict[str, object]) -> NoticeRow:
    """Insert a notice."""
    made = session.execute(insert(notices).returning(*_NOTICE), values | {"public_id": new_public_id()})
    return NoticeRow(*made.one())


def close(session: Session, notice_id: int, *, now: datetime) -> bool:
    """Close a notice for good; False if that was done before."""
    closed = session.execute(
        update(notices).where(notices.c.id == notice_id, notices.c.closed_at.is_(None)).values(closed_at=now)
    )
    return closed.rowcount == 1


def credit_was_gone(session: Session, account_id: int) -> datetime | None:
    """The last time at which the account had no credit at all, in the order of posting: `FOREVER` where it has none
    now, None where it always had some."""
    now_cents, gone_at = session.execute(_WAS_GONE, {"account": account_id}).one()
    return FOREVER if now_cents <= 0 else gone_at
