"""The button of check and pay: on to Stripe's page, or back to the figures with what stood in the way."""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from typing import Any

import pytest

from e2e.stripe.faults import Fault
from portal.gateways.stripe_checkout import StripeCheckouts, open_stripe
from tests.support.dump import dump
from tests.support.paying import PayingSite, fields
from tests.support.reading import words


def test_it_goes_on_to_stripes_page_which_the_policy_allows(shop_on_both: PayingSite) -> None:
    shop = shop_on_both
    visitor = shop.visitor()
    page = shop.check(visitor, shop.example)
    answer = shop.press(visitor, page)
    assert answer.status_code == 303
    stripe = shop.house.stripe.base_url
    assert answer.headers["location"].startswith(f"{stripe}/")
    form_action = re.search(r"form-action ([^;]*)", page.headers["content-security-policy"])
    assert form_action
    assert stripe in form_action[1].split()
    assert shop.press(visitor, page).headers["location"] == answer.headers["location"]
    assert [attempt.state for attempt in shop.attempts()] == ["open"]


def test_a_sum_with_a_thousands_mark_is_charged_as_shown(shop: PayingSite) -> None:
    visitor = shop.visitor()
    assert shop.press(visitor, shop.check(visitor, amount="$1,500")).status_code == 303
    assert shop.attempts()[0].amount_cents == 150_000


def test_more_invoices_than_stripe_shows_lines_can_be_paid_at_once(shop: PayingSite) -> None:
    many = [shop.add(f"M-{number:03}", 1_000) for number in range(150)]
    visitor = shop.visitor()
    assert shop.press(visitor, shop.check(visitor, *many)).status_code == 303
    assert shop.attempts()[0].amount_cents == 150_000


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"method": None}, "Choose how you want to pay."),
        ({"method": "cash"}, "Choose how you want to pay."),
        ({"expected": None}, "Check the figures again, then press the button."),
        ({"expected": "lots"}, "Check the figures again, then press the button."),
        ({"expected": "9" * 5000}, "Check the figures again, then press the button."),
        ({"expected": "981.60"}, "Check the figures again, then press the button."),
    ],
)
def test_a_form_that_lacks_something_is_shown_again(shop: PayingSite, changes: dict[str, Any], sentence: str) -> None:
    visitor = shop.visitor()
    page = shop.check(visitor, shop.example)
    before = dump(shop.resources.database)
    answer = shop.press(visitor, page, **changes)
    assert answer.status_code == 422
    assert sentence in words(answer.text)
    assert fields(answer)["expected"] == "98160"
    assert dump(shop.resources.database) == before


@pytest.mark.parametrize("expected", ["1", "98159", "-98160", "0"])
def test_another_amount_than_shown_is_never_charged(shop: PayingSite, expected: str) -> None:
    visitor = shop.visitor()
    answer = shop.press(visitor, shop.check(visitor, shop.example), expected=expected)
    assert answer.status_code == 409
    assert "Some figures have changed" in answer.text
    assert fields(answer)["expected"] == "98160"
    assert shop.attempts() == []


def test_a_discount_that_ended_overnight_is_shown_before_it_is_charged(shop: PayingSite) -> None:
    shop.clock.move(days=9)
    shop.example = shop.add("1002", 92_000, tax_cents=8_000, terms="2/10 net 30")
    visitor = shop.visitor()
    page = shop.check(visitor, shop.example)
    shop.clock.move(hours=15)
    visitor = shop.visitor()
    answer = shop.press(visitor, page)
    assert answer.status_code == 409
    assert fields(answer)["expected"] == "100000"
    assert shop.press(visitor, answer).status_code == 303


def test_what_was_paid_meanwhile_changes_the_figures(shop: PayingSite) -> None:
    slow, quick = shop.visitor(), shop.visitor()
    page = shop.check(slow, shop.example, shop.invoice)
    shop.sync(shop.pay(quick, shop.invoice))
    answer = shop.press(slow, page)
    assert answer.status_code == 409
    assert fields(answer)["charge"] == [shop.example.public_id]
    assert "Some figures have changed" in answer.text
    alone = shop.check(slow, shop.example)
    shop.sync(shop.pay(quick, shop.example))
    gone = shop.press(slow, alone)
    assert gone.status_code == 422
    assert "Those invoices have nothing left to pay." in gone.text
    assert f'href="{shop.base}"' in gone.text


@pytest.mark.parametrize("amount", ["5%", "", "x" * 100])
def test_a_sum_that_was_tampered_with_is_refused(shop: PayingSite, amount: str) -> None:
    visitor = shop.visitor()
    page = shop.check(visitor, amount="100")
    answer = shop.press(visitor, page, amount=amount)
    assert answer.status_code == 422
    assert "Go back" in answer.text
    assert shop.attempts() == []


def test_somebody_elses_checkout_is_told_and_can_be_replaced(shop_on_both: PayingSite) -> None:
    shop = shop_on_both
    first, second = shop.visitor(), shop.visitor()
    shop.press(first, shop.check(first, shop.example))
    told = shop.press(second, shop.check(second, shop.example), method="card")
    assert told.status_code == 409
    assert "a•••@northwind.example started paying $981.60" in words(told.text)
    assert "March 2, 2026, 10:00 AM EST" in words(told.text)
    assert fields(told)["replace"] == shop.attempts()[0].public_id
    assert fields(told)["method"] == "card"
    assert shop.press(second, told).status_code == 303
    assert [attempt.state for attempt in shop.attempts()] == ["expired", "open"]


