"""Contexts become pages, letters and the HTML of PDFs; numbers and dates become a customer's words.

The only owner of Jinja, Babel and gettext. Babel formats slowly, so a currency's pattern is learnt once
and filled in by hand. Rows of long tables are escaped by `escape_once` and emitted as they are.
"""

import gettext as catalogues
import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import cache, lru_cache
from pathlib import Path
from typing import Literal, NamedTuple
from zoneinfo import ZoneInfo

from babel import Locale, dates, numbers
from babel.lists import format_list as babel_list
from jinja2 import Environment, FileSystemLoader, StrictUndefined, pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup
from markupsafe import escape as escape

from portal.rules.money import DecimalMark, exponent

PACKAGE = Path(__file__).parent
CATALOGUES = PACKAGE / "locale"
TRUE_MINUS = "\N{MINUS SIGN}"
UNSAFE = re.compile("[&<>\"']")
# CLDR wants a space there ("ISK 500"), Babel leaves it out.
LETTER_BEFORE_FIGURE = re.compile(r"[^\W\d_](?=\d)")


class Letter(NamedTuple):
    """A letter in its three parts. `subject` is one line."""

    subject: str
    text: str
    html: str


class OpenRow(NamedTuple):
    """One open charge on the statement, as plain text: the template escapes each cell once, by `escape_once`.

    Texts are formatted already. `charge` is the value that chooses it, empty where nothing of it can be paid
    now; `discount`, `discount_until` and `note` may be empty. `balance` is all that is open of it;
    `payable_cents` is what choosing it adds to the total, before `discount_cents`.
    `status` is a value of `rules.statement.Status`.
    """

    charge: str
    number: str
    href: str
    issued: str
    due: str
    relative: str
    status: str
    discount: str
    discount_until: str
    balance: str
    note: str
    payable_cents: int
    discount_cents: int
    checked: bool


# ---- pages and letters


def render(name: str, context: Mapping[str, object], locale: str) -> str:
    """The template, such as `statements/show.html`, filled in; a name it misses is an UndefinedError."""
    return environment(locale).get_template(name).render(context)


def render_letter(kind: str, context: Mapping[str, object], locale: str) -> Letter:
    """The letter of `templates/letters/<kind>/`. Line breaks in the subject become spaces."""
    subject, text, html = (
        render(f"letters/{kind}/{part}", context, locale) for part in ("subject.txt", "body.txt", "body.html")
    )
    return Letter(" ".join(subject.split()), text.strip() + "\n", html)


