"""From the letter to the receipt: by card with and without JavaScript, and by bank debit that arrives or fails."""

import sqlite3
from contextlib import closing
from io import BytesIO

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from e2e.journeys.steps import (
    balance,
    box_of,
    choose,
    fill_bank,
    fill_card,
    go_to_stripe,
    open_from_mailbox,
    review,
    sees,
)
from e2e.journeys.town import Guest, Town


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "noscript"])
def test_from_the_letter_to_the_receipt(town: Town, javascript: bool) -> None:
    guest = town.guest(letter=True)
    mailbox = town.walker(javascript=javascript)
    page = open_from_mailbox(town, mailbox, guest, "Your statement")

    sees(page, f"For {guest.name}", "Your statement from Harbor Supply Co.", "$15,690.50", "$4,180.00 overdue")
    before = _facts(town)
    page.reload()
    assert _facts(town) == before
    assert page.context.cookies("http://127.0.0.1") == []

    page.get_by_role("button", name="View statement").click()
    balance(page, "$15,690.50")
    assert page.url.rpartition("/")[0] == f"{town.house.portal.url}/a"
    choose(page, "2066", "2071")
    if javascript:
        expect(page.get_by_role("button", name="Review and pay $9,025.80")).to_be_visible()
    review(page)
    sees(page, "−$93.00", "−$91.20", "−$184.20", "$9,025.80")
    expect(page.get_by_role("button", name="Pay $9,025.80")).to_be_visible()
    go_to_stripe(page, "card")
    assert page.url.startswith(town.house.stripe_url)
    sees(page, "$9,025.80", "2066", "2071")
    fill_card(page)

    sees(page, "Payment received", "$9,025.80", "A receipt is on its way to")
    page.get_by_role("link", name="View receipt").click()
    sees(page, "$9,025.80", "$4,557.00", "$4,468.80", guest.name)
    page.get_by_role("link", name="Back to statement").click()
    balance(page, "$6,480.50")
    expect(box_of(page, "2066")).to_have_count(0)
    _reads_the_receipt(town, mailbox, guest)


def test_a_bank_debit_is_pending_and_then_paid(town: Town) -> None:
    guest = town.guest()
    page = town.at_statement(guest)
    statement = page.url
    _pay_by_bank(page, "2066", "2071")
    sees(page, "Your bank payment is on its way", "$9,025.80")
    page.get_by_role("link", name="Back to statement").click()
    balance(page, "$15,690.50")
    sees(page, "Bank payment on its way", "$9,210.00", "Pending")
    expect(box_of(page, "2066")).to_have_count(0)
    assert "$9,025.80" in town.letter(guest, "is on its way").subject

    _move_clock(town, page, days=7)
    letter = town.letter(guest, "Receipt from")
    assert "$9,025.80" in letter.subject
    assert [each.media_type for each in letter.attachments] == ["application/pdf"]
    # A week later the visit has ended; the receipt's letter brings a new link.
    page.goto(statement)
    sees(page, "Get a link to your account")
    again = open_from_mailbox(town, town.walker(), guest, "Receipt from")
    again.get_by_role("button", name="View statement").click()
    balance(again, "$6,480.50")
    again.get_by_role("link", name="Payment history").click()
    sees(again, "-2066", "-2071", "$9,025.80", "Paid")


def test_a_bank_debit_that_fails_opens_the_invoices_again(town: Town) -> None:
    guest = town.guest()
    page = town.at_statement(guest)
    _pay_by_bank(page, "2058", number="000222222227")
    sees(page, "Your bank payment is on its way")
    _move_clock(town, page, days=7)
    page = open_from_mailbox(town, town.walker(), guest, "did not go through")
    page.get_by_role("button", name="View statement").click()
    balance(page, "$15,690.50")
    choose(page, "2058")
    review(page)
    expect(page.get_by_role("button", name="Pay $2,300.50")).to_be_visible()
    page.get_by_role("link", name="Change what you pay").click()
    page.get_by_role("link", name="Payment history").click()
    sees(page, "2058", "Not completed")
    assert town.letters(guest, "Receipt") == []


def _pay_by_bank(page: Page, *numbers: str, number: str = "000123456789") -> None:
    choose(page, *numbers)
    review(page)
    go_to_stripe(page, "bank")
    fill_bank(page, number)


def _move_clock(town: Town, page: Page, *, days: int) -> None:
    """By the button on the stand-in's dashboard."""
    desk = page.context.new_page()
    desk.goto(town.house.stripe_url)
    before = town.house.clock.now()
    desk.get_by_label("Move the clock").fill(str(days))
    desk.get_by_role("button", name="Move it").click()
    expect(desk.get_by_role("heading", name="Stripe stand-in")).to_be_visible()
    assert (town.house.clock.now() - before).days == days
    desk.close()


def _reads_the_receipt(town: Town, mailbox: Page, guest: Guest) -> None:
    letter = town.letter(guest, "Receipt from Harbor Supply Co.: $9,025.80 received")
    mailbox.goto(f"{town.mailbox.url}/letters/{letter.number}")
    shown = mailbox.frame_locator("iframe").locator("body")
    for text in ("$9,025.80", "$4,557.00", "$4,468.80", "after discount of $93.00", "Your balance is now $6,480.50."):
        expect(shown).to_contain_text(text)
    with mailbox.expect_download() as saved:
        mailbox.get_by_role("list", name="Attachments").get_by_role("link").click()
    text = "".join(each.extract_text() for each in PdfReader(BytesIO(saved.value.path().read_bytes())).pages)
    assert "$9,025.80" in text
    assert guest.name in text


def _facts(town: Town) -> tuple[int, ...]:
    """How many links, sessions and notes in the history there are."""
    path = town.house.portal.settings["database_url"].removeprefix("sqlite:///")
    with closing(sqlite3.connect(path)) as connection:
        return tuple(
            int(connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
            for table in ("links", "sessions", "grants", "history", "throttle")
        )
