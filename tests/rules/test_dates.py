"""Months, Federal Reserve business days, where a day ends, and dates people write."""

from contextlib import suppress
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules import dates
from portal.rules.refusals import Refusal

DAYS = st.dates(date(2000, 1, 1), date(2100, 12, 31))
ZONES = st.sampled_from(["America/New_York", "Europe/Berlin", "Pacific/Apia", "America/Santiago", "UTC"])


def test_months_are_anchored() -> None:
    anchor = date(2026, 1, 31)
    days = [dates.add_months(anchor, k) for k in range(4)]
    assert days == [date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31), date(2026, 4, 30)]
    assert dates.add_months(date(2026, 1, 21) + timedelta(days=10), 1) == date(2026, 2, 28)
    assert dates.add_months(date(2026, 1, 15), -1) == date(2025, 12, 15)
    assert dates.end_of_month(date(2028, 2, 3)) == date(2028, 2, 29)


@given(DAYS, st.integers(-24, 24))
def test_adding_months_keeps_the_day_or_ends_the_month(anchor: date, k: int) -> None:
    day = dates.add_months(anchor, k)
    assert (day.year * 12 + day.month) - (anchor.year * 12 + anchor.month) == k
    assert day.day == anchor.day or (day == dates.end_of_month(day) and day.day < anchor.day)


def test_federal_reserve_holidays_of_2026() -> None:
    expected = {(1, 1), (1, 19), (2, 16), (5, 25), (6, 19), (9, 7), (10, 12), (11, 11), (11, 26), (12, 25), (7, 4)}
    assert {(day.month, day.day) for day in dates.federal_holidays(2026)} == expected


def test_a_saturday_holiday_is_not_moved_and_a_sunday_one_is() -> None:
    assert dates.is_business_day(date(2026, 7, 3))  # 4 July 2026 is a Saturday
    assert not dates.is_business_day(date(2027, 7, 5))  # 4 July 2027 is a Sunday
    assert date(2020, 6, 19) not in dates.federal_holidays(2020)


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2026, 4, 3), 2, date(2026, 4, 7)),
        (date(2026, 4, 4), 1, date(2026, 4, 6)),
        (date(2026, 12, 24), 1, date(2026, 12, 28)),
        (date(2026, 5, 22), 2, date(2026, 5, 27)),
    ],
)
def test_business_days(day: date, count: int, expected: date) -> None:
    assert dates.add_business_days(day, count) == expected


def test_the_last_instant_of_the_discount_day() -> None:
    """11 March 23:59:59 seller time is in, 12 March 00:00 is out (money.md 4)."""
    ends = dates.day_ends_at(date(2026, 3, 11), "America/New_York")
    assert ends == datetime(2026, 3, 12, 4, 0, tzinfo=UTC)
    assert dates.local_day(ends - timedelta(seconds=1), "America/New_York") == date(2026, 3, 11)
    assert dates.local_day(ends, "America/New_York") == date(2026, 3, 12)


@given(DAYS, ZONES)
def test_a_day_ends_where_the_next_begins(day: date, zone: str) -> None:
    ends = dates.day_ends_at(day, zone)
    assert dates.local_day(ends - timedelta(microseconds=1), zone) <= day < dates.local_day(ends, zone)


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("2026-03-04", None, date(2026, 3, 4)),
        ("2026/3/4", None, date(2026, 3, 4)),
        ("20260304", None, date(2026, 3, 4)),
        ("2026-03-04T00:00:00Z", None, date(2026, 3, 4)),
        ("3/14/2026 0:00", None, date(2026, 3, 14)),
        ("3/4/2026", "mdy", date(2026, 3, 4)),
        ("3/4/2026", "dmy", date(2026, 4, 3)),
        ("14/3/2026", None, date(2026, 3, 14)),
        ("12-31-2025", None, date(2025, 12, 31)),
        ("4/4/2026", None, date(2026, 4, 4)),
        ("04.03.2026", None, date(2026, 3, 4)),
        ("03.14.2026", None, date(2026, 3, 14)),
        ("3/14/26", None, date(2026, 3, 14)),
        ("3 Mar 2026", None, date(2026, 3, 3)),
        ("3-Mar-26", "mdy", date(2026, 3, 3)),
        ("Mar 3, 2026", None, date(2026, 3, 3)),
        ("March 3rd, 2026", "dmy", date(2026, 3, 3)),
        ("1 Sept 2026", None, date(2026, 9, 1)),
    ],
)
def test_dates_as_people_write_them(text: str, order: dates.DateOrder | None, expected: date) -> None:
    assert dates.parse_date(text, order=order) == expected


@pytest.mark.parametrize(
    ("text", "order", "says"),
    [
        ("", None, "is not a date"),
        ("soon", None, "is not a date"),
        ("2026-02-30", None, "is not a date"),
        ("13/4/2026", "mdy", "is not a date"),
        ("31/4/2026", None, "is not a date"),
        ("0026-03-04", None, "is not a date"),
        ("3 Foo 2026", None, "is not a date"),
        ("3/4/2026", None, "can be 2026-03-04 or 2026-04-03"),
    ],
)
def test_what_is_no_clear_date_is_refused(text: str, order: dates.DateOrder | None, says: str) -> None:
    with pytest.raises(Refusal, match=says):
        dates.parse_date(text, order=order)


@given(DAYS)
def test_every_form_reads_back(day: date) -> None:
    assert dates.parse_date(day.isoformat()) == day
    assert dates.parse_date(f"{day:%m/%d/%Y}", order="mdy") == day
    assert dates.parse_date(f"{day:%d/%m/%Y}", order="dmy") == day
    assert dates.parse_date(f"{day:%d.%m.%Y}") == day
    assert dates.parse_date(f"{day:%d %b %Y}") == day


@given(st.text(max_size=14))
def test_no_text_does_worse_than_a_refusal(text: str) -> None:
    with suppress(Refusal):
        dates.parse_date(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2199-12-31", False), ("2200-01-01", True), (" 9999-12-31", True), ("soon", False), ("1/1/2200", False)],
)
def test_a_year_that_is_too_far_off_is_told_from_what_is_no_date(text: str, expected: bool) -> None:
    assert dates.is_far_off(text) is expected
