"""Every page a customer can meet: no accessibility findings in either theme at either width, and no mouse needed."""

from collections.abc import Iterator

from playwright.sync_api import Locator, Page, expect

from e2e.journeys.steps import choose, fill_bank, fill_card, go_to_stripe, review, sees
from e2e.journeys.town import Guest, Town
from e2e.looks import findings
from e2e.sample import company


def test_pages_before_paying_have_nofindings(town: Town) -> None:
    guest = town.guest()
    page = town.walker()
    assert [finding for name in _before_paying(town, page, guest) for finding in findings(page, name)] == []


def test_pages_after_paying_have_nofindings(town: Town) -> None:
    page = town.at_statement(town.guest())
    assert [finding for name in _after_paying(town, page) for finding in findings(page, name)] == []


def test_pages_about_trouble_have_nofindings(town: Town) -> None:
    page = town.walker()
    assert [finding for name in _in_trouble(town, page) for finding in findings(page, name)] == []


def test_dates_of_two_years_fit_on_a_phone(town: Town) -> None:
    now = town.house.clock.now()
    town.house.clock.set(now.replace(year=now.year + 1, month=1, day=5))
    page = town.at_statement(town.guest(), width=390)
    statement = page.url
    choose(page, "2058")
    review(page)
    go_to_stripe(page, "bank")
    fill_bank(page)
    sees(page, "is on its way")
    page.goto(statement)
    assert list(findings(page, "the statement in January")) == []


def test_paying_takes_no_mouse(town: Town) -> None:
    page = town.walker()
    page.goto(town.guest().link)
    _tab_to(page, "button", "View statement")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Open invoices")).to_be_visible()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
    _tab_to(page, "input", "2066")
    page.keyboard.press("Space")
    _tab_to(page, "button", "Review and pay $11,037.50")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Check and pay")).to_be_visible()
    _tab_to(page, "input", "Bank account (ACH)")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_label("Card")).to_be_checked()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="How to pay")).to_be_visible()
    _tab_to(page, "input", "Card number")
    page.keyboard.type("4242424242424242")
    page.keyboard.press("Enter")
    sees(page, "Payment received", "$11,037.50")
    _tab_to(page, "a", "View receipt")
    page.keyboard.press("Enter")
    sees(page, "What it paid")


def _before_paying(town: Town, page: Page, guest: Guest) -> Iterator[str]:
    page.goto(guest.link)
    yield "the link"
    _follow(page, page.get_by_role("button", name="View statement"))
    yield "the statement"
    statement = page.url
    page.goto(f"{statement}/pay?amount=nothing")
    yield "the statement with an error"
    page.goto(f"{statement}/pay?amount=7000")
    yield "check and pay a sum"
    page.goto(statement)
    _follow(page, page.locator(".item-number a").last)
    yield "an invoice"
    page.goto(f"{statement}/payments")
    yield "payments made elsewhere"
    page.goto(statement)
    choose(page, "2058", "2066")
    review(page)
    yield "check and pay invoices"
    go_to_stripe(page, "card")
    other = town.at_statement(guest)
    choose(other, "2058")
    review(other)
    other.get_by_role("button", name="Pay $").click()
    sees(other, "that payment is closed first")
    page.goto(statement)
    yield "the statement while a checkout is open"


def _after_paying(town: Town, page: Page) -> Iterator[str]:
    statement = page.url
    choose(page, "2066")
    review(page)
    go_to_stripe(page, "card")
    _follow(page, page.get_by_role("link", name="Back without paying"))
    yield "back without paying"
    _follow(page, page.get_by_role("link", name="Try again"))
    go_to_stripe(page, "card")
    fill_card(page)
    sees(page, "Payment received")
    yield "paid"
    _follow(page, page.get_by_role("link", name="View receipt"))
    yield "the receipt"
    _follow(page, page.get_by_role("row").get_by_role("link"))
    yield "a paid invoice"
    page.goto(statement)
    choose(page, "2058")
    review(page)
    go_to_stripe(page, "bank")
    fill_bank(page)
    sees(page, "is on its way")
    yield "a bank payment on its way"
    _follow(page, page.get_by_role("link", name="Back to statement"))
    yield "the statement with a bank payment"
    page.goto(f"{statement}/payments")
    yield "the payments"


def _in_trouble(town: Town, page: Page) -> Iterator[str]:
    site = town.house.portal.url
    page.goto(f"{site}/l/half-a-link")
    yield "a link that opens nothing"
    _follow(page, page.get_by_role("button", name="Send a new link", exact=True))
    yield "no address"
    page.get_by_label("Email address").fill("stranger@quayclub.example")
    _follow(page, page.get_by_role("button", name="Send a new link", exact=True))
    yield "a link is on its way"
    page.goto(f"{site}/a/nobody/payments/nothing")
    yield "thanks without figures"
    page.goto(f"{site}/a/nobody")
    yield "a statement without a visit"
    page.goto(f"{site}/nowhere")
    yield "not found"
    page.goto(town.guest(company.PINE_AND_TIDE.bills).link)
    yield "a link with nothing to pay"
    _follow(page, page.get_by_role("button", name="View statement"))
    yield "a statement with nothing to pay"


def _follow(page: Page, way: Locator) -> None:
    """Click, and be on the next page: a click alone does not wait for it."""
    with page.expect_navigation():
        way.click()


def _tab_to(page: Page, tag: str, words: str) -> None:
    """Press Tab until the focus is on such an element with these words in its name."""
    wanted = page.locator(f"{tag}:focus")
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.count() and words in wanted.evaluate("e => (e.labels?.[0] ?? e).textContent.replace(/\\s+/g, ' ')"):
            return
    raise AssertionError(f"Tab never came to {words}")
