"""The clock that the processes of a house share."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from e2e.clock import SharedClock

ZONE = "America/New_York"


@pytest.mark.parametrize(
    ("now", "then"),
    [
        (datetime(2027, 3, 9, 13, tzinfo=UTC), datetime(2027, 3, 9, 13, tzinfo=UTC)),
        (datetime(2027, 3, 9, 12, 59, tzinfo=UTC), datetime(2027, 3, 9, 15, tzinfo=UTC)),
        # 23:09 there, on the day before.
        (datetime(2027, 3, 10, 4, 9, tzinfo=UTC), datetime(2027, 3, 10, 15, tzinfo=UTC)),
        (datetime(2027, 3, 10, 23, tzinfo=UTC), datetime(2027, 3, 11, 15, tzinfo=UTC)),
        # The night in which summer time begins.
        (datetime(2027, 3, 14, 4, 9, tzinfo=UTC), datetime(2027, 3, 14, 14, tzinfo=UTC)),
    ],
)
def test_night_is_left_for_the_next_morning_there(tmp_path: Path, now: datetime, then: datetime) -> None:
    clock = SharedClock(tmp_path / "clock")
    clock.set(now)
    clock.move_into_day(ZONE)
    assert timedelta(0) <= clock.now() - then < timedelta(minutes=1)


def test_whoever_opens_the_same_file_has_the_same_time(tmp_path: Path) -> None:
    clock, other = SharedClock(tmp_path / "clock"), SharedClock(tmp_path / "clock")
    before = other.now()
    clock.move(days=2, hours=-1)
    assert timedelta(days=1, hours=23) <= other.now() - before < timedelta(days=1, hours=23, minutes=1)