def test_a_link_to_one_document_is_told_of_that_part_of_anothers_payment(shop: PayingSite) -> None:
    first, second = shop.visitor(), shop.visitor(charge_id=shop.example.id)
    shop.press(first, shop.check(first, shop.example, shop.invoice))
    told = shop.press(second, shop.check(second, shop.example))
    assert told.status_code == 409
    assert "a•••@northwind.example started paying $981.60" in words(told.text)
    assert "2,231.60" not in told.text


def test_checkouts_of_two_others_are_ended_one_after_the_other(shop: PayingSite) -> None:
    one, two, three = shop.visitor(), shop.visitor(), shop.visitor()
    shop.press(one, shop.check(one, shop.example))
    shop.press(two, shop.check(two, shop.invoice))
    answer = shop.press(three, shop.check(three, shop.example, shop.invoice))
    presses = 0
    while answer.status_code == 409 and presses < 4:
        answer = shop.press(three, answer)
        presses += 1
    assert (answer.status_code, presses) == (303, 2)
    assert [attempt.state for attempt in shop.attempts()] == ["expired", "expired", "open"]


def test_taking_over_what_was_paid_a_moment_ago_charges_nothing(shop: PayingSite) -> None:
    first, second = shop.visitor(), shop.visitor()
    shop.press(first, shop.check(first, shop.example, shop.invoice), method="card")
    told = shop.press(second, shop.check(second, shop.example))
    shop.confirm(shop.attempts()[0])
    answer = shop.press(second, told)
    assert answer.status_code == 422
    assert "Those invoices have nothing left to pay." in answer.text
    assert [attempt.state for attempt in shop.attempts()] == ["succeeded"]


def test_stripe_that_is_down_charges_nothing_and_pressing_again_works(shop: PayingSite) -> None:
    visitor = shop.visitor()
    page = shop.check(visitor, shop.example)
    with _refused_connections(shop):
        answer = shop.press(visitor, page)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "30"
    assert "Nothing was charged. Try again in a minute." in words(answer.text)
    assert fields(answer)["expected"] == "98160"
    assert shop.press(visitor, answer).status_code == 303
    assert [attempt.state for attempt in shop.attempts()] == ["open"]


def test_an_answer_that_is_lost_opens_the_same_page_at_the_next_press(shop: PayingSite) -> None:
    visitor = shop.visitor()
    shop.house.stripe.fault(Fault("drop_after", path="/v1/checkout/sessions"))
    assert shop.press(visitor, shop.check(visitor, shop.example)).status_code == 303
    assert len(shop.house.stripe.all("checkout.session")) == 1


def test_stripe_that_refuses_is_said_with_whom_to_ask(shop: PayingSite) -> None:
    visitor = shop.visitor()
    page = shop.check(visitor, shop.example)
    with _another_key(shop):
        answer = shop.press(visitor, page)
    assert answer.status_code == 502
    assert "Stripe could not start this payment. Nothing was charged. Please contact us." in words(answer.text)
    assert shop.press(visitor, answer).status_code == 303


def test_without_a_key_the_page_says_so(shop: PayingSite) -> None:
    visitor = shop.visitor()
    page = shop.check(visitor, shop.example)
    shop.app.state.resources = replace(shop.resources, stripe=None)
    answer = shop.press(visitor, page)
    assert answer.status_code == 503
    assert "Paying online is not set up yet. Please contact us to arrange payment." in words(answer.text)
    assert shop.attempts() == []


def test_more_than_stripe_takes_at_once_is_refused_with_what_to_do(shop: PayingSite) -> None:
    large = shop.add("LARGE", 99_999_999 + 1)
    visitor = shop.visitor()
    answer = shop.press(visitor, shop.check(visitor, large))
    assert answer.status_code == 422
    assert "One online payment cannot be that large." in answer.text
    assert f'href="{shop.base}"' in answer.text
    assert shop.press(visitor, shop.check(visitor, shop.example)).status_code == 303


def test_pressing_without_end_is_slowed_down(shop: PayingSite) -> None:
    visitor = shop.visitor()
    page = shop.check(visitor, shop.example)
    answers = [shop.press(visitor, page, expected="1").status_code for _ in range(31)]
    assert answers == [409] * 30 + [429]
    other = shop.visitor()
    assert shop.press(other, shop.check(other, shop.example)).status_code == 303


def test_a_link_to_one_document_charges_no_other(shop: PayingSite) -> None:
    visitor = shop.visitor(charge_id=shop.example.id)
    page = shop.check(visitor, shop.example)
    answer = shop.press(visitor, page, charge=[shop.invoice.public_id], expected="125000")
    assert answer.status_code == 422
    assert shop.press(visitor, page, amount="100", expected="10000").status_code == 409
    assert shop.attempts() == []
    assert shop.press(visitor, page).status_code == 303


def _refused_connections(shop: PayingSite) -> AbstractContextManager[None]:
    return _instead(shop, open_stripe("sk_test_stand_in", api_base="http://127.0.0.1:9"))


def _another_key(shop: PayingSite) -> AbstractContextManager[None]:
    return _instead(shop, open_stripe("sk_test_unknown", api_base=shop.house.stripe.base_url))


@contextmanager
def _instead(shop: PayingSite, stripe: StripeCheckouts) -> Iterator[None]:
    """For a while, the site talks to Stripe with another client."""
    shop.app.state.resources = replace(shop.resources, stripe=stripe)
    yield
    shop.app.state.resources = shop.resources
