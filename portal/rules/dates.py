"""Business dates: month arithmetic, Federal Reserve business days, a day's last instant, dates people write."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Literal

DateOrder = Literal["ymd", "mdy", "dmy"]


def add_months(anchor: date, k: int) -> date:
    """k months after the anchor, its day clipped to the month: 31 January + 1 -> 28 February, + 2 -> 31 March."""
    raise NotImplementedError


def end_of_month(day: date) -> date:
    """The last day of that day's month."""
    raise NotImplementedError


def federal_holidays(year: int) -> frozenset[date]:
    """Days the Federal Reserve is closed; a Saturday holiday is not moved, a Sunday one moves to Monday."""
    raise NotImplementedError


def is_business_day(day: date) -> bool:
    """Whether the Federal Reserve Banks are open."""
    raise NotImplementedError


def add_business_days(day: date, count: int) -> date:
    """The count-th business day after that day: Friday 3 April 2026 + 2 -> Tuesday 7 April."""
    raise NotImplementedError


def local_day(at: datetime, zone: str) -> date:
    """The calendar day of an aware instant in that time zone (IANA name)."""
    raise NotImplementedError


def day_ends_at(day: date, zone: str) -> datetime:
    """The first instant after that whole day in that time zone, as aware UTC; in time means `at <` this."""
    raise NotImplementedError


def parse_date(text: str, *, order: DateOrder | None = None) -> date:
    """ISO, 3/4/2026, 04.03.2026, `3 Mar 2026`, `March 3, 2026`; refuses an ambiguous order when none is given."""
    raise NotImplementedError


def date_orders(text: str) -> frozenset[DateOrder]:
    """The orders under which this text is a date; empty when it is none."""
    raise NotImplementedError


def column_order(texts: Sequence[str]) -> frozenset[DateOrder]:
    """The orders under which every text of a column is a date; one left: resolved."""
    raise NotImplementedError
