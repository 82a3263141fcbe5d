"""The admin's pages in a browser: no accessibility findings, lists that change in place and without scripts, a cheque
from the desk to the customer's statement."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import select

from e2e.journeys.desk import enter, search
from e2e.journeys.town import Guest, Town
from e2e.looks import findings
from e2e.sample import company
from portal.records.tables import accounts, charges, inbox, payments

LISTS = ("customers", "invoices", "payments", "credits", "notices", "letters", "events", "breaks", "history")


def test_lists_have_no_findings(town: Town) -> None:
    page = town.walker()
    enter(page, town.house)
    assert [finding for name in _walk(page, town, _lists()) for finding in findings(page, name)] == []


def test_pages_about_one_thing_have_no_findings(town: Town) -> None:
    page = town.walker()
    enter(page, town.house)
    assert [finding for name in _walk(page, town, _things(town)) for finding in findings(page, name)] == []


def test_forms_have_no_findings(town: Town) -> None:
    page = town.walker()
    enter(page, town.house)
    assert [finding for name in _walk(page, town, _forms(town)) for finding in findings(page, name)] == []


@pytest.mark.parametrize("javascript", [True, False])
def test_a_list_is_searched_and_turned_over(town: Town, javascript: bool) -> None:
    page = town.walker(javascript=javascript)
    enter(page, town.house, "/admin/invoices")
    search(page, "Lantern")
    expect(page.get_by_role("status")).to_contain_text(re.compile(r"1 to 50 of \d+ invoices"))
    page.get_by_role("link", name="Open", exact=True).click()
    expect(page.get_by_role("columnheader", name="Open")).to_have_attribute("aria-sort", "descending")
    page.get_by_role("link", name="Next").click()
    expect(page.get_by_text("Page 2 of 2")).to_be_visible()
    expect(page.get_by_label("Search")).to_have_value("Lantern")
    page.get_by_role("link", name="Show everything").click()
    expect(page.get_by_label("Search")).to_have_value("")


def test_a_filter_changes_the_list_and_nothing_else(town: Town) -> None:
    page = town.walker()
    enter(page, town.house, "/admin/invoices")
    page.evaluate("window.stayed = true")
    page.get_by_label("Status").focus()
    page.get_by_label("Status").select_option("overdue")
    expect(page).to_have_url(re.compile("status=overdue"))
    expect(page.locator(".rows .chip").first).to_have_text("Overdue")
    assert page.evaluate("window.stayed")
    expect(page.get_by_label("Status")).to_be_focused()
    page.go_back()
    expect(page).to_have_url(re.compile("/admin/invoices$"))


def test_whoever_was_logged_out_is_not_left_with_an_empty_list(town: Town) -> None:
    page = town.walker()
    enter(page, town.house, "/admin/invoices")
    page.context.clear_cookies()
    page.get_by_label("Status").select_option("overdue")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()


def test_a_list_goes_out_as_a_file(town: Town) -> None:
    page = town.walker()
    enter(page, town.house, "/admin/invoices?status=overdue")
    page.get_by_role("link", name="Export as CSV").click()
    with page.expect_download() as coming:
        page.get_by_role("button", name="Download the CSV").click()
    assert re.fullmatch(r"invoices-[\d-]+\.csv", coming.value.suggested_filename)


def test_a_cheque_is_recorded_and_the_customer_sees_it(town: Town) -> None:
    guest = town.guest()
    page = town.walker()
    enter(page, town.house, f"/admin/customers?search={guest.email}")
    page.get_by_role("link", name=guest.name).click()
    page.get_by_role("link", name="Record a payment").click()
    page.get_by_label("Cheque").check()
    page.get_by_label("Amount in USD").fill("4,180.00")
    page.get_by_label("Reference").fill("No. 1043")
    page.get_by_role("button", name="Record it").dblclick()
    expect(page.get_by_role("heading", name=re.compile("Payment R-"))).to_be_visible()
    expect(page.get_by_role("cell", name="No. 1043")).to_have_count(0)
    expect(page.get_by_text("No. 1043")).to_be_visible()
    statement = town.at_statement(guest)
    statement.goto(f"{statement.url.rstrip('/')}/payments")
    expect(statement.get_by_role("row").filter(has_text="$4,180.00")).to_have_count(1)


def _walk(page: Page, town: Town, paths: list[str]) -> Iterator[str]:
    for path in paths:
        answer = page.goto(f"{town.house.portal.url}{path}")
        assert answer is not None
        assert answer.status == 200, path
        yield path


def _lists() -> list[str]:
    return [
        "/admin",
        *(f"/admin/{name}" for name in LISTS),
        "/admin/invoices?search=nothing&from=never",
        "/admin/policy",
    ]


def _things(town: Town) -> list[str]:
    guest = _customer(town, town.guest())
    with town.resources.reading() as session:
        paid = session.execute(select(payments.c.public_id).order_by(payments.c.id)).scalars().all()
        event = session.execute(select(inbox.c.event_id)).scalars().first()
        late = session.execute(select(charges.c.public_id).where(charges.c.number == "INV-2053")).scalar_one()
        rich = session.execute(select(accounts.c.public_id).where(accounts.c.name == "Cobalt Charters")).scalar_one()
    return [
        *(f"/admin/payments/{each}" for each in (paid[0], *paid[-3:])),
        *(f"/admin/customers/{each}" for each in (guest, rich)),
        f"/admin/invoices/{late}",
        f"/admin/events/{event}",
        "/admin/policy/late_fee_kind",
    ]


def _forms(town: Town) -> list[str]:
    customer = f"/admin/customers/{_customer(town, town.guest())}"
    with town.resources.reading() as session:
        late = session.execute(select(charges.c.public_id).where(charges.c.number == "INV-2053")).scalar_one()
        by = select(payments.c.public_id).order_by(payments.c.id.desc())
        # Too large for what it was for, so that something of it can still be put on an invoice.
        whose = select(accounts.c.id).where(accounts.c.name == company.COBALT.name)
        cheques = by.where(payments.c.method == "cheque", payments.c.account_id.in_(whose))
        cheque = session.execute(cheques).scalars().first()
        card = session.execute(by.where(payments.c.method == "card")).scalars().first()
    return [
        *(f"{customer}/{form}" for form in ("contacts", "links", "payments")),
        *(f"/admin/payments/{cheque}/{form}" for form in ("allocation", "return", "refund")),
        f"/admin/payments/{card}/refund",
        f"/admin/invoices/{late}/write-off",
        *("/admin/invoices/export", "/admin/events/retry", "/admin/policy/seller_address/change"),
    ]


def _customer(town: Town, guest: Guest) -> str:
    with town.resources.reading() as session:
        found: str = session.execute(select(accounts.c.public_id).where(accounts.c.name == guest.name)).scalar_one()
    return found
