"""Disputes from the line to their end, between a customer's browser and the owner's: a part accepted and the rest paid
with the clock that stood still, a rejection that is final, an offer that is accepted, goodwill; and the desk's keys."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

from e2e.journeys.desk import enter, search
from e2e.journeys.steps import fill_card, go_to_stripe, open_from_mailbox, sees
from e2e.journeys.town import Guest, Town
from e2e.looks import findings
from e2e.sample.company import EARLY, Bill, Line

# Issued four days ago: 720.00 and 200.00, with their tax of 39.60 and 11.00.
BILLS = (Bill("INV-2090", 4, (Line("Rope, 12 mm", 18, 4_000), Line("Brass shackle", 10, 2_000)), EARLY, taxed=True),)
DAYS = 15


def complain(page: Page, line: str, reason: str, figure: str = "", *, button: str = "Send only") -> None:
    """From the statement to a dispute about one line."""
    page.get_by_role("link", name=re.compile("-2090$")).first.click()
    page.get_by_role("link", name=f"Something wrong? {line}").click()
    page.get_by_role("checkbox", name=re.compile(line)).check()
    page.get_by_label(f"What is wrong? {line}").select_option(label=reason)
    if figure:
        page.get_by_role("textbox", name=re.compile("How many")).locator("visible=true").fill(figure)
        page.keyboard.press("Tab")
    page.get_by_label("What happened?").fill("Ask your driver: he has the slip.")
    page.get_by_role("button", name=re.compile(button)).click()


def from_letter(town: Town, guest: Guest, subject: str) -> Page:
    """The dispute, opened from a letter about it."""
    page = open_from_mailbox(town, town.walker(), guest, subject)
    page.get_by_role("button", name="View dispute").click()
    return page


def at_desk(town: Town, guest: Guest, *, javascript: bool = True) -> Page:
    """The owner, who has found the guest's dispute in the queue."""
    page = town.walker(javascript=javascript)
    enter(page, town.house, "/admin/disputes")
    search(page, guest.name)
    row = page.get_by_role("row", name=re.compile(rf"{guest.name}\b"))
    expect(row).to_have_count(1)
    row.get_by_role("link", name=re.compile("^D-")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Dispute D-")
    return page


def test_a_part_is_accepted_and_the_rest_paid_with_its_clock(town: Town) -> None:
    guest = town.guest(BILLS)
    page = town.at_statement(guest)
    complain(page, "Brass shackle", "Invoiced twice", button="Send, and pay the rest")
    expect(page.get_by_role("heading", name="Check and pay")).to_be_visible()
    sees(page, "$745.20")
    go_to_stripe(page, "card")
    fill_card(page)
    expect(page.get_by_role("heading", name=re.compile("Payment received|paid", re.IGNORECASE))).to_be_visible()
    town.house.clock.move(days=DAYS)
    desk = at_desk(town, guest)
    desk.get_by_label("Accept a part").check()
    desk.get_by_label("Brass shackle").fill("100")
    desk.get_by_label("Quantity or amount").select_option("amount")
    desk.get_by_label("Why, in words").fill("Half of them are on your other invoice.")
    desk.get_by_label("Why, in words").blur()
    effect = desk.locator("#decision-effect")
    expect(effect).to_contain_text("A credit memo for $105.50 is written, of it $5.50 tax.")
    expect(effect.get_by_role("row", name="Invoice, to pay").get_by_role("cell")).to_have_text(["$0.00", "$105.50"])
    expect(effect.get_by_role("row", name="Discount").get_by_role("cell").last).to_contain_text("$2.00 until")
    effect.get_by_text("The customer’s letter").click()
    expect(effect).to_contain_text("Half of them are on your other invoice.")
    desk.get_by_role("button", name="Decide").click()
    sees(desk, "The dispute is accepted in part. $105.50 is credited.")
    page = from_letter(town, guest, "Our decision on your dispute")
    sees(page, "$103.50", "Half of them are on your other invoice.")
    page.get_by_role("link", name="Review and pay $103.50").click()
    go_to_stripe(page, "card")
    fill_card(page)
    expect(page.get_by_role("heading", name=re.compile("Payment received|paid", re.IGNORECASE))).to_be_visible()


def test_a_rejection_is_asked_about_once_and_then_final(town: Town) -> None:
    guest = town.guest(BILLS)
    page = town.at_statement(guest)
    complain(page, "Brass shackle", "Already paid")
    sees(page, "We have your dispute.")
    for reason in ("It was never paid.", "Our bank has no such payment either."):
        desk = at_desk(town, guest)
        desk.get_by_label("Reject").check()
        desk.get_by_label("Why, in words").fill(reason)
        desk.get_by_role("button", name="Decide").click()
        sees(desk, "The dispute is rejected. What was disputed is to be paid.")
        page.reload()
        sees(page, reason)
        again = page.get_by_text("Ask us to look at it again")
        if reason.startswith("Our bank"):
            expect(again).to_have_count(0)
        else:
            again.click()
            page.get_by_label("Why should it be decided otherwise?").fill("See our bank’s slip.")
            page.get_by_role("button", name="Open it again").click()
            sees(page, "See our bank’s slip.")


def test_an_offer_is_accepted_in_one_click(town: Town) -> None:
    guest = town.guest(BILLS)
    page = town.at_statement(guest)
    complain(page, "Brass shackle", "Invoiced twice")
    desk = at_desk(town, guest)
    desk.get_by_text("Offer a settlement").click()
    desk.get_by_label("A percentage of what is disputed").check()
    desk.get_by_label("Percent", exact=True).fill("25")
    desk.get_by_label("Words to the customer").fill("A quarter, and we are friends.")
    desk.get_by_label("Words to the customer").blur()
    expect(desk.locator("#offer-effect")).to_contain_text("A credit memo for $52.75 is written")
    desk.get_by_role("button", name="Make the offer").click()
    sees(desk, "The offer is made, and it is the customer’s turn.")
    page = from_letter(town, guest, "Our offer for your dispute")
    sees(page, "A quarter, and we are friends.")
    page.get_by_role("button", name="Accept the offer").click()
    sees(page, "Partly accepted")
    desk.reload()
    sees(desk, "agreed to the offer", "Partly accepted", "$52.75")


def test_a_small_complaint_is_credited_at_once(town: Town) -> None:
    guest = town.guest(BILLS)
    page = town.at_statement(guest)
    complain(page, "Brass shackle", "Short delivery", "9")
    sees(page, "Accepted")
    desk = town.walker()
    enter(desk, town.house, f"/admin/disputes?state=closed&search={guest.name.replace(' ', '+')}")
    row = desk.get_by_role("row", name=re.compile(guest.name))
    expect(row).to_contain_text("Goodwill")
    row.get_by_role("link", name=re.compile("^D-")).click()
    sees(desk, "Accepted at once, from the budget for goodwill", "$21.10")


@pytest.mark.parametrize("javascript", [True, False])
def test_nothing_is_decided_by_looking_at_what_it_does(town: Town, javascript: bool) -> None:
    guest = town.guest(BILLS)
    complain(town.at_statement(guest), "Brass shackle", "Invoiced twice")
    desk = at_desk(town, guest, javascript=javascript)
    desk.get_by_label("Accept all").check()
    desk.get_by_role("button", name="Show what this does").locator("visible=true").click()
    sees(desk, "A credit memo for $211.00 is written", "Nothing has changed yet.")
    expect(desk.get_by_label("Accept all")).to_be_checked()
    desk.get_by_role("button", name="Decide").click()
    sees(desk, "The dispute is accepted. $211.00 is credited.")


def test_what_is_shown_is_of_what_was_chosen_last(town: Town) -> None:
    guest = town.guest(BILLS)
    complain(town.at_statement(guest), "Brass shackle", "Invoiced twice")
    desk = at_desk(town, guest)
    late: list[Route] = []
    desk.route("**/decision/preview", lambda route: late.append(route) if len(late) < 2 else route.continue_())
    for choice in ("Accept all", "Reject", "Accept all"):
        with desk.expect_request("**/decision/preview"):
            desk.get_by_label(choice).check()
    expect(desk.locator("#decision-effect")).to_contain_text("A credit memo for $211.00 is written")


def test_the_queue_is_worked_by_keys(town: Town) -> None:
    page = town.walker()
    enter(page, town.house, "/admin/disputes")
    links = page.locator("#list tbody th a")
    page.keyboard.press("j")
    expect(links.nth(0)).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("j")
    page.keyboard.press("k")
    expect(links.nth(1)).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator(".row-tick").nth(1)).to_be_checked()
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys of this list")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    # In a field, keys are letters.
    page.get_by_label("Search").focus()
    page.keyboard.type("xjk?")
    expect(page.get_by_label("Search")).to_have_value("xjk?")
    page.get_by_label("Search").fill("")
    expect(page.locator(".row-tick:checked")).to_have_count(1)
    number = links.nth(1).inner_text()
    for place in (links.nth(1), page.locator(".row-tick").nth(1)):
        place.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", level=1)).to_contain_text(number)
        page.goto(f"{town.house.portal.url}/admin/disputes")


def test_rows_that_are_ticked_are_given_to_somebody(town: Town) -> None:
    page = town.walker()
    enter(page, town.house, "/admin/disputes?assignee=nobody")
    page.locator(".row-tick").first.check()
    page.get_by_role("button", name="Assign").click()
    expect(page.get_by_role("status").first).to_contain_text("1 dispute belongs to Robin Harbor now.")
    assert "assignee=nobody" in page.url


def test_the_desk_of_disputes_has_no_findings(town: Town) -> None:
    page = town.walker()
    enter(page, town.house, "/admin/disputes?state=all")
    found = list(findings(page, "the queue"))
    addresses = page.locator("#list tbody th a").evaluate_all("links => links.map(link => link.href)")
    for address in addresses[:4]:
        page.goto(address)
        if page.get_by_label("Accept all").count():
            page.get_by_label("Accept all").check()
            expect(page.locator("#decision-effect")).to_contain_text("Nothing has changed yet.")
            page.locator("#decision-effect summary").click()
            page.get_by_text("Offer a settlement").click()
        found += findings(page, address)
    assert found == []
