"""Letters with a day in them go out as far as the books can tell, where nobody is there to read them."""

from datetime import datetime

from sqlalchemy import select

from portal.actions import letters, notice_periods, policies
from portal.records.letters import LetterRow
from portal.records.tables import letters as table
from portal.resources import Resources


def hand_over(resources: Resources, *, now: datetime) -> None:
    """What waits of them has been sent now."""
    waiting = select(*(table.c[name] for name in LetterRow._fields)).where(
        table.c.kind.in_(notice_periods.KINDS), table.c.state == "waiting"
    )
    with resources.writing() as session:
        policy = policies.load(session, now=now)
        for letter in [LetterRow._make(row) for row in session.execute(waiting)]:
            notice_periods.hold(session, letter)
            notice_periods.begin(session, letter, policy=policy)
            letters.sent(session, letter, now=now)
