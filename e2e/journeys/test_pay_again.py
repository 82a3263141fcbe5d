"""What goes astray on the way to Stripe and back: refused cards, the bank's question, second thoughts, two people."""

from playwright.sync_api import Page, expect

from e2e.journeys.steps import balance, box_of, choose, fill_card, go_to_stripe, review, sees
from e2e.journeys.town import Guest, Town, open_link

DECLINED = "4000 0000 0000 0002"
BANK_ASKS = "4000 0027 6000 3184"


def test_a_declined_card_and_then_another(town: Town) -> None:
    guest = town.guest()
    page = _at_stripe(town, guest, "2058")
    fill_card(page, DECLINED)
    sees(page, "Your card was declined.")
    fill_card(page)
    sees(page, "Payment received", "$2,300.50")
    page.get_by_role("link", name="Back to statement").click()
    balance(page, "$13,390.00")
    assert "$2,300.50" in town.letter(guest, "Receipt from").subject


def test_the_bank_asks_and_is_first_refused(town: Town) -> None:
    page = _at_stripe(town, town.guest(), "2041")
    fill_card(page, BANK_ASKS)
    page.get_by_role("button", name="No, refuse").click()
    expect(page.get_by_role("alert")).to_be_visible()
    fill_card(page, BANK_ASKS)
    page.get_by_role("button", name="Yes, pay").click()
    sees(page, "Payment received", "$4,180.00")
    page.get_by_role("link", name="Back to statement").click()
    balance(page, "$11,510.50")


def test_back_without_paying_and_on_again(town: Town) -> None:
    page = _at_stripe(town, town.guest(), "2066")
    checkout = page.url
    page.get_by_role("link", name="Back without paying").click()
    sees(page, "Nothing was charged", "$4,557.00")
    page.get_by_role("link", name="Try again with $4,557.00").click()
    go_to_stripe(page, "card")
    assert page.url == checkout
    # The same by the browser's own button.
    page.go_back()
    expect(page.get_by_role("heading", name="Check and pay")).to_be_visible()
    go_to_stripe(page, "card")
    assert page.url == checkout
    fill_card(page)
    sees(page, "Payment received", "$4,557.00")


def test_another_choice_closes_the_first_checkout(town: Town) -> None:
    page = _at_stripe(town, town.guest(), "2058")
    first = page.url
    page.go_back()
    page.get_by_role("link", name="Change what you pay").click()
    choose(page, "2041", "2058")
    review(page)
    go_to_stripe(page, "card")
    assert page.url != first
    page.goto(first)
    sees(page, "This checkout is expired.")


def test_a_double_click_starts_one_payment(town: Town) -> None:
    guest = town.guest()
    page = town.at_statement(guest)
    choose(page, "2058")
    review(page)
    page.get_by_label("Card").check()
    before = len(town.world.all("checkout.session"))
    page.get_by_role("button", name="Pay $2,300.50").dblclick()
    expect(page.get_by_role("heading", name="How to pay")).to_be_visible()
    assert len(town.world.all("checkout.session")) == before + 1
    fill_card(page)
    sees(page, "Payment received")
    page.get_by_role("link", name="Back to statement").click()
    balance(page, "$13,390.00")


def test_the_second_of_two_people_is_told_and_may_take_over(town: Town) -> None:
    guest = town.guest()
    first = _at_stripe(town, guest, "2041", "2058")
    second = town.at_statement(guest, width=390)
    choose(second, "2058", "2066")
    review(second)
    second.get_by_label("Card").check()
    second.get_by_role("button", name="Pay $6,857.50").click()
    sees(second, "started paying $6,480.50 on", "that payment is closed first")
    second.get_by_role("button", name="Start here instead and pay $6,857.50").click()
    sees(second, "$6,857.50", "How to pay")
    first.reload()
    sees(first, "This checkout is expired.")
    first.get_by_role("link", name="Go back").click()
    sees(first, "Nothing was charged")
    fill_card(second)
    sees(second, "Payment received", "$6,857.50")
    first.get_by_role("link", name="Back to statement").click()
    balance(first, "$8,740.00")
    expect(box_of(first, "2058")).to_have_count(0)


def test_two_tabs_of_one_browser_pay_once(town: Town) -> None:
    page = _at_stripe(town, town.guest(), "2058")
    tab = page.context.new_page()
    tab.goto(page.url)
    fill_card(page)
    sees(page, "Payment received")
    fill_card(tab)
    sees(tab, "This checkout is complete.")
    tab.get_by_role("link", name="Go on").click()
    sees(tab, "Payment received", "$2,300.50")


def test_two_accounts_stay_open_in_one_browser(town: Town) -> None:
    one, other = town.guest(), town.guest()
    page = town.at_statement(one)
    statement = page.url
    open_link(page, other.link)
    expect(page.get_by_role("banner")).to_contain_text(other.name)
    page.goto(statement)
    expect(page.get_by_role("banner")).to_contain_text(one.name)


def _at_stripe(town: Town, guest: Guest, *numbers: str) -> Page:
    """The guest's browser on Stripe's page, with these invoices chosen to be paid by card."""
    page = town.at_statement(guest)
    choose(page, *numbers)
    review(page)
    go_to_stripe(page, "card")
    return page
