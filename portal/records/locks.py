"""Locks by name, for what only one transaction at a time may do."""

from datetime import UTC, datetime

from sqlalchemy import select

from portal.records.engine import Session
from portal.records.tables import marks
from portal.records.upsert import insert_unless_there


def hold(session: Session, name: str) -> None:
    """Wait for whoever holds this lock, and keep it from others until the transaction ends."""
    insert_unless_there(session, marks, {"name": name, "at": datetime(1970, 1, 1, tzinfo=UTC)})
    session.execute(select(marks.c.at).where(marks.c.name == name).with_for_update()).one()
