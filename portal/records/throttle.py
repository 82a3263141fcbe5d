"""Counters of how often something was asked for, in fixed windows of time."""

from datetime import datetime

from sqlalchemy import delete

from portal.records.engine import Session
from portal.records.tables import throttle
from portal.records.upsert import insert_into


def hit(session: Session, bucket: str, window_at: datetime) -> int:
    """Count one more in the window that starts at `window_at`, and return how many it has now."""
    values = {"bucket": bucket, "window_at": window_at, "count": 1}
    counted = (
        insert_into(session, throttle)
        .values(**values)
        .on_conflict_do_update(
            index_elements=[throttle.c.bucket, throttle.c.window_at], set_={"count": throttle.c.count + 1}
        )
        .returning(throttle.c.count)
    )
    return int(session.execute(counted).scalar_one())


def forget(session: Session, *, before: datetime) -> None:
    """Remove windows that began before that time."""
    session.execute(delete(throttle).where(throttle.c.window_at < before))
