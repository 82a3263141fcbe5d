"""Back from Stripe: what became of the payment, for whoever may see it, and nothing posted twice."""

import re
from dataclasses import replace

import pytest

from portal.gateways.stripe_checkout import open_stripe
from tests.support.dump import dump
from tests.support.paying import PayingSite, fields
from tests.support.reading import words


def address(shop: PayingSite) -> str:
    return f"{shop.base}/payments/{shop.attempts()[-1].public_id}"


def retry(page_text: str) -> str:
    found = re.search(r'href="([^"]*/pay\?[^"]*)"', page_text)
    assert found
    return found[1].replace("&amp;", "&")


def test_paid_posts_once_however_often_it_is_looked_at(shop_on_both: PayingSite) -> None:
    shop = shop_on_both
    visitor = shop.visitor()
    shop.pay(visitor, shop.example)
    page = visitor.get(address(shop))
    said = words(page.text)
    assert page.status_code == 200
    assert "Payment received $981.60 Thank you. A receipt is on its way to a•••@northwind.example." in said
    assert "1001 after discount of $18.40 $981.60" in said
    assert f'href="{shop.receipt(shop.attempts()[0])}"' in page.text
    after = dump(shop.resources.database)
    assert len(after["payments"]) == 1
    assert visitor.get(address(shop)).text == page.text
    assert dump(shop.resources.database) == after


def test_a_bank_debit_is_on_its_way_until_it_arrives(shop: PayingSite) -> None:
    visitor = shop.visitor()
    shop.pay(visitor, shop.example, method="ach")
    said = words(visitor.get(address(shop)).text)
    assert "Your bank payment is on its way $981.60" in said
    assert "It usually arrives by March 6, 2026." in said
    assert not dump(shop.resources.database)["payments"]
    shop.clock.move(days=6)
    shop.house.stripe.tick()
    assert "Payment received" in words(shop.visitor().get(address(shop)).text)


def test_a_bank_debit_that_failed_says_why_and_offers_it_again(shop: PayingSite) -> None:
    visitor = shop.visitor()
    attempt = shop.pay(visitor, shop.example, method="ach")
    shop.sync(attempt)
    intent_id = shop.attempts()[0].payment_intent_id
    assert intent_id is not None
    shop.house.stripe.settle_bank(intent_id, fail_with="insufficient_funds")
    page = visitor.get(address(shop))
    said = words(page.text)
    assert "The payment was not completed $981.60" in said
    assert "The account did not have enough money. Nothing was charged. Your invoices are as they were." in said
    again = visitor.get(retry(page.text))
    assert fields(again)["expected"] == "98160"


def test_leaving_stripes_page_without_paying_is_no_payment_to_wait_for(shop: PayingSite) -> None:
    visitor = shop.visitor()
    shop.press(visitor, shop.check(visitor, shop.example))
    page = visitor.get(address(shop))
    said = words(page.text)
    assert "The payment was not completed" in said
    assert "Nothing was charged." in said
    assert "confirming" not in said
    assert fields(visitor.get(retry(page.text)))["expected"] == "98160"


def test_a_sum_is_offered_again_as_that_sum(shop: PayingSite) -> None:
    visitor = shop.visitor()
    shop.press(visitor, shop.check(visitor, amount="1,500"))
    page = visitor.get(address(shop))
    assert "Try again with $1,500.00" in words(page.text)
    assert fields(visitor.get(retry(page.text)))["expected"] == "150000"


def test_an_expired_checkout_was_not_paid(shop: PayingSite) -> None:
    visitor = shop.visitor()
    shop.press(visitor, shop.check(visitor, shop.example))
    checkout_id = shop.attempts()[0].checkout_id
    assert checkout_id is not None
    shop.house.stripe.expire_session(checkout_id)
    assert "The payment was not completed" in words(visitor.get(address(shop)).text)
    assert shop.attempts()[0].state == "expired"


@pytest.mark.parametrize("api_base", ["http://127.0.0.1:9", None])
def test_while_stripe_cannot_be_asked_it_is_being_confirmed(shop: PayingSite, api_base: str | None) -> None:
    visitor = shop.visitor()
    shop.pay(visitor, shop.example)
    away = open_stripe("sk_test_stand_in", api_base=api_base) if api_base else None
    shop.app.state.resources = replace(shop.resources, stripe=away)
    page = visitor.get(address(shop))
    assert page.status_code == 200
    assert "We are confirming your payment $981.60" in words(page.text)
    assert "Please do not pay again" in page.text
    shop.app.state.resources = shop.resources
    assert "Payment received" in visitor.get(address(shop)).text


def test_looking_without_end_asks_stripe_so_often_only(shop: PayingSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.pages.payments._LOOKS", "2 per 10 minutes")
    visitor = shop.visitor()
    shop.pay(visitor, shop.example)
    assert [visitor.get(address(shop)).status_code for _ in range(3)] == [200, 200, 429]
    assert shop.visitor().get(address(shop)).status_code == 200


def test_with_the_session_gone_it_thanks_without_figures(shop: PayingSite) -> None:
    visitor = shop.visitor()
    shop.pay(visitor, shop.example)
    shop.clock.move(hours=13)
    before = dump(shop.resources.database)
    pages = [visitor.get(address(shop)), shop.browser().get(address(shop)), shop.browser().get("/a/x/payments/y")]
    for page in pages:
        assert page.status_code == 404
        said = words(page.text)
        assert "Thank you If you have just paid, the receipt comes by email. There is no need to pay again." in said
        assert 'action="/link"' in page.text
        assert "1001" not in said
        for secret in ("981.60", "Northwind", "northwind"):
            assert secret not in page.text
    assert dump(shop.resources.database) == before


def test_payments_of_others_are_not_found(shop: PayingSite) -> None:
    shop.pay(shop.visitor(), shop.example)
    other = shop.add_account("Contoso", "pay@contoso.example")
    stranger = shop.visitor(other)
    attempt = shop.attempts()[0].public_id
    foreign = stranger.get(f"/a/{other.public_id}/payments/{attempt}")
    unknown = stranger.get(f"/a/{other.public_id}/payments/{'0' * 24}")
    assert foreign.status_code == unknown.status_code == 404
    assert foreign.text == unknown.text
    assert "981.60" not in foreign.text


def test_a_link_to_one_document_reaches_its_payments_only(shop: PayingSite) -> None:
    shop.pay(shop.visitor(), shop.example)
    own = address(shop)
    shop.pay(shop.visitor(), shop.invoice)
    other = address(shop)
    visitor = shop.visitor(charge_id=shop.example.id)
    page = visitor.get(own)
    assert "Payment received" in page.text
    assert visitor.get(shop.receipt(shop.attempts()[0])).status_code == 200
    refused = visitor.get(other)
    assert refused.status_code == 404
    assert "1,250" not in refused.text
