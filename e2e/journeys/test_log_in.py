"""Staff log in, prove again that it is them, and log out: with a code, and with a passkey."""

from playwright.sync_api import expect

from e2e.journeys.desk import log_in
from e2e.journeys.town import Town


def test_the_owner_logs_in_with_a_code_and_out(town: Town) -> None:
    page = town.walker()
    log_in(page, town.house)
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    page.get_by_role("button", name="Log out", exact=True).click()
    expect(page.get_by_text("You have logged out.")).to_be_visible()
    page.go_back()
    page.reload()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()


def test_the_phone_shows_the_code_that_logs_in(town: Town) -> None:
    page = town.walker()
    page.goto(f"{town.mailbox.url}/phone")
    expect(page.locator("#code")).to_have_text(town.house.owner.code(town.house.clock.now()))
