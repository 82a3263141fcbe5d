"""The machine's clock: it stands still until a move moves it, and never goes back."""

from datetime import UTC, datetime, timedelta

# A Monday, six days before summer time begins where the seller is.
A_MONDAY = datetime(2026, 3, 2, 15, 0, tzinfo=UTC)


class StillClock:
    """`now` is what the house and the stand-in want as their clock (aware, UTC)."""

    def __init__(self, now: datetime = A_MONDAY) -> None:
        self._now = now

    def now(self) -> datetime:
        return self._now

    def move(self, *, days: int = 0, hours: int = 0, minutes: int = 0) -> datetime:
        self._now += timedelta(days=days, hours=hours, minutes=minutes)
        return self._now
