"""Letters to staff about their own accounts: whoever did it themselves knows, whoever did not hears of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from portal.actions import letters
from portal.actions.policies import Policy
from portal.records import Session, history, staff
from portal.records.history import HistoryRow
from portal.records.letters import LetterRow
from portal.records.staff import StaffRow


@dataclass(frozen=True, slots=True)
class StaffNews:
    """Who is told, what was done, and to whose account (`about` may be the reader)."""

    letter: LetterRow
    policy: Policy
    reader: StaffRow
    act: HistoryRow
    about: str


def tell(session: Session, readers: Iterable[int], act_id: int, *, now: datetime) -> None:
    """Stage a letter about an act to each of these, by id."""
    for staff_id in readers:
        letters.stage(
            session,
            kind="staff",
            key=f"staff:{act_id}:{staff_id}",
            account_id=None,
            contact_id=None,
            now=now,
            staff_id=staff_id,
            history_id=act_id,
        )


def report(session: Session, letter: LetterRow, *, policy: Policy) -> StaffNews | None:
    """The facts of such a letter; None where its reader was removed."""
    assert letter.staff_id is not None
    assert letter.history_id is not None
    reader = staff.by_id(session, letter.staff_id)
    if reader is None:
        return None
    act = history.by_id(session, letter.history_id)
    about = act.detail.get("staff")
    names = staff.names(session, [about]) if isinstance(about, int) else {}
    return StaffNews(letter, policy, reader, act, next(iter(names.values()), reader.name))
