"""Amounts in integer minor units: the one rounding, splitting, reading, and Stripe's odd currencies.

Stripe calls ISK and UGX zero-decimal, but its API still wants them with two decimals that are always 00, so
they have exponent 2 and a step of 100. Three decimals must end in 0 there (docs.stripe.com/currencies).
"""

import re
from collections.abc import Sequence
from fractions import Fraction
from typing import Literal

from portal.rules.refusals import Refusal

DecimalMark = Literal[".", ","]

ZERO_DECIMAL = frozenset(
    {"bif", "clp", "djf", "gnf", "jpy", "kmf", "krw", "mga", "pyg", "rwf", "vnd", "vuv", "xaf", "xof", "xpf"}
)
THREE_DECIMAL = frozenset({"bhd", "jod", "kwd", "omr", "tnd"})
WHOLE_UNITS_ONLY = frozenset({"isk", "ugx"})

CURRENCIES = """
    aed afn all amd aoa ars aud awg azn bam bbd bdt bgn bhd bif bmd bnd bob brl bsd btn bwp byn bzd cad cdf
    chf clp cny cop crc cup cve czk djf dkk dop dzd egp ern etb eur fjd fkp gbp gel ghs gip gmd gnf gtq gyd
    hkd hnl htg huf idr ils inr iqd irr isk jmd jod jpy kes kgs khr kmf kpw krw kwd kyd kzt lak lbp lkr lrd
    lsl lyd mad mdl mga mkd mmk mnt mop mru mur mvr mwk mxn myr mzn nad ngn nio nok npr nzd omr pab pen pgk
    php pkr pln pyg qar ron rsd rub rwf sar sbd scr sdg sek sgd shp sle sos srd ssp stn svc syp szl thb tjs
    tmt tnd top try ttd twd tzs uah ugx usd uyu uzs ves vnd vuv wst xaf xcd xcg xof xpf yer zar zmw zwg
"""

MINIMUM_CENTS = {
    "usd": 50, "aed": 200, "aud": 50, "bgn": 100, "brl": 50, "cad": 50, "chf": 50, "czk": 1500, "dkk": 250,
    "eur": 50, "gbp": 30, "hkd": 400, "huf": 17500, "inr": 50, "jpy": 50, "mxn": 1000, "myr": 200, "nok": 300,
    "nzd": 50, "pln": 200, "ron": 200, "sek": 300, "sgd": 50, "thb": 1000,
}  # fmt: skip

MOST_DIGITS = 15
SYMBOLS = {"€": {"eur"}, "£": {"gbp"}, "¥": {"jpy", "cny"}, "₹": {"inr"}, "₩": {"krw"}}
_SPACES = dict.fromkeys(map(ord, "\u00a0\u2007\u2009\u202f\t"), " ")
_MINUS = {ord("\u2212"): "-", ord("\u2013"): "-", ord("\u2019"): "'"}
_UNIT = re.compile(r"(?:US|CA|AU|NZ)?\$|[€£¥₹₩]|[A-Za-z]{3}")
_GROUPED = r"[1-9][0-9]{{0,2}}(?:{0}[0-9]{{2,3}})*{0}[0-9]{{3}}"


def divide_half_up(numerator: int, denominator: int) -> int:
    """numerator / denominator rounded to an integer, half away from zero."""
    negative = (numerator < 0) != (denominator < 0)
    numerator, denominator = abs(numerator), abs(denominator)
    rounded = (2 * numerator + denominator) // (2 * denominator)
    return -rounded if negative else rounded


def half_up(exact: Fraction) -> int:
    """An exact result to the minor unit, half away from zero."""
    return divide_half_up(exact.numerator, exact.denominator)


def share(total_cents: int, numerator: int, denominator: int) -> int:
    """total * numerator / denominator, rounded once; 0 when the denominator is 0."""
    return divide_half_up(total_cents * numerator, denominator) if denominator else 0


def split(total_cents: int, parts: int) -> tuple[int, ...]:
    """Equal parts, the remainder one cent each to the first (money.md 1): 100 / 3 -> 34, 33, 33."""
    each, left_over = divmod(abs(total_cents), parts)
    sign = -1 if total_cents < 0 else 1
    return tuple(sign * (each + (place < left_over)) for place in range(parts))


def accumulated_share(total_cents: int, done_before: int, done_now: int, whole: int) -> int:
    """This step's share of a total that comes in steps: the rounded running total less what it was before.

    Never below 0. Tax 0.83 on 10.00, credits of 3.33, 3.33, 3.34 -> 0.28, 0.27, 0.28 (money.md 1).
    """
    return max(0, share(total_cents, done_before + done_now, whole) - share(total_cents, done_before, whole))


def parse_amount(text: str, currency: str, *, decimal_mark: DecimalMark | None = None) -> int:
    """What people write -> minor units: `1,234.56`, `1.234,56`, `1 234,56`, `(5.00)`, `-5.00`, `$1,234.50`.

    Without a decimal mark, `1.234` and `1,234` are refused: they can be read two ways, a thousandfold apart.
    """
    body, negative = _unsigned(text, currency)
    readings = _readings(body, decimal_mark)
    if not readings:
        raise Refusal("“%(text)s” is not an amount. Write it like 1234.56.", field="amount", text=text.strip())
    if len(readings) > 1:
        raise Refusal(
            "“%(text)s” can be read as %(one)s or %(other)s. Say which decimal mark is used.",
            field="amount",
            text=text.strip(),
            one=readings[0],
            other=readings[1],
        )
    whole, _, decimals = readings[0].partition(".")
    decimals = decimals.rstrip("0")
    places = exponent(currency)
    if len(decimals) > places:
        raise Refusal(
            "“%(text)s” has more decimals than %(currency)s has (%(places)s).",
            field="amount",
            text=text.strip(),
            currency=currency.upper(),
            places=places,
        )
    if len(whole) > MOST_DIGITS:
        raise Refusal("“%(text)s” is too large an amount.", field="amount", text=text.strip())
    unit: int = 10**places
    cents = int(whole) * unit + int(decimals.ljust(places, "0") or "0")
    return -cents if negative else cents


