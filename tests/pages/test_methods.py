"""Saved cards and automatic payments in a browser: only a confirmed one, in the words on the page, only one's own."""

import re
from dataclasses import replace
from html import unescape

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from portal.actions import collections
from portal.actions.policies import set_policy
from portal.records.tables import autopays, saved_methods, setups
from tests.support.dump import dump
from tests.support.paying import PayingSite
from tests.support.reading import words

CANARY = "\"><img src=x onerror=alert('NAME')>{{ 7*7 }}"


@pytest.fixture
def customer(shop: PayingSite) -> TestClient:
    return shop.trust(shop.visitor())


def shown(page: str, kind: str) -> str:
    """The hash of the words above the button that saves this kind, or turns automatic payments on ("")."""
    forms = re.findall(r"<form.*?</form>", page, re.DOTALL)
    mark = f'value="{kind}"' if kind else '/autopay"'
    form = next(each for each in forms if mark in each)
    found = re.search(r'name="shown" value="([^"]+)"', form)
    assert found
    return found[1]


def save(shop: PayingSite, customer: TestClient, kind: str = "card") -> str:
    """All the way to Stripe and back; answers the id of the method."""
    page = customer.get(f"{shop.base}/methods").text
    answer = customer.post(f"{shop.base}/setups", data={"kind": kind, "shown": shown(page, kind)})
    assert answer.status_code == 303, answer.text
    with shop.resources.reading() as session:
        setup = session.execute(select(setups).order_by(setups.c.id.desc())).first()
    assert setup is not None
    assert answer.headers["location"] == setup.checkout_url
    if kind == "card":
        shop.house.stripe.pay_by_card(setup.checkout_id)
    else:
        shop.house.stripe.pay_by_bank(setup.checkout_id)
    back = customer.get(f"{shop.base}/setups/{setup.public_id}")
    assert back.headers["location"] == f"{shop.base}/methods?done=saved"
    with shop.resources.reading() as session:
        return str(session.execute(select(saved_methods.c.public_id).order_by(saved_methods.c.id.desc())).scalar())


def turn_on(shop: PayingSite, customer: TestClient, method: str) -> str:
    page = customer.get(f"{shop.base}/methods").text
    answer = customer.post(f"{shop.base}/autopay", data={"method": method, "shown": shown(page, "")})
    return answer.headers["location"]


def test_the_statement_leads_there_and_a_code_is_asked_for(shop: PayingSite) -> None:
    visitor = shop.visitor()
    assert f'href="{shop.base}/methods"' in visitor.get(shop.base).text
    before = dump(shop.resources.database)
    for method, path in (
        ("GET", "/methods"),
        ("POST", "/setups"),
        ("POST", "/autopay"),
        ("POST", "/autopay/end"),
        ("POST", "/methods/abc/removal"),
    ):
        answer = visitor.request(method, f"{shop.base}{path}")
        assert answer.status_code == 303, path
        assert answer.headers["location"].startswith(f"{shop.base}/code?"), path
        assert answer.headers["location"].endswith("methods"), path
    assert visitor.get(f"{shop.base}/setups/abc").headers["location"].startswith(f"{shop.base}/code?")
    assert dump(shop.resources.database) == before


def test_a_card_is_saved_in_the_words_on_the_page(shop: PayingSite, customer: TestClient) -> None:
    page = customer.get(f"{shop.base}/methods")
    said = words(page.text)
    assert "No card and no bank account is saved. Save a card or bank account A bank account (ACH) I auth" in said
    save(shop, customer)
    with shop.resources.reading() as session:
        kept = session.execute(select(saved_methods.c.consent)).scalar_one()
    assert kept.startswith("I let Your company keep this card with Stripe")
    assert kept in unescape(said)
    after = words(customer.get(f"{shop.base}/methods?done=saved").text)
    assert "It is saved. Nothing was charged." in after
    assert "Visa •••• 4242 expires 12/28 Not used for anything now." in re.sub(r"\d\d/\d\d", "12/28", after)


