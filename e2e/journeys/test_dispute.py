"""A short delivery on one of five lines, with a photo: disputed in a browser, the rest paid with its discount, and the
remainder with the clock that stood still; with JavaScript and without. And the pages of disputes, looked at."""

import re

import pytest
from playwright.sync_api import FilePayload, Page, Route, expect

from e2e.journeys.desk import enter
from e2e.journeys.steps import fill_card, go_to_stripe, open_from_mailbox, sees
from e2e.journeys.town import Guest, Town, open_link
from e2e.looks import findings
from e2e.sample.company import EARLY, Bill, Line
from portal.actions import dispute_decisions, policies
from portal.actions.dispute_steps import Speaker
from portal.records import accounts, disputes
from portal.records.disputes import DisputeRow
from portal.rules.resolutions import by_amount
from tests.support.pictures import flag, saved

# Issued four days ago: 920.00 and their tax of 5.5%.
LINES = (
    Line("Rope, 12 mm", 10, 4_000),
    Line("Shackle, 1/2 in", 10, 2_000),
    Line("Fender, white", 4, 5_000),
    Line("Boat hook", 2, 4_000),
    Line("Dock line", 8, 500),
)
BILLS = (Bill("INV-2091", 4, LINES, EARLY, taxed=True),)
PHOTO: FilePayload = {"name": "two boxes.jpg", "mimeType": "image/jpeg", "buffer": saved(flag())}
OWNER = Speaker("staff:1")
# "Send only" beside a button that goes on to pay the rest, which is there once the figures are.
SEND = re.compile("^Send( only)?$")


def fill_in(page: Page, *, javascript: bool) -> None:
    """From the statement to a form that says that eight of ten shackles came, and shows it in a photo."""
    page.get_by_role("link", name=re.compile("-2091$")).first.click()
    page.get_by_role("link", name="Something wrong? Shackle, 1/2 in").click()
    expect(page.get_by_role("checkbox", name=re.compile("Shackle"))).to_be_checked()
    page.get_by_label("What is wrong? Shackle, 1/2 in").select_option(label="Short delivery")
    figure = page.locator("#figure-2")
    if javascript:
        expect(page.get_by_label("How many arrived?").locator("visible=true")).to_have_count(1)
        expect(page.locator("#figure-1")).to_be_hidden()
    else:
        expect(page.locator("#figure-2-hint")).to_contain_text("How many of the 10 arrived")
    figure.fill("8")
    page.get_by_label("What happened?").fill("Two of the boxes were empty.")
    page.get_by_label("Photos or PDFs").set_input_files(PHOTO)


def the_dispute(town: Town, guest: Guest) -> DisputeRow:
    with town.resources.reading() as session:
        (account,) = [each for each in accounts.all_accounts(session) if each.name == guest.name]
        (found,) = disputes.of_account(session, account.id)
    return found


def decide(town: Town, guest: Guest, net_cents: int, words: str) -> None:
    """The owner approves so much of the one line, before tax."""
    found = the_dispute(town, guest)
    now = town.house.clock.now()
    with town.resources.writing() as session:
        (line,) = dispute_decisions.disputed_lines(session, found.id)
        loaded = dispute_decisions.load_for(session, found.public_id, version=found.version)
        approved = [by_amount(line, net_cents, currency="usd")]
        policy = policies.load(session, now=now)
        dispute_decisions.decide(session, loaded, approved, words, OWNER, policy=policy, now=now)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_short_delivery_is_disputed_and_the_rest_paid(town: Town, javascript: bool) -> None:
    guest = town.guest(BILLS)
    page = town.at_statement(guest, javascript=javascript)
    statement = page.url
    fill_in(page, javascript=javascript)
    if not javascript:
        page.get_by_role("button", name="Work it out").locator("visible=true").click()
        sees(page, "two boxes.jpg")
    # Two shackles are 40.00 and 2.20 of tax; 2% of the other 880.00 is 17.60.
    sees(page, "$42.20", "$928.40", "−$17.60")
    page.get_by_role("button", name="Send, and pay the rest ($910.80)").click()
    expect(page.get_by_role("heading", name="Check and pay")).to_be_visible()
    sees(page, "$42.20 is disputed and not included", "$910.80")
    go_to_stripe(page, "card")
    fill_card(page)
    sees(page, "$910.80")
    page.goto(statement)
    page.get_by_role("link", name="See your disputes").click()
    page.get_by_role("link", name=the_dispute(town, guest).number).click()
    sees(page, "Short delivery, 2 of 10", "Two of the boxes were empty.", "two boxes.jpg", "6 days left")
    picture = page.locator(".evidence img")
    expect(picture).to_be_visible()
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 40
    town.house.clock.move(days=20)
    decide(town, guest, 2_000, "One box was empty when it left us.")
    dispute = page.url
    open_link(page, guest.link)
    page.goto(dispute)
    # Half of it is credited; of the other 20.00 the 2% still stand.
    sees(page, "Partly accepted", "$21.10, of which $1.10 is tax", "$0.40 off if you start the payment by")
    page.get_by_role("link", name="Review and pay $20.70").click()
    go_to_stripe(page, "card")
    fill_card(page)
    sees(page, "$20.70")


