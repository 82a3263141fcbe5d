"""Plans in a customer's browser: made within the limits, charged by themselves until they are paid off; declined, and
made up for by hand; confirmed at the bank; not kept. And the pages of plans, looked at."""

import re

import pytest
from playwright.sync_api import Page, expect

from e2e.journeys.desk import enter
from e2e.journeys.planning import (
    BILLS,
    confirm_browser,
    from_letter,
    nth_letter,
    on_plan,
    plan_of,
    read_and_sign,
    saved_at_stripe,
    states,
    wish,
)
from e2e.journeys.steps import balance, fill_card, go_to_stripe, read_pdf, sees
from e2e.journeys.town import Guest, Town, open_link
from e2e.looks import findings

BY_CARD = "By card, automatically on each date"


def agree(town: Town, guest: Guest, page: Page) -> None:
    """From the statement to a plan whose first amount is paid by a card that is kept."""
    wish(page, town, down="200", count="3")
    sees(page, "$266.67", "$266.66", "$1,000.00")
    page.get_by_role("button", name="Go on with this plan").click()
    page.get_by_role("link", name="Read the terms and agree").click()
    confirm_browser(town, guest, page)
    agreement = read_pdf(page, "Open the agreement (PDF)")
    for words in (guest.name, "-2092", "$266.67", "What it costs"):
        assert words in agreement
    read_and_sign(page, BY_CARD)
    expect(page.get_by_role("heading", name="How to pay")).to_be_visible()
    fill_card(page)
    sees(page, "$200.00")


def test_a_plan_is_agreed_to_and_charged_until_it_is_paid_off(town: Town) -> None:
    guest = town.guest(BILLS)
    page = town.at_statement(guest)
    agree(town, guest, page)
    number = plan_of(town, guest).number
    assert town.letter(guest, f"Your payment plan {number} for $1,000.00").attachments
    for place, cents in enumerate(("266.67", "266.67", "266.66"), start=1):
        town.house.clock.move(days=12)
        nth_letter(town, guest, f"${cents} will be charged on", 1 if place == 3 else place)
        town.house.clock.move(days=2)
        nth_letter(town, guest, "Receipt from", place + 1)
    page = from_letter(town, guest, f"Your payment plan {number} is paid off")
    sees(page, "Paid off", "Everything on this plan is paid. Thank you.")
    states(page, "Paid", "Paid", "Paid", "Paid")
    desk = town.walker()
    enter(desk, town.house, f"/admin/plans/{plan_of(town, guest).public_id}")
    sees(desk, "Paid off", "$266.66")


def test_a_plan_needs_no_javascript(town: Town) -> None:
    guest = town.guest(BILLS)
    page = town.at_statement(guest, javascript=False)
    statement = page.url
    agree(town, guest, page)
    page.goto(statement)
    page.get_by_role("link", name="A payment plan is running").click()
    states(page, "Paid", "Coming", "Coming", "Coming")
    sees(page, "Automatically with Visa •••• 4242")
    page.get_by_label("Which payment").select_option("2")
    page.get_by_label("To the day").fill("soon")
    page.get_by_role("button", name="Move the date").click()
    sees(page, "There is a problem", "Enter the new day.")
    page.get_by_role("button", name="Stop automatic payments").click()
    sees(page, "By hand: you pay each date yourself.")
    page.get_by_role("button", name="Pay $266.67 now").click()
    expect(page.get_by_role("heading", name="Check and pay")).to_be_visible()
    go_to_stripe(page, "card")
    fill_card(page)
    sees(page, "$266.67")
    page.goto(statement)
    balance(page, "$533.33")


def test_a_declined_payment_is_made_up_for_by_hand(town: Town) -> None:
    guest = town.guest(BILLS)
    on_plan(town, guest, saves=True)
    town.world.decline_next(saved_at_stripe(town, guest), "insufficient_funds", is_once=False)
    town.house.clock.move(days=12)
    town.letter(guest, "$266.67 will be charged on")
    town.house.clock.move(days=2)
    page = from_letter(town, guest, "Your payment of $266.67 did not go through")
    sees(page, "In progress", "Pay $266.67 now")
    states(page, "Paid", "Due today", "Coming", "Coming")
    town.house.clock.move(days=6)
    page = from_letter(town, guest, f"Your payment plan {plan_of(town, guest).number}: please pay $266.67 by")
    sees(page, "Behind", "A payment has been late since")
    states(page, "Paid", "Late", "Coming", "Coming")
    plan = page.url
    page.get_by_role("button", name="Pay $266.67 now").click()
    go_to_stripe(page, "card")
    fill_card(page)
    sees(page, "$266.67")
    # The worker looks at plans once a minute.
    town.house.clock.move(minutes=5)
    town.letter(guest, f"your payment plan {plan_of(town, guest).number} goes on")
    page.goto(plan)
    sees(page, "In progress")
    states(page, "Paid", "Paid", "Coming", "Coming")


