"""Figures and dates as one customer reads them."""

from dataclasses import replace
from datetime import UTC, date, datetime

from portal.wording import Words

WORDS = Words("en_US", "usd", "America/New_York", date(2026, 3, 2))


def test_figures() -> None:
    assert WORDS.money(123_456) == "$1,234.56"
    assert WORDS.money(-840) == "−$8.40"
    assert WORDS.money_or_nothing(0) == ""
    assert WORDS.typed(123_456) == "1234.56"
    assert replace(WORDS, locale="de_DE").typed(123_456) == "1234,56"
    assert WORDS.percent(150) == "1.5%"


def test_days_are_the_sellers() -> None:
    assert WORDS.date(date(2026, 3, 31)) == "March 31, 2026"
    assert (WORDS.day(date(2026, 3, 31)), WORDS.day(date(2025, 3, 31))) == ("Mar 31", "Mar 31, 2025")
    assert WORDS.long_day(date(2026, 3, 31)) == "Mar 31, 2026"
    assert WORDS.moment(datetime(2026, 3, 2, 1, 0, tzinfo=UTC)) == "March 1, 2026, 8:00 PM EST"
    assert WORDS.relative_due(date(2026, 3, 1)) == "1 day late"


def test_sentences() -> None:
    assert WORDS.joined(["INV-1", "INV-2"]) == "INV-1 and INV-2"
    assert WORDS.text("%(count)s invoices", count=4) == "4 invoices"
