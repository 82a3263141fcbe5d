"""The power goes between Stripe's success and our posting: once the portal is back, the payment stands there once."""

import signal

import pytest
from playwright.sync_api import expect

from e2e.journeys.steps import balance, choose, fill_card, go_to_stripe, review, sees
from e2e.journeys.town import Town


@pytest.mark.parametrize("crash", ["posting.before_commit", "posting.after_commit"])
def test_a_killed_portal_posts_once(town: Town, crash: str) -> None:
    portal = town.house.portal
    guest = town.guest()
    page = town.at_statement(guest)
    statement = page.url
    choose(page, "2066", "2071")
    review(page)
    go_to_stripe(page, "card")
    # Not sooner: any payment lights the fuse, also one that the worker posts for another journey.
    portal.restart(crash=crash)
    fill_card(page, wait=False)
    assert portal.wait_for_end() == -signal.SIGKILL
    portal.restart()

    # The browser may still be about to say in the old one that nobody answered.
    page = page.context.new_page()
    session = town.world.all("checkout.session")[-1]
    page.goto(session["success_url"])
    sees(page, "Payment received", "$9,025.80")
    page.goto(statement)
    balance(page, "$6,480.50")
    page.get_by_role("link", name="Payment history").click()
    expect(page.locator("tbody").get_by_role("row")).to_have_count(3)
    expect(page.get_by_role("row").filter(has_text="$9,025.80")).to_have_count(1)
    # Webhooks that met a dead portal come again the next day; still the receipt is written but once.
    town.letter(guest, "Receipt from")
    town.world.stop_delivery()
    town.house.clock.move(days=1)
    town.world.settle()
    town.world.start_delivery()
    assert all(each.state == "delivered" for each in town.world.deliveries)
    assert len(town.letters(guest, "Receipt from")) == 1
