"""Trying again what was given up: letters that could not be sent, events of Stripe that could not be brought in."""

from datetime import datetime

from portal.actions import history
from portal.records import Session, inbox_listed, letters_listed
from portal.rules.refusals import Conflict, NotFound


def send_again(session: Session, letter_id: int, *, now: datetime, actor: str) -> None:
    """A letter that was given up goes out as if it were new; its figures are those of then. Whoever's mail was refused
    is written to again."""
    if not letters_listed.revive(session, letter_id, now=now):
        raise NotFound(
            "This letter is not one that could not be sent, or it is tried again already. Look at the mail log."
        )
    history.write(session, action="letter.retried", actor=actor, now=now, detail={"letter": letter_id})


def handle_again(session: Session, event_id: str, *, now: datetime, actor: str) -> None:
    """The worker tries this event again at once."""
    if inbox_listed.find(session, event_id) is None:
        raise NotFound("There is no such event.")
    if not inbox_listed.revive(session, event_id=event_id, now=now):
        raise Conflict("This event is not given up: it was handled, or is about to be. Look at it again.")
    history.write(session, action="event.retried", actor=actor, now=now, detail={"event": event_id})


def handle_all_again(session: Session, *, now: datetime, actor: str) -> int:
    """The worker tries again every event that was given up; how many there are."""
    revived = inbox_listed.revive(session, now=now)
    if revived:
        history.write(session, action="event.retried", actor=actor, now=now, detail={"events": len(revived)})
    return len(revived)
