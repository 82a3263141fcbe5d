"""Money, dates and words as a customer reads them, and the environment that fills in the templates."""

import tomllib
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from babel.numbers import format_currency
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from portal.templating import (
    asset_root,
    currency_digits,
    decimal_mark,
    environment,
    escape,
    escape_once,
    format_date,
    format_day,
    format_list,
    format_moment,
    format_money,
    format_percent,
    gettext,
    icon,
    initials,
    ngettext,
    relative_due,
    render,
    render_letter,
    static_hash,
    static_url,
)
from tests.templates.base import CANARY
from tests.templates.paper_samples import LINK

TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    ("cents", "currency", "locale", "words"),
    [
        (1569050, "usd", "en_US", "$15,690.50"),
        (-9300, "usd", "en_US", "−$93.00"),
        (0, "USD", "en_US", "$0.00"),
        (5, "usd", "en_US", "$0.05"),
        (99999999999, "usd", "en_US", "$999,999,999.99"),
        (123456, "jpy", "en_US", "¥123,456"),
        (1234567, "kwd", "en_US", "KWD\N{NO-BREAK SPACE}1,234.567"),
        (50000, "isk", "en_US", "ISK\N{NO-BREAK SPACE}500.00"),
        (123456, "eur", "de_DE", "1.234,56\N{NO-BREAK SPACE}€"),
        (-123456, "eur", "de_DE", "−1.234,56\N{NO-BREAK SPACE}€"),
        (123456789, "inr", "en_IN", "₹12,34,567.89"),
    ],
)
def test_money(cents: int, currency: str, locale: str, words: str) -> None:
    assert format_money(cents, currency, locale) == words


@given(
    st.integers(min_value=-(10**13), max_value=10**13),
    st.sampled_from(["usd", "eur", "gbp", "jpy", "kwd", "chf", "inr"]),
    st.sampled_from(["en_US", "en_GB", "de_DE", "fr_FR", "fr_CH", "es_ES", "pl_PL", "sv_SE", "en_IN", "ar_EG"]),
)
def test_money_is_what_babel_says(cents: int, currency: str, locale: str) -> None:
    said = format_currency(Decimal(cents) / 10 ** currency_digits(currency), currency.upper(), locale=locale)
    assert format_money(cents, currency, locale).replace("\N{NO-BREAK SPACE}", "") == said.replace("-", "−").replace(
        "\N{NO-BREAK SPACE}", ""
    )


@pytest.mark.parametrize(
    ("basis_points", "locale", "words"),
    [(200, "en_US", "2%"), (150, "en_US", "1.5%"), (125, "en_US", "1.25%"), (150, "tr_TR", "%1,5")],
)
def test_percent(basis_points: int, locale: str, words: str) -> None:
    assert format_percent(basis_points, locale) == words


def test_dates() -> None:
    assert format_date(date(2026, 11, 28), "en_US") == "November 28, 2026"
    assert format_day(date(2026, 11, 28), "en_US", TODAY) == "Nov 28"
    assert format_day(date(2025, 11, 28), "en_US", TODAY) == "Nov 28, 2025"
    assert format_day(date(2026, 11, 28), "de_DE", TODAY) == "28. Nov."
    at = datetime(2026, 11, 22, 19, 5, tzinfo=UTC)
    assert format_moment(at, "America/New_York", "en_US") == "November 22, 2026, 2:05 PM EST"


@pytest.mark.parametrize(
    ("due_on", "words"),
    [
        (date(2026, 10, 28), "25 days late"),
        (date(2026, 11, 21), "1 day late"),
        (date(2026, 11, 22), "Due today"),
        (date(2026, 11, 23), "Due tomorrow"),
        (date(2026, 12, 12), "in 20 days"),
    ],
)
def test_relative_due(due_on: date, words: str) -> None:
    assert relative_due(due_on, TODAY, "en_US") == words


def test_words() -> None:
    assert gettext("Pay %(amount)s", "en_US", amount="$1.00") == "Pay $1.00"
    assert ngettext("%(num)s invoice", "%(num)s invoices", 2, "en_US") == "2 invoices"
    assert format_list(["INV-1", "INV-2"], "en_US") == "INV-1 and INV-2"
    assert decimal_mark("en_US") == "."
    assert decimal_mark("de_DE") == ","


@pytest.mark.parametrize(
    ("name", "mark"), [("Harbor Supply Co.", "HS"), ("acme", "A"), ("O'Brien & Sons", "OB"), ("", "")]
)
def test_initials(name: str, mark: str) -> None:
    assert initials(name) == mark


def test_rows_are_escaped_once_and_figures_left_alone() -> None:
    assert list(escape_once([("<b>", "\"'", 1, True), ("a", "a & b", 0, False)])) == [
        ["&lt;b&gt;", "&#34;&#39;", 1, True],
        ["a", "a &amp; b", 0, False],
    ]
    plain = ("INV-1", "$1.00", 100, True)
    assert list(escape_once([plain])) == [plain]


@given(st.lists(st.text(), min_size=1))
def test_no_cell_stays_unescaped(cells: list[str]) -> None:
    assert list(next(escape_once([cells]))) == [str(escape(cell)) for cell in cells]


def test_a_missing_name_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        render("links/requested.html", {}, "en_US")


def test_only_the_plain_text_of_letters_is_not_escaped() -> None:
    letter = render_letter("link", LINK, "en_US")
    assert f"Northwind Traders {CANARY}" in letter.text
    assert CANARY not in letter.html
    assert environment("en_US").from_string("{{ x }}").render(x="<b>") == "&lt;b&gt;"


def test_a_subject_is_one_line() -> None:
    split = {**LINK, "seller": {**dict(LINK["seller"]), "name": "Harbor\r\nBcc: all"}}  # type: ignore[call-overload]
    assert render_letter("link", split, "en_US").subject == "Your statement from Harbor Bcc: all: $15,690.50 due"


def test_static_addresses_hold_a_hash() -> None:
    assert static_url("portal.js") == f"/static/{static_hash()}/portal.js"
    assert (asset_root("static") / "portal.js").is_file()


def test_icons_are_silent() -> None:
    drawing = icon("check")
    assert drawing.startswith('<svg class="icon" aria-hidden="true"')
    assert "<!--" not in drawing


def test_a_wheel_carries_the_files_where_they_are_looked_for() -> None:
    project = tomllib.loads(Path("pyproject.toml").read_text())
    carried = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert carried == {"templates": "portal/templates", "static": "portal/static"}
