"""Plans between a customer's browser and the owner's: a request beyond the limits that is answered with another offer,
a credit that shortens a plan from its end; and the desk of plans, looked at."""

import re

import pytest
from playwright.sync_api import Page, expect

from e2e.journeys.desk import enter, search
from e2e.journeys.planning import (
    BILLS,
    confirm_browser,
    from_letter,
    on_plan,
    plan_of,
    read_and_sign,
    states,
    wish,
)
from e2e.journeys.steps import sees
from e2e.journeys.town import Guest, Town
from e2e.looks import findings

# Some plan of the sample is in each of them for good; in the others only until the clock has moved far enough.
LASTING = {"requested", "paused", "defaulted", "completed", "cancelled"}
PASSING = {"late", "offered", "active"}


def ask(town: Town, guest: Guest, page: Page) -> None:
    """For more than can be had without asking: first without a word, then with some."""
    wish(page, town, down="", count="6", every="month")
    sees(page, "This is beyond what we agree to without a look:", "At most 4 payments.", "At least $200.00 today.")
    page.get_by_role("button", name="Ask for this plan").click()
    sees(page, "There is a problem", "Tell us in a few words why you need this plan.")
    page.get_by_label("Why do you need this plan?").fill("The season begins late this year.")
    page.get_by_role("button", name="Ask for this plan").click()
    sees(page, "Waiting for our answer", "We have your request and answer by email.")


def at_desk(town: Town, guest: Guest, *, javascript: bool = True) -> Page:
    """The owner, who has found the guest's newest plan in the list."""
    page = town.walker(javascript=javascript)
    enter(page, town.house, "/admin/plans")
    search(page, guest.name)
    page.get_by_role("link", name=plan_of(town, guest).number).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(plan_of(town, guest).number)
    return page


@pytest.mark.parametrize("javascript", [True, False])
def test_a_request_is_answered_with_another_offer(town: Town, javascript: bool) -> None:
    guest = town.guest(BILLS)
    page = town.at_statement(guest, javascript=javascript)
    ask(town, guest, page)
    desk = at_desk(town, guest, javascript=javascript)
    sees(desk, "The season begins late this year.", "Outside of what customers may have without asking:")
    desk.get_by_role("link", name="Offer other terms").click()
    desk.get_by_label("First amount").first.fill("100")
    desk.get_by_label("Payments after it").first.fill("4")
    desk.get_by_label("Words with it").fill("Four, with a little of it today.")
    desk.get_by_label("Words with it").blur()
    if not javascript:
        desk.get_by_role("button", name="Preview").click()
    expect(desk.locator("#preview")).to_contain_text("$225.00")
    sees(desk, "Nothing has been offered yet.")
    desk.get_by_role("button", name="Make the offer").click()
    expect(desk.get_by_role("heading", level=1)).to_contain_text(plan_of(town, guest).number)
    page = from_letter(town, guest, "A payment plan for $1,000.00, open until", javascript=javascript)
    sees(page, "We offer you to pay $1,000.00 in parts", "Four, with a little of it today.")
    page.get_by_role("link", name="Read the terms and agree").click()
    confirm_browser(town, guest, page)
    read_and_sign(page, "By hand: I pay each date myself")
    sees(page, "In progress", "Pay $100.00 now")
    states(page, "Due today", "Coming", "Coming", "Coming", "Coming")
    desk.reload()
    sees(desk, "Pat Payer", "SHA-256 of the PDF")
    page.get_by_role("link", name="All payment plans").click()
    sees(page, "In progress", "Answered with an offer")


def test_a_credit_shortens_a_plan_from_its_end(town: Town) -> None:
    guest = town.guest(BILLS)
    on_plan(town, guest, saves=False)
    page = town.at_statement(guest)
    statement = page.url
    page.get_by_role("link", name=re.compile("-2092$")).first.click()
    page.get_by_role("link", name="Something wrong? Mooring buoy, 18 in").click()
    page.get_by_label("What is wrong? Mooring buoy, 18 in").select_option(label="Damaged or faulty")
    page.get_by_label("How many are damaged?").fill("1")
    page.keyboard.press("Tab")
    page.get_by_label("What happened?").fill("One has a crack below the eye.")
    page.get_by_role("button", name=re.compile("^Send( only)?$")).click()
    sees(page, "We have your dispute.")
    plan = f"{statement}/plans/{plan_of(town, guest).public_id}"
    page.goto(plan)
    sees(page, "Of it disputed, not collected", "$100.00")
    desk = town.walker()
    enter(desk, town.house, "/admin/disputes")
    search(desk, guest.name)
    desk.get_by_role("row", name=re.compile(rf"{guest.name}\b")).get_by_role("link", name=re.compile("^D-")).click()
    desk.get_by_label("Accept all").check()
    desk.get_by_role("button", name="Decide").click()
    sees(desk, "The dispute is accepted. $100.00 is credited.")
    page.goto(plan)
    last = page.get_by_role("row").last
    expect(last).to_contain_text("$166.66")
    expect(last).to_contain_text("agreed: $266.66")
    sees(page, "Credited or settled otherwise", "$700.00")
    states(page, "Paid", "Coming", "Coming", "Coming")
    found = list(findings(page, "a plan with a credit"))
    desk.goto(f"{town.house.portal.url}/admin/plans/{plan_of(town, guest).public_id}")
    sees(desk, "$166.66")
    assert found == []


def test_the_desk_of_plans_has_no_findings(town: Town) -> None:
    page = town.walker()
    enter(page, town.house, "/admin/plans")
    found = list(findings(page, "the list"))
    seen = set()
    for state in sorted(LASTING | PASSING):
        page.goto(f"{town.house.portal.url}/admin/plans?state={state}")
        link = page.locator("#list tbody").get_by_role("link", name=re.compile("^P-")).first
        if link.count():
            page.goto(f"{town.house.portal.url}{link.get_attribute('href')}")
            found += findings(page, state)
            seen.add(state)
    assert seen >= LASTING
    assert found == []


def test_the_forms_about_plans_have_no_findings(town: Town) -> None:
    guest = town.guest(BILLS)
    ask(town, guest, town.at_statement(guest))
    page = at_desk(town, guest)
    page.get_by_role("link", name="Offer other terms").click()
    found = list(findings(page, "other terms"))
    page.get_by_label("Payments after it").first.fill("many")
    page.get_by_role("button", name="Make the offer").click()
    expect(page.get_by_role("alert")).to_be_visible()
    found += findings(page, "other terms with an error")
    on_plan(town, second := town.guest(BILLS), saves=False)
    page = at_desk(town, second)
    page.get_by_role("link", name="Re-plan it").click()
    found += findings(page, "a plan in the place of another")
    page.go_back()
    page.get_by_role("link", name="Cancel it").click()
    found += findings(page, "the end of a plan")
    assert found == []
