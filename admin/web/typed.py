"""What somebody typed into a form of the admin, read field by field; what is wrong is kept for all of them at once."""

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from admin.web.desk import StaffVisit
from portal.rules.dates import parse_date
from portal.rules.money import parse_amount
from portal.rules.refusals import Refusal
from portal.templating import decimal_mark

Read = TypeVar("Read")

_LONGEST_AMOUNT = 40


class Typed:
    """The fields of a form; each that is wrong is None, and has a sentence in `errors`: {field, text}."""

    def __init__(self, visit: StaffVisit) -> None:
        self._form = visit.form
        self.errors: list[dict[str, str]] = []

    def text(self, field: str, *, most: int = 500) -> str:
        """As it was typed, without spaces around it, to be shown again."""
        return self._form.get(field, "").strip()[:most]

    def line(self, field: str, *, most: int, needed: str = "") -> str | None:
        """One line of what can be seen. Where it may be empty, `needed` is."""
        seen = "".join(letter if letter.isprintable() else " " for letter in self._form.get(field, ""))
        text = " ".join(seen.split())
        if not text and needed:
            self.wrong(field, needed)
            return None
        if len(text) > most:
            self.wrong(field, f"Shorten this to {most} characters or fewer.")
            return None
        return text

    def amount(self, field: str, currency: str, locale: str, *, needed: str = "") -> int | None:
        """Minor units of the currency, 0 and more; None without an error where nothing was typed and may be."""
        typed = self._form.get(field, "").strip()
        if not typed:
            self._missing(field, needed)
            return None
        if len(typed) > _LONGEST_AMOUNT:
            self.wrong(field, "That is too long for an amount. Write it like 1234.56.")
            return None
        cents = self._read(field, lambda: parse_amount(typed, currency, decimal_mark=decimal_mark(locale)))
        if cents is not None and cents < 0:
            self.wrong(field, "This is below zero. Write an amount like 1234.56.")
            return None
        return cents

    def day(self, field: str, *, needed: str = "") -> date | None:
        """A day; None without an error where nothing was typed and may be."""
        typed = self._form.get(field, "").strip()
        if not typed:
            self._missing(field, needed)
            return None
        return self._read(field, lambda: parse_date(typed[:40]))

    def choice(self, field: str, options: tuple[str, ...], *, needed: str) -> str | None:
        """One of the options."""
        typed = self._form.get(field, "")
        if typed in options:
            return typed
        self.wrong(field, needed)
        return None

    def refused(self, refusal: Refusal, *, field: str, **names: str) -> None:
        """Keep a refusal of what the form asked for: at its own field, by the name it has here, else at `field`."""
        self.wrong(names.get(refusal.field or "", refusal.field or field), refusal.sentence)

    def wrong(self, field: str, text: str) -> None:
        """Keep that a field is wrong."""
        self.errors.append({"field": field, "text": text})

    def _read(self, field: str, reading: Callable[[], Read]) -> Read | None:
        try:
            return reading()
        except Refusal as refusal:
            self.wrong(field, refusal.sentence)
            return None

    def _missing(self, field: str, needed: str) -> None:
        if needed:
            self.wrong(field, needed)
