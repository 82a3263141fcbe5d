"""Account credit at check and pay: used first, kept by a word, and enough by itself where it covers everything."""

from tests.support.paying import PayingSite
from tests.support.reading import words


def test_credit_is_used_first_and_the_button_says_what_is_left(shop: PayingSite) -> None:
    shop.credit("CM-1", 30_000)
    browser = shop.visitor()
    page = shop.check(browser, shop.example)
    said = words(page.text)
    assert "Your credit −$300.00" in said
    assert "Pay $681.60" in said
    shop.confirm_press(browser, page)
    (charge,) = shop.house.stripe.all("charge")
    assert charge["amount"] == 68_160


def test_credit_can_be_kept(shop: PayingSite) -> None:
    shop.credit("CM-1", 30_000)
    browser = shop.visitor()
    page = browser.get(f"{shop.base}/pay", params={"charge": shop.example.public_id, "credit": "keep"})
    said = words(page.text)
    assert "You have a credit of $300.00" in said
    assert "Pay $981.60" in said
    shop.confirm_press(browser, page)
    (charge,) = shop.house.stripe.all("charge")
    assert charge["amount"] == 98_160


def test_credit_for_all_of_it_needs_no_card(shop: PayingSite) -> None:
    shop.credit("CM-1", 100_000)
    browser = shop.visitor()
    page = shop.check(browser, shop.example)
    assert "Use my credit of $981.60" in words(page.text)
    answer = shop.press(browser, page)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{shop.base}?credit=used")
    statement = words(browser.get(answer.headers["location"]).text)
    assert "1001" not in statement
    assert shop.house.stripe.requests == []
    # Pressed again: nothing is left of it to pay, and nothing happens twice.
    again = shop.press(browser, page)
    assert again.status_code in (409, 422)


def test_a_lump_sum_is_money_and_a_link_to_one_document_shows_no_credit(shop: PayingSite) -> None:
    shop.credit("CM-1", 30_000)
    assert "credit" not in words(shop.check(shop.visitor(), amount="500").text)
    narrow = shop.visitor(charge_id=shop.example.id)
    assert "credit" not in words(shop.check(narrow, shop.example).text)


def test_credit_that_was_spent_meanwhile_is_shown_before_anything_is_charged(shop: PayingSite) -> None:
    shop.credit("CM-1", 30_000)
    browser = shop.visitor()
    page = shop.check(browser, shop.example)
    shop.press(browser, shop.check(browser, shop.other_invoice))
    answer = shop.press(browser, page)
    assert answer.status_code == 409
    assert "Pay $981.60" in words(answer.text)
