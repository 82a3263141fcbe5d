"""A clock that stands still until a test moves it."""

from datetime import UTC, datetime, timedelta

A_MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


class MovableClock:
    """Give `clock.now` wherever the code wants a function that returns the time (aware, UTC)."""

    def __init__(self, now: datetime = A_MONDAY) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def move(self, *, weeks: int = 0, days: int = 0, hours: int = 0, minutes: int = 0, seconds: int = 0) -> datetime:
        """Move by this much, backwards if negative, and return the new time."""
        self._now += timedelta(weeks=weeks, days=days, hours=hours, minutes=minutes, seconds=seconds)
        return self._now

    def set(self, now: datetime) -> None:
        self._now = now