def test_a_form_with_something_wrong_loses_no_photo(town: Town) -> None:
    guest = town.guest(BILLS)
    page = town.at_statement(guest)
    fill_in(page, javascript=True)
    page.locator("#figure-2").fill("12")
    page.get_by_role("button", name=SEND).click()
    expect(page.get_by_role("alert")).to_contain_text("There is a problem")
    page.get_by_role("link", name="Only 10 were invoiced.").click()
    expect(page.locator("#figure-2")).to_be_focused()
    page.locator("#figure-2").fill("8")
    expect(page.get_by_role("button", name="Send, and pay the rest ($910.80)")).to_be_visible()
    page.get_by_role("button", name="Send only").click()
    sees(page, "We have your dispute.", "two boxes.jpg", "Two of the boxes were empty.", "It is our turn: we answer by")


def test_what_is_chosen_before_the_script_has_come_has_its_figures(town: Town) -> None:
    page = town.at_statement(town.guest(BILLS))
    held: list[Route] = []
    page.route("**/disputes.js", lambda route: held.append(route))
    page.get_by_role("link", name=re.compile("-2091$")).first.click()
    page.get_by_role("link", name="Something wrong? Shackle, 1/2 in").click()
    page.get_by_label("What is wrong? Shackle, 1/2 in").select_option(label="Invoiced twice")
    expect(page.get_by_role("button", name="Work it out").locator("visible=true")).to_have_count(1)
    (script,) = held
    script.continue_()
    expect(page.get_by_role("button", name="Send, and pay the rest")).to_be_visible()
    sees(page, "$211.00")


def test_the_pages_of_disputes_have_no_findings(town: Town) -> None:
    guest = town.guest(BILLS)
    page = town.at_statement(guest)
    statement = page.url
    fill_in(page, javascript=True)
    sees(page, "$42.20")
    found = list(findings(page, "the form"))
    page.locator("#figure-2").fill("12")
    page.get_by_role("button", name=SEND).click()
    expect(page.get_by_role("alert")).to_be_visible()
    found += findings(page, "the form with an error")
    page.locator("#figure-2").fill("8")
    page.get_by_role("button", name="Send only").click()
    sees(page, "We have your dispute.")
    dispute = page.url
    found += findings(page, "a new dispute")
    page.goto(f"{statement}/disputes")
    found += findings(page, "the list of disputes")
    page.goto(statement)
    found += findings(page, "the statement with a dispute")
    page.get_by_role("link", name=re.compile("-2091$")).first.click()
    expect(page.get_by_role("heading", name="What it is for")).to_be_visible()
    found += findings(page, "the invoice with a dispute")
    page.goto(f"{statement}/pay?charge={page.url.rpartition('/')[2]}")
    found += findings(page, "check and pay with a dispute")
    decide(town, guest, 2_000, "One box was empty when it left us.")
    page.goto(dispute)
    page.get_by_text("Ask us to look at it again").click()
    found += findings(page, "a decided dispute")
    assert found == []


def test_a_question_is_answered_with_a_photo_and_the_dispute_taken_back(town: Town) -> None:
    guest = town.guest(BILLS)
    page = town.at_statement(guest, javascript=False)
    fill_in(page, javascript=False)
    page.get_by_role("button", name=SEND).click()
    sees(page, "We have your dispute.")
    desk = town.walker()
    enter(desk, town.house, f"/admin/disputes/{page.url.rpartition('/')[2].partition('?')[0]}")
    desk.get_by_text("Ask the customer").click()
    desk.get_by_label("What you need to know").fill("Can we see the inside of the box?")
    desk.get_by_role("button", name="Ask", exact=True).click()
    sees(desk, "The customer is asked, and it is their turn.")
    page = open_from_mailbox(town, town.walker(javascript=False), guest, "A question about your dispute")
    page.get_by_role("button", name="View dispute").click()
    sees(page, "It is your turn: please answer by", "Can we see the inside of the box?")
    page.get_by_role("button", name="Send message").click()
    sees(page, "There is a problem", "Write a message, or add a photo or a PDF.")
    page.get_by_label("Photos or PDFs").set_input_files({**PHOTO, "name": "inside.jpg"})
    page.get_by_role("button", name="Send message").click()
    sees(page, "It is our turn: we answer by", "inside.jpg")
    page.get_by_text("Take the dispute back").click()
    page.get_by_role("button", name="Take it back").click()
    sees(page, "You have taken it back.", "Review and pay $952.20")


def test_disputing_takes_no_mouse(town: Town) -> None:
    page = town.at_statement(town.guest(BILLS))
    page.get_by_role("link", name=re.compile("-2091$")).first.click()
    page.get_by_role("link", name="Something wrong? Boat hook").click()
    tick = page.get_by_role("checkbox", name=re.compile("Boat hook"))
    tick.focus()
    page.keyboard.press("Tab")
    expect(page.get_by_label("What is wrong? Boat hook")).to_be_focused()
    page.keyboard.type("Dam")
    page.keyboard.press("Tab")
    expect(page.get_by_label("How many are damaged?")).to_be_focused()
    page.keyboard.type("3")
    # Enter works the figures out, or says what is wrong; it does not send.
    page.keyboard.press("Enter")
    sees(page, "There is a problem", "Only 2 were invoiced.")
    page.get_by_label("How many are damaged?").fill("1")
    page.keyboard.press("Enter")
    expect(page.locator("[data-figures-shown]")).to_contain_text("$42.20")
    expect(page.get_by_role("heading", level=1)).to_contain_text("What is wrong with invoice")
    page.get_by_role("button", name="Send only").focus()
    page.keyboard.press("Enter")
    sees(page, "We have your dispute.", "$42.20")
