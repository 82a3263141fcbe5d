"""Sending a pay link because whoever works here wants to."""

from datetime import datetime

from portal.actions import history, letters
from portal.records import Session
from portal.records.accounts import ContactRow


def send(session: Session, contact: ContactRow, charge_id: int | None, *, once: str, now: datetime, actor: str) -> bool:
    """Stage the letter with a fresh link to the whole account, or to one document of it.

    Of the same `once` (at most 60 letters) there is one letter only: False where it is staged already.
    """
    is_new = letters.stage(
        session,
        kind="statement",
        key=f"statement:{contact.id}:{once}",
        account_id=contact.account_id,
        contact_id=contact.id,
        charge_id=charge_id,
        now=now,
    )
    if is_new:
        history.write(
            session,
            action="link.sent",
            actor=actor,
            now=now,
            account_id=contact.account_id,
            charge_id=charge_id,
            detail={"contact": contact.id},
        )
    return is_new
