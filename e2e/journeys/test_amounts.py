"""Paying a round sum, oldest first, and amounts that cannot be paid; on a phone."""

import pytest
from playwright.sync_api import Page, expect

from e2e.journeys.steps import balance, fill_card, go_to_stripe, sees
from e2e.journeys.town import Town


def test_a_round_sum_goes_to_what_is_due_first(town: Town) -> None:
    page = town.at_statement(town.guest(), width=390)
    _type(page, "$5,000")
    sees(page, "Where your payment goes", "$4,180.00", "$820.00", "$1,480.50 stays open")
    go_to_stripe(page, "card")
    fill_card(page)
    sees(page, "Payment received", "$5,000.00")
    page.get_by_role("link", name="Back to statement").click()
    balance(page, "$10,690.50")
    sees(page, "$1,480.50")


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "noscript"])
def test_a_bad_amount_stays_in_its_field(town: Town, javascript: bool) -> None:
    page = town.at_statement(town.guest(), javascript=javascript, width=390)
    for typed, sentence in (
        ("five hundred", "“five hundred” is not an amount. Write it like 1234.56."),
        ("10", "$25.00"),
        ("99,999", "$15,506.30 pays everything. Enter that or less."),
    ):
        _type(page, typed)
        summary = page.get_by_role("alert")
        expect(summary).to_contain_text("There is a problem")
        if javascript:
            expect(summary).to_be_focused()
        field = page.get_by_label("Amount")
        expect(field).to_have_value(typed)
        expect(field).to_have_attribute("aria-invalid", "true")
        summary.get_by_role("link", name=sentence).click()
        expect(field).to_be_focused()
        expect(page.locator("#amount-error")).to_contain_text(sentence)


def test_nothing_chosen_is_said_beside_the_invoices(town: Town) -> None:
    page = town.at_statement(town.guest(), width=390)
    for box in page.get_by_role("checkbox").all():
        box.uncheck()
    page.get_by_role("button", name="Review and pay").locator("visible=true").click()
    page.get_by_role("alert").get_by_role("link").click()
    expect(page.locator("#charge")).to_be_focused()


def _type(page: Page, amount: str) -> None:
    page.get_by_label("Amount").fill(amount)
    page.get_by_role("button", name="Review this amount").click()
