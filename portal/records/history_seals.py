"""The seals of the history, in the order in which they were set, and what is not sealed yet."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import bindparam, func, insert, select

from portal.records.engine import Session
from portal.records.history import HistoryRow
from portal.records.locks import hold
from portal.records.tables import history, history_seals

_LOCK = "history-seals"
# A row whose transaction ended late lies below the last one sealed; none is older than this many others.
_LOOKED_BACK = 10_000


class SealedRow(NamedTuple):
    """One link of the chain. `act` is None where the history has lost it."""

    seal_id: int
    history_id: int
    hash: bytes
    act: HistoryRow | None


_ACT = tuple(history.c[name] for name in HistoryRow._fields)
_NEWEST = select(history_seals.c.hash).order_by(history_seals.c.id.desc()).limit(1)
_FURTHEST = select(func.coalesce(func.max(history_seals.c.history_id), 0))
_SEALED_BY = history_seals.c.history_id == history.c.id
_UNSEALED = (
    select(history.c.id, *_ACT)
    .outerjoin(history_seals, _SEALED_BY)
    .where(history_seals.c.id.is_(None), history.c.id > bindparam("after"))
    .order_by(history.c.id)
    .limit(bindparam("most"))
)
_CHAIN = (
    select(history_seals.c.id, history_seals.c.history_id, history_seals.c.hash, history.c.id, *_ACT)
    .outerjoin(history, _SEALED_BY)
    .order_by(history_seals.c.id)
)
_WAITING = (
    select(func.count())
    .select_from(history)
    .outerjoin(history_seals, _SEALED_BY)
    .where(history_seals.c.id.is_(None), history.c.at < bindparam("before"))
)


def hold_chain(session: Session) -> None:
    """Nobody else adds a seal until the transaction ends."""
    hold(session, _LOCK)


def newest(session: Session) -> bytes | None:
    """The head of the chain; None where nothing is sealed."""
    return session.execute(_NEWEST).scalar_one_or_none()


def unsealed(session: Session, *, most: int) -> Sequence[tuple[int, HistoryRow]]:
    """(id, act) of what is to be sealed next, the oldest first."""
    after = session.execute(_FURTHEST).scalar_one() - _LOOKED_BACK
    return [(row[0], HistoryRow(*row[1:])) for row in session.execute(_UNSEALED, {"after": after, "most": most})]


def add(session: Session, hashes: Sequence[tuple[int, bytes]]) -> None:
    """Set these seals, (id of the act, hash), in this order."""
    session.execute(insert(history_seals), [{"history_id": each, "hash": sealed} for each, sealed in hashes])


def chain(session: Session) -> Iterator[SealedRow]:
    """Every link from the first to the head, a few at a time."""
    for row in session.execute(_CHAIN, execution_options={"yield_per": 1000}):
        yield SealedRow(row[0], row[1], row[2], HistoryRow(*row[4:]) if row[3] is not None else None)


def waiting(session: Session, *, before: datetime) -> int:
    """How many acts from before that time have no seal."""
    return session.execute(_WAITING, {"before": before}).scalar_one()