def test_a_bank_account_is_saved_by_an_authorization_that_says_how_to_revoke_it(
    shop: PayingSite, customer: TestClient
) -> None:
    save(shop, customer, "ach")
    with shop.resources.reading() as session:
        kept = session.execute(select(saved_methods.c.consent)).scalar_one()
    assert kept.startswith("I authorize Your company to debit the bank account")
    assert "It stays in force until I revoke it" in kept
    assert "•••• 6789" in customer.get(f"{shop.base}/methods").text


def test_words_that_have_changed_are_shown_again(shop: PayingSite, customer: TestClient) -> None:
    method = save(shop, customer)
    page = customer.get(f"{shop.base}/methods").text
    now = shop.clock.now()
    with shop.resources.writing() as session:
        set_policy(session, "seller_name", "Harbor", effective_on=now.date(), now=now, actor="test")
    for path, form in (
        ("/setups", {"kind": "card", "shown": shown(page, "card")}),
        ("/autopay", {"method": method, "shown": shown(page, "")}),
    ):
        answer = customer.post(f"{shop.base}{path}", data=form)
        assert answer.status_code == 422
        assert "The words that you agree to have changed." in answer.text
    with shop.resources.reading() as session:
        assert session.execute(select(autopays)).first() is None


def test_automatic_payments_are_turned_on_and_off_again(shop: PayingSite, customer: TestClient) -> None:
    method = save(shop, customer)
    page = words(customer.get(f"{shop.base}/methods").text)
    for rule in (
        "on the day it is due",
        "at least two days before each charge",
        "at least ten days before where it is taken from a bank account",
        "I can pay earlier by hand at any time",
        "at any time up to the moment a charge is sent",
    ):
        assert rule in page
    assert turn_on(shop, customer, method) == f"{shop.base}/methods?done=on"
    page = words(customer.get(f"{shop.base}/methods").text)
    assert "On: your invoices are charged to Visa •••• 4242." in page
    assert "Used for: automatic payments" in page
    with shop.resources.reading() as session:
        agreed = session.execute(select(autopays.c.consent)).scalar_one()
    assert all(paragraph in page for paragraph in agreed.splitlines())
    assert customer.post(f"{shop.base}/autopay/end").headers["location"] == f"{shop.base}/methods?done=off"
    assert "Off: you pay each invoice yourself." in words(customer.get(f"{shop.base}/methods").text)
    assert customer.post(f"{shop.base}/autopay/end").status_code == 303


def test_nothing_chosen_is_said_at_the_choice(shop: PayingSite, customer: TestClient) -> None:
    save(shop, customer)
    page = customer.get(f"{shop.base}/methods").text
    answer = customer.post(f"{shop.base}/autopay", data={"shown": shown(page, "")})
    assert answer.status_code == 422
    assert "Choose what is to be charged." in answer.text


def test_what_is_announced_stands_on_both_pages(shop: PayingSite, customer: TestClient) -> None:
    question = "Rather not think of due days?"
    assert question in words(customer.get(shop.base).text)
    turn_on(shop, customer, save(shop, customer))
    on = "Automatic payments are on."
    statement = words(customer.get(shop.base).text)
    assert on in statement
    assert "4242" not in statement
    assert "The next charge" not in statement
    assert question not in statement
    assert "Announced charges" not in words(customer.get(f"{shop.base}/methods").text)
    shop.clock.move(days=8)
    collections.announce(shop.resources, now=shop.clock.now())
    customer = shop.trust(shop.visitor())
    page = customer.get(shop.base).text
    assert f"{on} The next charge is up to $1,250.00 on March 12, 2026." in words(page)
    assert f'href="{shop.base}/methods"' in page
    methods = words(customer.get(f"{shop.base}/methods").text)
    assert "$1,250.00 on March 12, 2026 Invoice INV-1 · Visa •••• 4242 $300.00 on March 12, 2026 Invoice" in methods


