"""Quantities as decimal text: read as people type them, written without noughts at the end."""

import re
from decimal import Decimal, InvalidOperation

from portal.rules.money import DecimalMark

_MOST_PLACES = 40
# Twelve digits and six decimals: more is no count of anything, and would not fit where it is kept.
_TYPED = re.compile(r"(?:[0-9]{1,12}(?:\.[0-9]{0,6})?|\.[0-9]{1,6})")
_GROUPED = {mark: re.compile(rf"[1-9][0-9]{{0,2}}(?:\{mark}[0-9]{{3}})+") for mark in ".,"}


def read_quantity(text: str, *, decimal_mark: DecimalMark | None = None) -> Decimal | None:
    """What a person typed: `8`, `2.5`, `2,5`, `1,200`; None where it is no quantity, or may be read in two ways."""
    body = text.strip()
    for grouping, decimal in ((",", "."), (".", ",")):
        whole, mark, decimals = body.partition(decimal)
        if decimal_mark == grouping or not _GROUPED[grouping].fullmatch(whole):
            continue
        if not mark and not decimal_mark and whole.count(grouping) == 1:
            # 1,200 may be a thousand and more, or a little more than one.
            return None
        body = whole.replace(grouping, "") + (f".{decimals}" if mark else "")
        break
    body = body.replace(",", ".")
    return Decimal(body) if _TYPED.fullmatch(body) else None


def kept_quantity(text: str) -> Decimal | None:
    """What is kept of an invoice's line or a dispute's: decimal text; None where it is none."""
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() and abs(found.adjusted()) < _MOST_PLACES else None


def plain_quantity(number: Decimal) -> str:
    """As a person writes it: 2.50 -> `2.5`, 1E+1 -> `10`."""
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