@lru_cache(maxsize=16)
def environment(locale: str) -> Environment:
    """The environment of one locale: everything is escaped but the plain text of letters."""
    made = Environment(
        loader=FileSystemLoader(asset_root("templates")),
        autoescape=_escapes,  # noqa: S701 (all but plain text)
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=["jinja2.ext.i18n"],
    )
    catalogue = _catalogue(locale)
    made.install_gettext_callables(catalogue.gettext, catalogue.ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.globals["_"] = _translator(catalogue)
    tag = str(locale).replace("_", "-")
    made.filters["escape_once"] = escape_once
    made.globals.update(static_url=static_url, icon=icon, language=tag)
    return made


def _translator(catalogue: catalogues.NullTranslations) -> Callable[..., str]:
    """`_()` of templates as Jinja's own does it, in two thirds of the time: a page says some fifty things."""
    marked = cache(lambda message: Markup(catalogue.gettext(message)))  # noqa: S704 (our own words)

    @pass_eval_context
    def translate(context: EvalContext, message: str, /, **values: object) -> str:
        text: str = marked(message) if context.autoescape else catalogue.gettext(message)
        return text % values

    return translate


def escape_once(rows: Iterable[Sequence[object]]) -> Iterator[Sequence[object]]:
    """Rows whose texts are escaped, for a loop under `{% autoescape false %}`: the cells of a long table.

    Looking through a whole row at once costs a tenth of escaping its cells, and most rows need none of it.
    """
    for row in rows:
        if UNSAFE.search("".join([cell for cell in row if isinstance(cell, str)])) is None:
            yield row
        else:
            yield [str(escape(cell)) if isinstance(cell, str) else cell for cell in row]


def _escapes(name: str | None) -> bool:
    return name is None or not (name.startswith("letters/") and name.endswith(".txt"))


def asset_root(kind: Literal["templates", "static"]) -> Path:
    """The folder of templates or static files: inside an installed package, else beside it in a checkout."""
    packaged = PACKAGE / kind
    return packaged if packaged.is_dir() else PACKAGE.parent / kind


@cache
def static_hash() -> str:
    """Twelve hex digits over all static files: addresses that never change meaning, and may stay relative."""
    root = asset_root("static")
    digest = hashlib.sha256()
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        digest.update(path.relative_to(root).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def static_url(path: str) -> str:
    """The address of a static file; `path` is relative to the static folder."""
    return f"/static/{static_hash()}/{path}"


@cache
def icon(name: str) -> Markup:
    """A vendored Lucide icon as inline SVG, hidden from screen readers: the words beside it say the same."""
    drawing = (asset_root("static") / "vendor" / "lucide" / f"{name}.svg").read_text()
    drawing = re.sub(r"<!--.*?-->|\n\s*", " ", drawing, flags=re.DOTALL)
    return Markup(  # noqa: S704 (our own file)
        re.sub(r'class="[^"]*"', 'class="icon" aria-hidden="true"', drawing, count=1).strip()
    )


# ---- words


def gettext(message: str, locale: str, /, **values: object) -> str:
    """`message` in the language of `locale`, its `%(name)s` filled from `values`, if any. Plain text, not escaped."""
    text = _catalogue(locale).gettext(message)
    return text % values if values else text


def ngettext(singular: str, plural: str, number: int, locale: str, **values: object) -> str:
    """As `gettext`, by number; `%(num)s` is the number itself."""
    return _catalogue(locale).ngettext(singular, plural, number) % {"num": number, **values}


@cache
def _catalogue(locale: str) -> catalogues.NullTranslations:
    return catalogues.translation("portal", CATALOGUES, [locale], fallback=True)


def format_list(items: Iterable[str], locale: str) -> str:
    """`INV-1, INV-2 and INV-3`, as the language joins things."""
    return babel_list(list(items), locale=locale)


def initials(name: str) -> str:
    """The one or two letters of a seller's mark: `Harbor Supply Co.` is `HS`."""
    return "".join(word[0] for word in re.findall(r"\w+", name)[:2]).upper()


# ---- numbers and dates


def format_money(cents: int, currency: str, locale: str) -> str:
    """`cents`, minor units of `currency` (ISO 4217, any case), as `$1,234.56`; negative with a true minus."""
    return _money(currency.upper(), locale)(cents)


def format_price(price: str, currency: str, locale: str) -> str:
    """The price of one: `118.9` as `$118.90`, with as many decimals as it has; what is no figure stays as it is."""
    try:
        return _spelled(Decimal(price), currency.upper(), locale)
    except InvalidOperation:
        return price


@lru_cache(maxsize=256)
def format_percent(basis_points: int, locale: str) -> str:
    """200 is `2%`, 150 is `1.5%`."""
    return numbers.format_decimal(Decimal(basis_points) / 10_000, format=_percent_pattern(locale), locale=locale)


@lru_cache(maxsize=8192)
def format_date(on: date, locale: str) -> str:
    """The long form: `November 28, 2026`."""
    return dates.format_date(on, "long", locale=locale)


@lru_cache(maxsize=8192)
def format_day(on: date, locale: str, today: date) -> str:
    """The short form: `Nov 28`; with its year where that is not today's."""
    return dates.format_skeleton("MMMd" if on.year == today.year else "yMMMd", on, locale=locale)


def format_moment(at: datetime, time_zone: str, locale: str, today: date | None = None) -> str:
    """An aware time as the seller's clock shows it: `November 22, 2026, 2:05 PM EST`; short where `today` is given."""
    there = at.astimezone(ZoneInfo(time_zone))
    clock = dates.format_time(there, "short", locale=locale).replace("\u202f", " ")
    if today is not None:
        return f"{format_day(there.date(), locale, today)}, {clock}"
    return f"{format_date(there.date(), locale)}, {clock} {there.tzname()}"


@lru_cache(maxsize=8192)
def relative_due(due_on: date, today: date, locale: str) -> str:
    """`25 days late`, `Due today`, `Due tomorrow`, `in 20 days`."""
    days = (due_on - today).days
    if days < 0:
        return ngettext("%(num)s day late", "%(num)s days late", -days, locale)
    if days == 0:
        return gettext("Due today", locale)
    if days == 1:
        return gettext("Due tomorrow", locale)
    return ngettext("in %(num)s day", "in %(num)s days", days, locale)


@cache
def decimal_mark(locale: str) -> DecimalMark:
    """What stands before the cents when people of this locale type an amount: a comma where it does, else a point."""
    return "," if numbers.get_decimal_symbol(locale) == "," else "."


@cache
def currency_digits(currency: str) -> int:
    """How many decimals an amount has: as many as its minor unit, so that cents are never hidden."""
    return exponent(currency.lower())


@lru_cache(maxsize=256)
def _money(currency: str, locale: str) -> Callable[[int], str]:
    """A formatter learnt from two examples of Babel's; where they show other groups, Babel itself, slowly."""
    digits = currency_digits(currency)
    unit = 10**digits

    def slow(cents: int) -> str:
        return _spelled(Decimal(cents) / unit, currency, locale)

    decimals = r"(\D+)" + "8" * digits if digits else "()"
    shape = rf"(\D*)1(\D*)234(\D*)567{decimals}(\D*)"
    example = 1234567 * unit + int("8" * digits or "0")
    above, below = re.fullmatch(shape, slow(example)), re.fullmatch(shape, slow(-example))
    if above is None or below is None or above[2] != above[3]:
        return slow
    comma, point = above[2], above[4]
    ends = {False: (above[1], above[5]), True: (below[1], below[5])}

    def quick(cents: int) -> str:
        before, after = ends[cents < 0]
        whole, part = divmod(abs(cents), unit)
        figures = f"{whole:,}".replace(",", comma)
        return f"{before}{figures}{point}{part:0{digits}d}{after}" if digits else f"{before}{figures}{after}"

    return quick


def _spelled(number: Decimal, currency: str, locale: str) -> str:
    """As Babel writes it, with a true minus and a space between a currency's letters and its figures."""
    whole = numbers.format_currency(number, currency, locale=locale, decimal_quantization=False)
    return LETTER_BEFORE_FIGURE.sub("\\g<0>\N{NO-BREAK SPACE}", whole.replace("-", TRUE_MINUS))


@cache
def _percent_pattern(locale: str) -> str:
    standard: str = Locale.parse(locale).percent_formats[None].pattern
    return re.sub(r"0(?!.*0)", "0.##", standard)
