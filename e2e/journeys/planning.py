"""Plans in the town: the customer's own way to one by the pages, a quicker one for journeys about what comes later,
and the days that pass."""

import re
from datetime import date, timedelta

from playwright.sync_api import Page, expect

from e2e.journeys.steps import open_from_mailbox
from e2e.journeys.town import PATIENCE_S, Guest, Town
from e2e.mailbox.letters import ReceivedLetter
from e2e.sample import company, plan_steps
from e2e.sample.company import Bill, Line
from e2e.sample.plan_steps import Cut, Person
from portal.records import accounts, saved_methods
from portal.records import plans as records
from portal.records.plans import PlanRow
from portal.rules.dates import local_day

# 1,000.00, of it 200.00 at once and the others a fortnight apart: 266.67, 266.67 and 266.66.
BILLS = (Bill("INV-2092", 10, (Line("Mooring buoy, 18 in", 8, 10_000), Line("Stainless shackle", 20, 1_000))),)
IN_FOUR = Cut(20_000, 3, "fortnight", 14)


def today(town: Town) -> date:
    return local_day(town.house.clock.now(), company.POLICIES["time_zone"])


def wish(page: Page, town: Town, *, down: str, count: str, every: str = "fortnight") -> None:
    """From the statement to a plan whose dates and amounts are shown."""
    page.get_by_role("link", name="Need more time?").click()
    page.get_by_label("First amount, today").fill(down)
    page.get_by_label("Number of payments after it").fill(count)
    page.get_by_label("How often").select_option(every)
    page.get_by_label("First of these payments on").fill((today(town) + timedelta(days=14)).isoformat())
    page.get_by_role("button", name="Show the dates and amounts").click()


def confirm_browser(town: Town, guest: Guest, page: Page) -> None:
    """By the code from the mailbox."""
    page.get_by_role("button", name="Send me a code").click()
    expect(page.get_by_label("Code from the email")).to_be_visible()
    (code,) = re.findall(r"^([0-9]{6})$", town.letter(guest, "Your code for").text, re.MULTILINE)
    page.get_by_label("Code from the email").fill(code)
    page.get_by_role("button", name="Confirm this browser").click()


def read_and_sign(page: Page, means: str) -> None:
    """Below the terms: how it is paid, the ticks, a name, the button."""
    expect(page.get_by_role("heading", level=1)).to_contain_text("Agree to plan")
    page.wait_for_load_state()
    page.get_by_label(means).check()
    for tick in page.get_by_role("checkbox").all():
        tick.check()
    page.get_by_label("Your full name, as your signature").fill("Pat Payer")
    page.get_by_role("button", name="Agree to this plan").click()


def on_plan(town: Town, guest: Guest, *, saves: bool) -> Person:
    """The guest has agreed to such a plan and paid its first amount; with `saves` the others are charged."""
    resources = town.resources
    person = plan_steps.person(resources, town.world, town.house.clock, guest.customer, town.house.owner.staff_id)
    for step in (
        plan_steps.asks(IN_FOUR),
        plan_steps.accepts("Pat Payer"),
        plan_steps.pays_by_card(20_000, saves=saves),
    ):
        step(person)
    return person


def plan_of(town: Town, guest: Guest) -> PlanRow:
    """The newest."""
    with town.resources.reading() as session:
        return records.of_account(session, accounts.find(session, guest.customer.number)[0].id)[0]


def saved_at_stripe(town: Town, guest: Guest) -> str:
    """The stand-in's id of the card that the guest has saved."""
    with town.resources.reading() as session:
        account = accounts.find(session, guest.customer.number)[0]
        return saved_methods.of_account(session, account.id)[0].payment_method_id


def nth_letter(town: Town, guest: Guest, subject: str, number: int) -> ReceivedLetter:
    """Once so many letters to the guest have these words in their subject, the newest of them."""

    def wanted(letter: ReceivedLetter) -> bool:
        found = town.letters(guest, subject)
        return len(found) >= number and letter.number == found[0].number

    return town.mailbox.wait_for(wanted, seconds=PATIENCE_S)


def from_letter(town: Town, guest: Guest, subject: str, *, javascript: bool = True) -> Page:
    """The plan, opened from a letter about it in a browser that nobody has used before."""
    page = open_from_mailbox(town, town.walker(javascript=javascript), guest, subject)
    page.get_by_role("button", name=re.compile("^View")).click()
    return page


def states(page: Page, *expected: str) -> None:
    """What the plan's page says of each of its payments."""
    expect(page.get_by_role("table").get_by_role("row").locator(".chip")).to_have_text(list(expected))
