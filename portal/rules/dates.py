"""Business dates: month arithmetic, Federal Reserve business days, where a day ends, and dates people write.

Whether 3/4/2026 is in March or in April is settled for a whole column at once.
"""

import calendar
import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

from portal.rules.refusals import Refusal

MONDAY, THURSDAY, SUNDAY = 0, 3, 6
ONE_DAY = timedelta(days=1)

DateOrder = Literal["mdy", "dmy"]
ORDERS: tuple[DateOrder, ...] = ("mdy", "dmy")

_MONTHS = {
    name: month
    for month, names in enumerate(
        (
            ("jan", "january"),
            ("feb", "february"),
            ("mar", "march"),
            ("apr", "april"),
            ("may",),
            ("jun", "june"),
            ("jul", "july"),
            ("aug", "august"),
            ("sep", "sept", "september"),
            ("oct", "october"),
            ("nov", "november"),
            ("dec", "december"),
        ),
        start=1,
    )
    for name in names
}
_LAST_YEAR = 2199
_TIME = re.compile(r"[T ]+[0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?( ?[AaPp][Mm])?(Z|[+-][0-9]{2}:?[0-9]{2})?$")
_ISO = re.compile(r"([0-9]{4})([-/.]?)([0-9]{1,2})\2([0-9]{1,2})$")
_NUMBERS = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})$")
_DAY_FIRST = re.compile(r"([0-9]{1,2})(?:st|nd|rd|th)?[-. ]+([a-z]+)[-.,' ]+([0-9]{4}|[0-9]{2})$")
_MONTH_FIRST = re.compile(r"([a-z]+)[-. ]+([0-9]{1,2})(?:st|nd|rd|th)?[-, ]+([0-9]{4}|[0-9]{2})$")


def add_months(anchor: date, k: int) -> date:
    """k months after the anchor, its day clipped: 31 January + 1 -> 28 February, + 2 -> 31 March."""
    year, month = divmod(anchor.year * 12 + anchor.month - 1 + k, 12)
    last = calendar.monthrange(year, month + 1)[1]
    return date(year, month + 1, min(anchor.day, last))


def end_of_month(day: date) -> date:
    """The last day of that day's month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


@lru_cache
def federal_holidays(year: int) -> frozenset[date]:
    """Days the Federal Reserve is closed (frbservices.org): a Sunday holiday moves, a Saturday one does not."""
    fixed = [date(year, 1, 1), date(year, 7, 4), date(year, 11, 11), date(year, 12, 25)]
    if year >= 2021:
        fixed.append(date(year, 6, 19))
    floating = [
        _nth(year, 1, MONDAY, 3),
        _nth(year, 2, MONDAY, 3),
        _nth(year, 6, MONDAY, 1) - timedelta(days=7),  # the last Monday of May
        _nth(year, 9, MONDAY, 1),
        _nth(year, 10, MONDAY, 2),
        _nth(year, 11, THURSDAY, 4),
    ]
    moved = (day + ONE_DAY if day.weekday() == SUNDAY else day for day in fixed)
    return frozenset(floating) | frozenset(moved)


def is_business_day(day: date) -> bool:
    """Whether the Federal Reserve Banks are open."""
    return day.weekday() < 5 and day not in federal_holidays(day.year)


def add_business_days(day: date, count: int) -> date:
    """The count-th business day after that day: Friday 3 April 2026 + 2 -> Tuesday 7 April."""
    for _ in range(count):
        day += ONE_DAY
        while not is_business_day(day):
            day += ONE_DAY
    return day


def local_day(at: datetime, zone: str) -> date:
    """The calendar day of an aware instant in that time zone (IANA name)."""
    return at.astimezone(ZoneInfo(zone)).date()


def day_ends_at(day: date, zone: str) -> datetime:
    """The first instant after that whole day in that time zone, as aware UTC; in time means `at <` this."""
    midnight = datetime.combine(day + ONE_DAY, datetime.min.time(), tzinfo=ZoneInfo(zone))
    return midnight.astimezone(UTC)


def parse_date(text: str, *, order: DateOrder | None = None) -> date:
    """ISO, 3/4/2026, 04.03.2026, `3 Mar 2026`, `March 3, 2026`, with or without a time of day after it.

    Refuses 3/4/2026 when no order is given; dots mean day first wherever that is a date.
    """
    readings = _readings(text)
    if order:
        found = {readings[order]} if order in readings else set()
    else:
        found = set(readings.values())
    if not found:
        raise Refusal(f"“{text.strip()}” is not a date. Write it like 2026-03-31.", field="date")
    if len(found) > 1:
        either = " or ".join(day.isoformat() for day in sorted(found))
        raise Refusal(f"“{text.strip()}” can be {either}. Say whether the day comes first.", field="date")
    return found.pop()


def is_far_off(text: str) -> bool:
    """Whether this is written as a date of a year that is too far off to be read, such as 9999-12-31."""
    match = _ISO.match(text.strip())
    return match is not None and int(match[1]) > _LAST_YEAR


def date_orders(text: str) -> frozenset[DateOrder]:
    """The orders under which this text is a date: both for ISO and named months, none when it is no date."""
    return frozenset(_readings(text))


def _nth(year: int, month: int, weekday: int, n: int) -> date:
    first = date(year, month, 1)
    return first + timedelta(days=(weekday - first.weekday()) % 7 + 7 * (n - 1))


def _readings(text: str) -> dict[DateOrder, date]:
    body = _TIME.sub("", text.strip()).lower()
    if match := _ISO.match(body):
        year, separator, month, day = match.groups()
        if separator or len(body) == 8:
            return _both(year, month, day)
    if match := _NUMBERS.match(body):
        first, separator, second, year = match.groups()
        found: list[tuple[DateOrder, date | None]] = [
            ("mdy", _date(year, first, second)),
            ("dmy", _date(year, second, first)),
        ]
        if separator == "." and found[1][1]:
            return _both(year, second, first)
        return {order: day for order, day in found if day}
    if match := _DAY_FIRST.match(body):
        day, name, year = match.groups()
        return _both(year, str(_MONTHS.get(name, 0)), day)
    if match := _MONTH_FIRST.match(body):
        name, day, year = match.groups()
        return _both(year, str(_MONTHS.get(name, 0)), day)
    return {}


def _both(year: str, month: str, day: str) -> dict[DateOrder, date]:
    read = _date(year, month, day)
    return dict.fromkeys(ORDERS, read) if read else {}


def _date(year: str, month: str, day: str) -> date | None:
    """A date from 1970 to 2199; two-digit years are of this century."""
    full_year = int(year) + (2000 if len(year) == 2 else 0)
    if not 1970 <= full_year <= _LAST_YEAR:
        return None
    try:
        return date(full_year, int(month), int(day))
    except ValueError:
        return None
