"""A catalogue reaches every word: those of templates, of refusals on a page of their own and in a summary."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo

from portal import templating
from portal.actions import policies
from portal.wording import Words
from tests.support.paying import PayingSite
from tests.support.reading import words

GERMAN: dict[str | tuple[str, str], str | tuple[str, str]] = {
    "There is a problem": "Es gibt ein Problem",
    "“%(text)s” is not an amount. Write it like 1234.56.": "„%(text)s“ ist kein Betrag. Schreiben Sie 1234,56.",
    "Nothing of invoice %(number)s can be paid now. Choose again without it.": "%(number)s ist nicht zu bezahlen.",
    "Those invoices have nothing left to pay. Choose from the ones that are open.": "Davon ist nichts mehr offen.",
    "This invoice is not part of the account that your link opens.": "Diese Rechnung ist nicht dabei.",
    "Paying online is not set up yet. Please contact us to arrange payment.": "Noch kann man nicht online bezahlen.",
    ("%(num)s invoice", "%(num)s invoices"): ("%(num)s Rechnung", "%(num)s Rechnungen"),
}


@pytest.fixture
def german(shop: PayingSite, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[PayingSite]:
    catalogue = Catalog(locale="de")
    for message, translated in GERMAN.items():
        catalogue.add(message, translated)
    folder = tmp_path / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "portal.mo").open("wb") as file:
        write_mo(file, catalogue)
    monkeypatch.setattr(templating, "CATALOGUES", tmp_path)
    forget()
    now = shop.clock.now()
    with shop.resources.writing() as session:
        policies.set_policy(session, "locale", "de_DE", effective_on=date(2026, 1, 1), now=now, actor="test")
    yield shop
    forget()


def forget() -> None:
    templating._catalogue.cache_clear()
    templating.environment.cache_clear()


@pytest.mark.parametrize("typed", ["abc", "5%", "%(text)s", "%s"])
def test_an_error_summary_and_the_template_around_it(german: PayingSite, typed: str) -> None:
    page = german.check(german.visitor(), amount=typed)
    assert page.status_code == 422
    said = words(page.text)
    assert "Es gibt ein Problem" in said
    assert f"„{typed}“ ist kein Betrag. Schreiben Sie 1234,56." in said


def test_a_refusal_that_has_a_page_of_its_own(german: PayingSite) -> None:
    invoice = german.add("50%s <b>", 1_000)
    visitor = german.visitor()
    german.sync(german.pay(visitor, invoice, method="ach"))
    page = german.check(visitor, invoice)
    assert page.status_code == 409
    assert "<h1>Es gibt ein Problem</h1>" in page.text
    assert "<p>50%s &lt;b&gt; ist nicht zu bezahlen.</p>" in page.text
    assert "Diese Rechnung ist nicht dabei." in visitor.get(f"{german.base}/invoices/none").text
    assert "Davon ist nichts mehr offen." in words(visitor.get(f"{german.base}/pay?charge=none").text)


def test_what_keeps_the_button_from_working(german: PayingSite) -> None:
    visitor = german.visitor()
    page = german.check(visitor, german.example)
    german.app.state.resources = replace(german.resources, stripe=None)
    answer = german.press(visitor, page)
    assert answer.status_code == 503
    assert "Noch kann man nicht online bezahlen." in words(answer.text)


def test_a_number_takes_its_form(german: PayingSite) -> None:
    said = Words("de_DE", "usd", "America/New_York", date(2026, 3, 2))
    assert said.count("%(num)s invoice", "%(num)s invoices", 1) == "1 Rechnung"
    assert said.count("%(num)s invoice", "%(num)s invoices", 4) == "4 Rechnungen"
