"""Links that open nothing any more, and visits that have ended: what a customer is told, and the way back in."""

import re

from playwright.sync_api import Page, expect

from e2e.journeys.steps import balance, choose, fill_card, go_to_stripe, open_from_mailbox, review, sees
from e2e.journeys.town import Guest, Town, open_link
from portal import links as tokens
from portal.actions import links
from portal.records import links as records


def test_an_expired_link_brings_a_fresh_one(town: Town) -> None:
    guest = town.guest()
    town.house.clock.move(days=31)
    page = town.walker(width=390)
    page.goto(guest.link)
    sees(page, "This link no longer works")
    page.get_by_role("button", name="Send a new link to the address on file").click()
    sees(page, "Check your email")
    page = open_from_mailbox(town, town.walker(), guest, "Your new link")
    page.get_by_role("button", name="View statement").click()
    balance(page, "$15,690.50")


def test_a_known_and_an_unknown_address_get_the_same_answer(town: Town) -> None:
    guest = town.guest()
    page = town.walker()
    page.goto(f"{town.house.portal.url}/l/half-a-link")
    sees(page, "This link no longer works")
    answers = [_asked(page, town, email) for email in (guest.email, "stranger@quayclub.example")]
    assert answers[0] == answers[1]
    town.letter(guest, "Your new link")
    assert not [each for each in town.mailbox.messages() if "stranger@quayclub.example" in each.recipients]


def test_a_bad_address_keeps_what_was_typed(town: Town) -> None:
    page = town.walker()
    page.goto(f"{town.house.portal.url}/link")
    page.get_by_label("Email address").fill("treasurer at quayclub")
    page.get_by_role("button", name="Send a new link", exact=True).click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.get_by_role("link", name="Enter an email address").click()
    expect(page.get_by_label("Email address")).to_be_focused()
    expect(page.get_by_label("Email address")).to_have_value("treasurer at quayclub")


def test_a_revoked_link_ends_the_visits_it_opened(town: Town) -> None:
    guest = town.guest()
    page = town.at_statement(guest)
    _revoke(town, guest)
    page.reload()
    sees(page, "Get a link to your account")
    assert "$" not in page.locator("main").inner_text()
    page.goto(guest.link)
    sees(page, "This link no longer works")


def test_signed_out_is_signed_out(town: Town) -> None:
    guest = town.guest()
    page = town.at_statement(guest)
    statement = page.url
    page.get_by_role("button", name="Sign out").click()
    sees(page, "You are signed out")
    page.goto(statement)
    expect(page.get_by_role("heading", level=1)).to_have_text("Get a link to your account")
    assert guest.name not in page.content()
    open_link(page, guest.link)
    balance(page, "$15,690.50")


def test_back_from_stripe_without_a_visit_shows_no_figures(town: Town) -> None:
    guest = town.guest()
    page = town.at_statement(guest)
    choose(page, "2058")
    review(page)
    go_to_stripe(page, "card")
    page.context.clear_cookies()
    fill_card(page)
    sees(page, "Thank you", "the receipt comes by email")
    assert "$" not in page.locator("main").inner_text()
    assert guest.name not in page.content()
    page.get_by_label("Email address").fill(guest.email)
    page.get_by_role("button", name="Send a new link", exact=True).click()
    page = open_from_mailbox(town, town.walker(), guest, "Your new link")
    page.get_by_role("button", name="View statement").click()
    balance(page, "$13,390.00")


def _asked(page: Page, town: Town, email: str) -> str:
    """What the page answers to this address, without the address."""
    page.goto(f"{town.house.portal.url}/link")
    page.get_by_label("Email address").fill(email)
    page.get_by_role("button", name="Send a new link", exact=True).click()
    sees(page, "Check your email")
    return re.sub(re.escape(email), "ADDRESS", page.locator("main").inner_text())


def _revoke(town: Town, guest: Guest) -> None:
    """As the owner does with `portal link --revoke`."""
    token = tokens.read(town.resources.keys, guest.link.rpartition("/")[2])
    assert token is not None
    with town.resources.writing() as session:
        view = records.by_public_id(session, token.public_id)
        assert view is not None
        assert links.revoke_link(session, view.link, now=town.house.clock.now(), actor="owner")
