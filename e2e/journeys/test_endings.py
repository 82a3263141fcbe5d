"""What comes back after a payment: a bank's return, a refund, a credit; and what was sent another way."""

from datetime import timedelta

from playwright.sync_api import expect

from e2e.journeys.steps import (
    balance,
    choose,
    fill_bank,
    fill_card,
    go_to_stripe,
    open_from_mailbox,
    review,
    sees,
)
from e2e.journeys.town import Guest, Town
from portal.actions import manual_payments, policies
from portal.actions.manual_payments import Recorded
from portal.records import accounts


def test_a_bank_takes_a_debit_back_and_it_is_paid_again_with_its_discount(town: Town) -> None:
    guest = town.guest()
    page = town.at_statement(guest)
    choose(page, "2066")
    review(page)
    go_to_stripe(page, "bank")
    fill_bank(page)
    sees(page, "Your bank payment is on its way")
    intent = newest(town)
    town.world.settle_bank(intent)
    town.letter(guest, "Receipt from")
    town.world.dispute(intent, "insufficient_funds")

    again = open_from_mailbox(town, town.walker(width=390, dark=True), guest, "came back")
    again.get_by_role("button", name="View statement").click()
    balance(again, "$15,690.50")
    sees(again, "save $93.00")
    choose(again, "2066")
    review(again)
    go_to_stripe(again, "card")
    fill_card(again)
    sees(again, "$4,557.00")
    again.get_by_role("link", name="statement").first.click()
    balance(again, "$11,040.50")
    again.get_by_role("link", name="Payment history").click()
    sees(again, "Returned by the bank", "−$4,557.00", "Paid")


def test_a_refund_is_told_and_explained(town: Town) -> None:
    guest = town.guest()
    page = town.at_statement(guest, javascript=False)
    choose(page, "2058")
    review(page)
    go_to_stripe(page, "card")
    fill_card(page)
    sees(page, "$2,300.50")
    town.letter(guest, "Receipt from")
    town.world.refund(newest(town), 50_050)
    assert "$500.50" in town.letter(guest, "back").subject
    page.get_by_role("link", name="statement").first.click()
    page.reload()
    balance(page, "$13,890.50")
    page.get_by_role("link", name="See how your balance came about").click()
    sees(page, "Refund of payment", "$500.50", "$13,890.50")


def test_a_credit_is_kept_asked_back_and_used_first(town: Town) -> None:
    guest = town.guest()
    give_credit(town, guest, 50_000)
    page = town.at_statement(guest)
    sees(page, "Your credit of $500.00 is kept for you")
    page.get_by_role("button", name="Ask for my credit back").click()
    sees(page, "Until it is paid back it stays your credit.")
    page.get_by_role("button", name="Keep my credit instead").click()
    expect(page.get_by_role("button", name="Ask for my credit back")).to_be_visible()
    choose(page, "2058")
    review(page)
    sees(page, "Your credit", "−$500.00")
    page.get_by_role("link", name="Keep my credit for later").click()
    expect(page.get_by_role("button", name="Pay $2,300.50")).to_be_visible()
    page.get_by_role("link", name="Use my credit first").click()
    expect(page.get_by_role("button", name="Pay $1,800.50")).to_be_visible()
    go_to_stripe(page, "card")
    fill_card(page)
    sees(page, "$1,800.50")
    page.get_by_role("link", name="statement").first.click()
    balance(page, "$13,390.00")


def test_what_was_sent_another_way_is_told_and_changes_nothing(town: Town) -> None:
    guest = town.guest()
    page = town.at_statement(guest, javascript=False, width=390)
    page.get_by_role("link", name="Tell us").click()
    page.get_by_role("button", name="Tell Harbor Supply Co.").click()
    sees(page, "There is a problem")
    page.get_by_label("Cheque").check()
    page.get_by_label("Amount").fill("500.00")
    yesterday = town.house.clock.now().date() - timedelta(days=1)
    page.get_by_label("Day you sent it").fill(yesterday.isoformat())
    page.get_by_label("Reference").fill("1187")
    page.get_by_role("button", name="Tell Harbor Supply Co.").click()
    sees(page, "You told us", "$500.00", "1187")
    balance(page, "$15,690.50")


def newest(town: Town) -> str:
    """The payment intent that was made last."""
    return str(town.world.all("payment_intent")[-1]["id"])


def give_credit(town: Town, guest: Guest, cents: int) -> None:
    """A cheque for no invoice in particular."""
    now = town.house.clock.now()
    with town.resources.writing() as session:
        policy = policies.load(session, now=now)
        account = accounts.find(session, guest.email)[0]
        cheque = Recorded("cheque", cents, policy.today, policy.today, guest.name, charge_ids=())
        manual_payments.record(session, account, cheque, policy=policy, now=now, actor="owner")
