"""Letters with a day in them go out as far as the books can tell, where nobody is there to read them."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select

from portal.actions import letters, notice_periods, policies
from portal.records import Session
from portal.records.letters import LetterRow
from portal.records.tables import letters as table
from portal.resources import Resources


def hand_over(resources: Resources, *, now: datetime) -> None:
    """What waits of them has been sent now."""
    with resources.writing() as session:
        policy = policies.load(session, now=now)
        for letter in waiting(session, notice_periods.KINDS):
            notice_periods.hold(session, letter)
            notice_periods.begin(session, letter, policy=policy)
            letters.sent(session, letter, now=now)


def waiting(session: Session, kinds: Collection[str]) -> list[LetterRow]:
    """The letters of these kinds that have not gone out, the oldest first."""
    wanted = select(*(table.c[name] for name in LetterRow._fields)).where(
        table.c.kind.in_(kinds), table.c.state == "waiting"
    )
    return [LetterRow._make(row) for row in session.execute(wanted.order_by(table.c.id))]
