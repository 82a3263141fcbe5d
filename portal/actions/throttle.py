"""Saying no to what is asked too often. Counted in the database, so that all processes count together."""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from portal.records import Session
from portal.records import throttle as records
from portal.rules.refusals import Refusal

_KEPT = timedelta(days=1)


class TooMany(Refusal):
    """Asked for too often; it works again when the window is over."""

    status = 429


def count_tries(session: Session, bucket: str, limits: Iterable[tuple[int, timedelta]], *, now: datetime) -> None:
    """Count one more try in the window of each limit, (how many, within what); one too many is not counted."""
    for limit, length in limits:
        seconds = int(length.total_seconds())
        began_at = datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)
        times = records.hit(session, f"{bucket}:{seconds}", began_at)
        if times > limit:
            minutes = -(-int((began_at + length - now).total_seconds()) // 60)
            raise TooMany(
                "There were too many tries. Wait %(minutes)s, then try again.",
                minutes=f"{minutes} minute" if minutes == 1 else f"{minutes} minutes",
            )
        if times == 1:
            records.forget(session, before=now - _KEPT)


def window(now: datetime) -> datetime:
    """The start of the hour that `now` falls into."""
    return now.replace(minute=0, second=0, microsecond=0)


def count(session: Session, bucket: str, *, limit: int, now: datetime) -> int:
    """Count once more in this hour and return how often; over the limit it is refused, and not counted."""
    times = records.hit(session, bucket, window(now))
    if times > limit:
        raise TooMany(
            "That was asked for several times within the hour. Look in your inbox and your spam folder, "
            "or try again in an hour."
        )
    if times == 1:
        records.forget(session, before=now - _KEPT)
    return times
