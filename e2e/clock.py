"""A clock for several processes: it runs like the real one, so far ahead or behind as a small file says."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

# Between these hours nothing is near midnight, also after a change to or from summer time.
_DAY_BEGINS, _DAY_ENDS = 8, 18
_MORNING = 10


class SharedClock:
    """Whoever opens the same file has the same time. `now` is what the house wants as its clock (aware, UTC)."""

    def __init__(self, file: Path) -> None:
        self._file = file
        if not file.exists():
            self._write(timedelta(0))

    def now(self) -> datetime:
        return datetime.now(UTC) + self._ahead()

    def move(self, *, days: int = 0, hours: int = 0, minutes: int = 0) -> datetime:
        """Move by this much, backwards if negative, and return the new time."""
        self._write(self._ahead() + timedelta(days=days, hours=hours, minutes=minutes))
        return self.now()

    def set(self, now: datetime) -> None:
        """From this instant the clock runs on."""
        self._write(now - datetime.now(UTC))

    def move_into_day(self, zone: str) -> None:
        """Go on to the next morning there, unless it is day: whole days later it is then as many dates later."""
        local = self.now().astimezone(ZoneInfo(zone))
        if _DAY_BEGINS <= local.hour < _DAY_ENDS:
            return
        morning = local.replace(hour=_MORNING, minute=0, second=0)
        self.set(morning if local < morning else morning + timedelta(days=1))

    def _ahead(self) -> timedelta:
        return timedelta(microseconds=int(self._file.read_text()))

    def _write(self, ahead: timedelta) -> None:
        # Renamed into place, so that no reader ever finds half a number.
        draft = self._file.with_name(f"{self._file.name}.{os.getpid()}")
        draft.write_text(str(ahead // timedelta(microseconds=1)))
        draft.replace(self._file)
