"""The worker's turns: who is asked when."""

from datetime import UTC, datetime, timedelta

import pytest

from portal.jobs.worker import is_due

NOW = datetime(2026, 3, 2, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "seconds_ago", "due"),
    [
        ("inbox", None, True),
        ("inbox", 0, True),
        ("letters", 1, True),
        ("attempts", None, True),
        ("attempts", 0, False),
        ("attempts", 59, False),
        ("attempts", 60, True),
        ("debits", 3599, False),
        ("debits", 3600, True),
        ("attachments", 3599, False),
        # The clock was set back.
        ("attempts", -3600, True),
    ],
)
def test_what_cannot_be_settled_is_asked_for_once_a_minute(name: str, seconds_ago: int | None, due: bool) -> None:
    last_at = None if seconds_ago is None else NOW - timedelta(seconds=seconds_ago)
    assert is_due(name, last_at, NOW) is due