def test_the_next_charge_is_of_what_is_still_to_be_paid_and_not_in_the_past(
    shop: PayingSite, customer: TestClient
) -> None:
    turn_on(shop, customer, save(shop, customer))
    shop.clock.move(days=8)
    collections.announce(shop.resources, now=shop.clock.now())
    shop.clock.move(days=4)
    customer = shop.trust(shop.visitor())
    for address in (shop.base, f"{shop.base}/methods"):
        page = words(customer.get(address).text)
        assert "$1,250.00 on March 14, 2026" in page
        assert "on March 12, 2026" not in page
    shop.sync(shop.pay(customer, shop.invoice))
    assert "The next charge is up to $300.00 on March 14, 2026." in words(customer.get(shop.base).text)
    other = save(shop, customer)
    turn_on(shop, customer, other)
    assert "The next charge" not in words(customer.get(shop.base).text)


def test_removing_says_what_follows_and_does_it(shop: PayingSite, customer: TestClient) -> None:
    method = save(shop, customer)
    turn_on(shop, customer, method)
    assert "Used for: automatic payments. Saved on" in words(customer.get(f"{shop.base}/methods").text)
    assert "Automatic payments end with it" in words(customer.get(f"{shop.base}/methods").text)
    answer = customer.post(f"{shop.base}/methods/{method}/removal")
    assert answer.headers["location"] == f"{shop.base}/methods?done=removed"
    page = words(customer.get(f"{shop.base}/methods").text)
    assert "No card and no bank account is saved." in page
    assert "Off: you pay each invoice yourself." in page
    assert customer.post(f"{shop.base}/methods/{method}/removal").status_code == 303


def test_going_back_from_stripe_saves_nothing_and_says_so(shop: PayingSite, customer: TestClient) -> None:
    page = customer.get(f"{shop.base}/methods").text
    customer.post(f"{shop.base}/setups", data={"kind": "card", "shown": shown(page, "card")})
    with shop.resources.reading() as session:
        public_id = session.execute(select(setups.c.public_id)).scalar_one()
    back = customer.get(f"{shop.base}/setups/{public_id}")
    assert back.headers["location"].endswith("?done=open")
    assert "Nothing is saved so far" in words(customer.get(back.headers["location"]).text)


def test_nobody_touches_the_methods_of_another_account(shop: PayingSite, customer: TestClient) -> None:
    method = save(shop, customer)
    other = shop.add_account("Contoso", "pay@contoso.example")
    stranger, base = shop.trust(shop.visitor(other), other), f"/a/{other.public_id}"
    with shop.resources.reading() as session:
        setup = session.execute(select(setups.c.public_id)).scalar_one()
    before = dump(shop.resources.database)
    assert stranger.post(f"{base}/methods/{method}/removal").status_code == 404
    assert stranger.get(f"{base}/setups/{setup}").status_code == 404
    assert stranger.post(f"{shop.base}/methods/{method}/removal").status_code == 404
    page = words(stranger.get(f"{base}/methods").text)
    assert "4242" not in page
    form = {"method": method, "shown": shown(customer.get(f"{shop.base}/methods").text, "")}
    assert stranger.post(f"{base}/autopay", data=form).status_code == 422
    assert dump(shop.resources.database) == before


def test_what_others_wrote_stays_words(shop: PayingSite, customer: TestClient) -> None:
    save(shop, customer, "ach")
    now = shop.clock.now()
    with shop.resources.writing() as session:
        session.execute(saved_methods.update().values(name=CANARY, last4="<b>1"))
        set_policy(session, "seller_name", CANARY, effective_on=now.date(), now=now, actor="test")
    page = customer.get(f"{shop.base}/methods", params={"done": CANARY}).text
    assert "<img src=x" not in page
    assert "<b>1" not in page
    assert "{{ 7*7 }}" in unescape(page)


def test_without_stripe_nothing_is_offered_and_what_is_saved_can_be_removed(
    shop: PayingSite, customer: TestClient
) -> None:
    method = save(shop, customer)
    shop.app.state.resources = replace(shop.resources, stripe=None)
    assert f'href="{shop.base}/methods"' not in customer.get(shop.base).text
    page = words(customer.get(f"{shop.base}/methods").text)
    assert "Save another" not in page
    assert customer.post(f"{shop.base}/methods/{method}/removal").status_code == 303