def decimal_marks(texts: Sequence[str], currency: str) -> tuple[DecimalMark, ...]:
    """The decimal marks under which every amount of a column can be read: both when nothing tells."""
    bodies = [_unsigned(text, currency)[0] for text in texts if text.strip()]
    marks: tuple[DecimalMark, ...] = (".", ",")
    return tuple(mark for mark in marks if all(_readings(body, mark) for body in bodies))


def plain(cents: int, currency: str) -> str:
    """For CSV and JSON: -123456 usd -> `-1234.56`; 500 jpy -> `500`."""
    return _figures(cents, currency, "")


def words(cents: int, currency: str) -> str:
    """For the sentences of refusals, not localized: 123456 usd -> `$1,234.56`; eur -> `1,234.56 EUR`."""
    figures = _figures(cents, currency, ",")
    if currency == "usd":
        return f"-${figures[1:]}" if cents < 0 else f"${figures}"
    return f"{figures} {currency.upper()}"


def check_currency(text: str) -> str:
    """`USD` or `usd` -> `usd`; refuses what is not a currency in circulation (ISO 4217)."""
    currency = text.strip().lower()
    if len(currency) != 3 or currency not in CURRENCIES.split():
        raise Refusal(
            "“%(text)s” is not a currency. Write three letters, like USD.", field="currency", text=text.strip()
        )
    return currency


def exponent(currency: str) -> int:
    """Decimals of the minor unit that Stripe counts in: 2, 0 (jpy) or 3 (kwd)."""
    if currency in ZERO_DECIMAL:
        return 0
    return 3 if currency in THREE_DECIMAL else 2


def stripe_step_cents(currency: str) -> int:
    """What a charge must be a multiple of at Stripe: 10 with three decimals, 100 for isk and ugx, else 1."""
    if currency in THREE_DECIMAL:
        return 10
    return 100 if currency in WHOLE_UNITS_ONLY else 1


def stripe_minimum_cents(currency: str) -> int:
    """Smallest charge at Stripe; where it names none the settlement currency decides, and we ask one step."""
    return MINIMUM_CENTS.get(currency, stripe_step_cents(currency))


def stripe_maximum_cents(currency: str) -> int:
    """Largest charge at Stripe: eight digits; a few currencies allow more, none less."""
    return 99_999_999 - 99_999_999 % stripe_step_cents(currency)


def _unsigned(text: str, currency: str) -> tuple[str, bool]:
    """The figures alone and whether they are negative; a unit other than the currency is refused."""
    body = text.translate(_SPACES).translate(_MINUS).strip()
    negative = False
    if body.startswith("(") and body.endswith(")"):
        body, negative = body[1:-1].strip(), True
    for _ in range(2):
        if not negative and body.startswith("-"):
            body, negative = body[1:].strip(), True
        elif not negative and body.endswith("-"):
            body, negative = body[:-1].strip(), True
        body = _without_unit(body, text, currency)
    return body.removeprefix("+"), negative


def _without_unit(body: str, text: str, currency: str) -> str:
    for unit, rest in _units(body):
        is_code = unit.isalpha()
        named = {unit.lower()} if is_code else SYMBOLS.get(unit[-1], {currency})
        if currency not in named and (unit.isupper() or not is_code):
            raise Refusal(
                "“%(text)s” is not in %(currency)s.", field="currency", text=text.strip(), currency=currency.upper()
            )
        if currency in named:
            return rest.strip()
    return body


def _units(body: str) -> list[tuple[str, str]]:
    found = []
    if match := _UNIT.match(body):
        found.append((match[0], body[match.end() :]))
    elif match := re.search(f"(?:{_UNIT.pattern})$", body):
        found.append((match[0], body[: match.start()]))
    return [(unit, rest) for unit, rest in found if re.search("[0-9]", rest)]


def _readings(body: str, mark: DecimalMark | None) -> list[str]:
    """Every plain number (`1234.56`) the figures can mean under the mark, or under either without one."""
    if len(body) > 2 * MOST_DIGITS:
        return []
    marks = [mark] if mark else [".", ","]
    found = []
    for decimal in marks:
        reading = _read(body, decimal)
        if reading is not None and reading not in found:
            found.append(reading)
    return found


def _read(body: str, decimal: str) -> str | None:
    grouping = "," if decimal == "." else "."
    whole, mark, decimals = body.partition(decimal)
    if mark and not re.fullmatch("[0-9]+", decimals):
        return None
    if not whole and mark:
        whole = "0"
    for separator in (grouping, " ", "'"):
        if re.fullmatch(_GROUPED.format(re.escape(separator)), whole):
            whole = whole.replace(separator, "")
    if not re.fullmatch("[0-9]+", whole):
        return None
    whole = whole.lstrip("0") or "0"
    return f"{whole}.{decimals}" if mark else whole


def _figures(cents: int, currency: str, grouping: str) -> str:
    places = exponent(currency)
    whole, decimals = divmod(abs(cents), 10**places)
    figures = f"{whole:,}".replace(",", grouping)
    if places:
        figures = f"{figures}.{decimals:0{places}d}"
    return f"-{figures}" if cents < 0 else figures
