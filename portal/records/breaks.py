"""Differences between Stripe and the ledger as they were found, and how far work that looks back has come."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, insert, select, update

from portal.records.engine import Session
from portal.records.tables import breaks, marks
from portal.records.upsert import insert_unless_there


class BreakRow(NamedTuple):
    """A difference that still stands, since when it is known."""

    key: str
    kind: str
    subject: str
    ours: str
    theirs: str
    repair: str
    found_at: datetime


_BREAK = tuple(breaks.c[name] for name in BreakRow._fields)
_OPEN = select(*_BREAK).where(breaks.c.closed_at.is_(None)).order_by(breaks.c.id)
_MARK = select(marks.c.at).where(marks.c.name == bindparam("wanted"))


def open_breaks(session: Session) -> Sequence[BreakRow]:
    """The differences that stand, oldest first."""
    return [BreakRow(*row) for row in session.execute(_OPEN)]


def add(session: Session, row: BreakRow) -> None:
    """Remember a difference that is new."""
    session.execute(insert(breaks), row._asdict())


def close(session: Session, keys: Collection[str], *, now: datetime) -> None:
    """These are differences no longer."""
    session.execute(
        update(breaks).where(breaks.c.key.in_(list(keys)), breaks.c.closed_at.is_(None)).values(closed_at=now)
    )


def mark(session: Session, name: str) -> datetime | None:
    """How far this work has come."""
    return session.execute(_MARK, {"wanted": name}).scalar()


def set_mark(session: Session, name: str, at: datetime) -> None:
    """This work has come so far."""
    if not insert_unless_there(session, marks, {"name": name, "at": at}):
        session.execute(update(marks).where(marks.c.name == name).values(at=at))


def claim(session: Session, name: str, *, before: datetime, now: datetime) -> bool:
    """Whether the work is due, last done before that instant, and ours to do: two workers never both hear yes."""
    if insert_unless_there(session, marks, {"name": name, "at": now}):
        return True
    taken = update(marks).where(marks.c.name == name, marks.c.at < before).values(at=now)
    return session.execute(taken).rowcount == 1
