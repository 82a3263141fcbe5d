"""The page where a charge is confirmed at the customer's bank, from the letter to the way back."""

import re
from collections.abc import Iterator
from html import unescape
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient

from portal.actions.links import create_link
from portal.app import create_app
from portal.links import sign
from portal.records import Database
from portal.records.collections import CollectionRow
from tests.support.clock import MovableClock
from tests.support.collecting import ASKS, Collected
from tests.support.house import BASE_URL, open_house


class Asked:
    """A charge that waits for its customer, and a browser in which the link of its letter was pressed."""

    def __init__(self, collected: Collected) -> None:
        self.collected = collected
        collected.charged_plan(ASKS)
        collected.days(3, 29, 31)
        resources, now = collected.house.resources, collected.house.clock.now()
        (row,) = collected.all()
        with resources.writing() as session:
            link = create_link(
                session, account_id=collected.account.id, contact_id=collected.access.contact_id, charge_id=None,
                plan_id=row.plan_id, collection_id=row.id, now=now, expires_at=now.replace(year=2027),
            )  # fmt: skip
        self.browser = TestClient(
            create_app(resources), base_url=BASE_URL, follow_redirects=False, headers={"origin": BASE_URL}
        )
        opened = self.browser.post(f"/l/{sign(resources.keys, link.public_id, link.version)}")
        self.address = opened.headers["location"]

    @property
    def row(self) -> CollectionRow:
        (row,) = self.collected.all()
        return row

    def answer(self, *, passed: bool) -> str:
        """Press the button, answer the bank, and come back: the page that is shown then."""
        away = self.browser.post(self.address)
        assert urlsplit(away.headers["location"]).path.startswith("/3ds/"), away.text
        attempt = self.collected.attempts()[0]
        self.collected.house.stripe.finish_challenge(attempt.payment_intent_id or "", passed=passed)
        return self.browser.get(f"/a/{self.collected.account.public_id}/payments/{attempt.public_id}").text


@pytest.fixture
def asked(sqlite_database: Database, clock: MovableClock) -> Iterator[Asked]:
    with open_house(sqlite_database, clock) as house:
        yield Asked(Collected(house))


def text(html: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", html)))


def test_the_link_leads_to_the_page_that_says_what_is_to_be_confirmed(asked: Asked) -> None:
    assert asked.address == f"/a/{asked.collected.account.public_id}/collections/{asked.row.public_id}"
    page = text(asked.browser.get(asked.address).text)
    for wanted in ("Confirm a payment", "$333.34", "Visa •••• 3184", "Payment plan P-", "Confirm with your bank"):
        assert wanted in page


def test_looking_changes_nothing(asked: Asked) -> None:
    before = len(asked.collected.house.stripe.requests)
    asked.browser.get(asked.address)
    assert len(asked.collected.house.stripe.requests) == before


def test_confirmed_at_the_bank_it_is_paid(asked: Asked) -> None:
    assert "Payment received" in asked.answer(passed=True)
    assert asked.collected.received() == [33334]
    page = asked.browser.get(asked.address)
    assert "This is paid. There is nothing to confirm." in text(page.text)
    again = asked.browser.post(asked.address)
    assert again.status_code == 409
    assert "does not wait to be confirmed any more" in text(again.text)


def test_not_confirmed_it_leads_back_to_the_page(asked: Asked) -> None:
    page = asked.answer(passed=False)
    assert "The payment was not completed" in page
    assert f'href="{asked.address}"' in page
    asked.collected.house.clock.move(minutes=1)
    assert "Payment received" in asked.answer(passed=True)


def test_without_a_link_it_is_not_there(asked: Asked) -> None:
    stranger = TestClient(create_app(asked.collected.house.resources), base_url=BASE_URL)
    assert stranger.get(asked.address).status_code == 404
