"""Closing the history: a worker seals each act after the one before it, and `portal check` walks the chain.

Whoever changes, removes or slips in an act, with the triggers out of the way, breaks the chain there. Whoever cuts off
its end, or makes all of it anew, can be told only by a head that was noted elsewhere: the check prints it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.records import Session
from portal.records import history_seals as records
from portal.records.history import HistoryRow
from portal.records.history_seals import SealedRow
from portal.resources import Resources
from portal.rules.seals import FIRST, seal

_AT_ONCE = 1_000
# A worker that runs seals within a minute.
_SOON = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Chain:
    """What `portal check` says of it: how many acts are sealed, the head in hex ("" where there is none), the first
    link that does not fit as a sentence ("" where all do), and how many acts wait for their seal longer than they
    should."""

    sealed: int
    head: str
    broken: str
    waiting: int


def seal_waiting(resources: Resources, *, now: datetime) -> int:
    """Seal what was written since; how many that were.

    Not in the transaction that writes an act: the next seal needs the one before it, so on PostgreSQL every writer
    would wait for every other until it has committed.
    """
    with resources.reading() as session:
        if not records.unsealed(session, most=1):
            return 0
    with resources.writing() as session:
        records.hold_chain(session)
        before = records.newest(session) or FIRST
        hashes: list[tuple[int, bytes]] = []
        for row_id, act in records.unsealed(session, most=_AT_ONCE):
            before = _seal(before, row_id, act)
            hashes.append((row_id, before))
        if hashes:
            records.add(session, hashes)
    return len(hashes)


def walk(session: Session, *, now: datetime) -> Chain:
    """The chain from its first act to its head, as it stands."""
    before, sealed, broken = FIRST, 0, ""
    for link in records.chain(session):
        broken = broken or _misfit(before, link)
        before = link.hash
        sealed += 1
    waiting = records.waiting(session, before=now - _SOON)
    return Chain(sealed, before.hex() if sealed else "", broken, waiting)


def _misfit(before: bytes, link: SealedRow) -> str:
    if link.act is None:
        return f"history row {link.history_id} is gone"
    if _seal(before, link.history_id, link.act) != link.hash:
        return f"history row {link.history_id} ({link.act.action}) is not as it was sealed"
    return ""


def _seal(before: bytes, row_id: int, act: HistoryRow) -> bytes:
    return seal(before, row_id=row_id, **act._asdict())