@pytest.mark.parametrize("javascript", [True, False])
def test_a_payment_is_confirmed_at_the_bank(town: Town, javascript: bool) -> None:
    guest = town.guest(BILLS)
    on_plan(town, guest, saves=True)
    town.world.decline_next(saved_at_stripe(town, guest), "authentication_required")
    town.house.clock.move(days=12)
    town.letter(guest, "$266.67 will be charged on")
    town.house.clock.move(days=2)
    page = from_letter(town, guest, "Please confirm your payment of $266.67", javascript=javascript)
    sees(page, "Your bank asks that you confirm this payment yourself.", "Visa •••• 4242")
    found = list(findings(page, "a payment to confirm")) if javascript else []
    page.get_by_role("button", name="Confirm with your bank").click()
    page.get_by_role("button", name="Yes, pay").click()
    sees(page, "$266.67")
    nth_letter(town, guest, "Receipt from", 2)
    page.goto(f"{page.url.partition('/payments/')[0]}/plans/{plan_of(town, guest).public_id}")
    states(page, "Paid", "Paid", "Coming", "Coming")
    assert found == []


def test_a_plan_that_is_not_kept_ends(town: Town) -> None:
    guest = town.guest(BILLS)
    on_plan(town, guest, saves=False)
    number = plan_of(town, guest).number
    town.house.clock.move(days=12)
    town.letter(guest, "$266.67 is due on")
    town.house.clock.move(days=8)
    page = from_letter(town, guest, f"Your payment plan {number}: please pay $266.67 by")
    sees(page, "Behind", "After that day it ends")
    town.house.clock.move(days=11)
    page = from_letter(town, guest, f"Your payment plan {number} has ended: $800.00 to pay")
    balance(page, "$800.00")
    expect(page.get_by_role("checkbox", name=re.compile("-2092"))).to_be_enabled()
    sees(page, "$800.00 overdue")
    page.get_by_role("link", name="See your payment plans").click()
    page.get_by_role("link", name=number).click()
    sees(page, "Ended: not kept", "Payments were missed and not made up for in time")
    states(page, "Paid", "Not paid", "Not paid", "Not paid")
    assert list(findings(page, "a plan that was not kept")) == []


def test_the_pages_of_plans_have_no_findings(town: Town) -> None:
    guest = town.guest(BILLS)
    page = town.at_statement(guest)
    statement = page.url
    page.get_by_role("link", name="Need more time?").click()
    found = list(findings(page, "the form"))
    page.goto(statement)
    wish(page, town, down="much", count="30", every="month")
    expect(page.get_by_role("alert")).to_contain_text("There is a problem")
    found += findings(page, "the form with an error")
    page.goto(statement)
    wish(page, town, down="", count="6", every="month")
    found += findings(page, "a request")
    page.goto(statement)
    wish(page, town, down="200", count="3")
    found += findings(page, "the form with dates")
    page.get_by_role("button", name="Go on with this plan").click()
    expect(page.get_by_role("link", name="Read the terms and agree")).to_be_visible()
    found += findings(page, "a plan of one’s own")
    page.get_by_role("link", name="Read the terms and agree").click()
    found += findings(page, "why a code is needed")
    confirm_browser(town, guest, page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Agree to plan")
    found += findings(page, "the terms")
    page.get_by_role("button", name="Agree to this plan").click()
    expect(page.get_by_role("alert")).to_contain_text("There is a problem")
    found += findings(page, "the terms with errors")
    read_and_sign(page, BY_CARD)
    fill_card(page)
    sees(page, "$200.00")
    page.goto(f"{statement}/plans")
    found += findings(page, "the list of plans")
    page.get_by_role("link", name=plan_of(town, guest).number).click()
    found += findings(page, "a plan")
    page.get_by_role("link", name="Pay with something else").click()
    found += findings(page, "with what a plan is paid")
    page.goto(f"{statement}/methods")
    found += findings(page, "what is saved")
    page.goto(statement)
    found += findings(page, "the statement with a plan")
    open_link(page, guest.link)
    assert found == []
