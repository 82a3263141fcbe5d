"""Figures and dates as one customer reads them: its currency, the seller's language, the seller's day."""

import datetime
from dataclasses import dataclass

from portal import templating
from portal.rules.money import plain


@dataclass(frozen=True, slots=True)
class Words:
    """Formats for one account on one day. `locale` as `en_US`, `currency` ISO 4217, `time_zone` of the seller."""

    locale: str
    currency: str
    time_zone: str
    today: datetime.date

    def money(self, cents: int) -> str:
        """Minor units as `$1,234.56`, negative with a true minus."""
        return templating.format_money(cents, self.currency, self.locale)

    def price(self, price: str) -> str:
        """Of one piece; may have more decimals than the currency."""
        return templating.format_price(price, self.currency, self.locale)

    def money_or_nothing(self, cents: int) -> str:
        """Empty for zero, so that a template can leave the line out."""
        return self.money(cents) if cents else ""

    def typed(self, cents: int) -> str:
        """Minor units as somebody would type them into a field: `1234.56`, where commas are decimal `1234,56`."""
        return plain(cents, self.currency).replace(".", templating.decimal_mark(self.locale))

    def date(self, on: datetime.date) -> str:
        """The long form: `November 28, 2026`."""
        return templating.format_date(on, self.locale)

    def day(self, on: datetime.date, *, beside: datetime.date | None = None) -> str:
        """The short form: `Nov 28`; with its year where that is not today's, or that of the day `beside` it."""
        return templating.format_day(on, self.locale, beside or self.today)

    def long_day(self, on: datetime.date) -> str:
        """`Nov 28, 2026`: short, but with its year."""
        return templating.format_day(on, self.locale, datetime.date.min)

    def moment(self, at: datetime.datetime) -> str:
        """An aware time by the seller's clock: `November 22, 2026, 2:05 PM EST`."""
        return templating.format_moment(at, self.time_zone, self.locale)

    def short_moment(self, at: datetime.datetime) -> str:
        """The same for a narrow column, in one piece: `Nov 22, 2:05 PM`."""
        short = templating.format_moment(at, self.time_zone, self.locale, self.today)
        return short.replace(" ", "\N{NO-BREAK SPACE}")

    def relative_due(self, on: datetime.date) -> str:
        """`25 days late`, `Due today`, `Due tomorrow`, `in 20 days`."""
        return templating.relative_due(on, self.today, self.locale)

    def percent(self, basis_points: int) -> str:
        """200 basis points are `2%`."""
        return templating.format_percent(basis_points, self.locale)

    def joined(self, items: list[str]) -> str:
        """`INV-1, INV-2 and INV-3`, as the language joins things."""
        return templating.format_list(items, self.locale)

    def text(self, message: str, /, **values: object) -> str:
        """`message` in the language, its `%(name)s` filled from `values`; plain, not escaped."""
        return templating.gettext(message, self.locale, **values)

    def count(self, singular: str, plural: str, number: int, **values: object) -> str:
        """`singular` or `plural`, as the language counts; `%(num)s` in them is the number."""
        return templating.ngettext(singular, plural, number, self.locale, **values)
