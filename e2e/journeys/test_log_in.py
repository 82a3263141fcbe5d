"""Staff log in, prove again that it is them, and log out; every page of that has no accessibility findings."""

import re
from collections.abc import Iterator
from urllib.parse import quote

from playwright.sync_api import Page, expect

from admin.access import accounts
from admin.access.totp import code_at
from e2e.journeys.desk import enter, log_in
from e2e.journeys.town import Town
from e2e.looks import findings

PASSWORD = "four words do not belong"


def test_the_owner_logs_in_with_a_code_and_out(town: Town) -> None:
    page = town.walker()
    log_in(page, town.house)
    expect(page.get_by_role("heading", name="Your account")).to_be_visible()
    page.get_by_role("main").get_by_role("button", name="Log out", exact=True).click()
    expect(page.get_by_text("You have logged out.")).to_be_visible()
    page.go_back()
    page.reload()
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()


def test_somebody_new_sets_up_their_phone_without_scripts(town: Town) -> None:
    page = town.walker(javascript=False)
    _begin(town, page, "new@harborsupply.example")
    expect(page.get_by_role("img", name="QR code")).to_be_visible()
    page.get_by_label("Enter the code").fill(_first_code(town, page))
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    expect(page.locator(".codes li")).to_have_count(10)
    page.get_by_role("link", name="I have written them down").click()
    expect(page.get_by_text("Robin New, new@harborsupply.example")).to_be_visible()


def test_after_five_minutes_what_is_grave_asks_for_the_second_factor(town: Town) -> None:
    page = town.walker()
    enter(page, town.house, "/admin/account")
    town.house.clock.move(minutes=6)
    page.get_by_role("link", name="Make new recovery codes").click()
    expect(page.get_by_role("heading", name="Confirm that it is you")).to_be_visible()
    page.get_by_label("Code from your app").fill(town.house.owner.code(town.house.clock.now()))
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_role("heading", name="Make new recovery codes")).to_be_visible()


def test_a_link_from_another_site_needs_one_click_more(town: Town) -> None:
    """The cookie is strict: a browser sends it with nothing that another site began."""
    page = town.walker()
    enter(page, town.house, "/admin/account")
    page.goto(town.mailbox.url)
    page.evaluate("href => location.assign(href)", f"{town.house.portal.url}/admin/history?who=cli")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    page.get_by_role("link", name="Go to the page").click()
    expect(page.get_by_role("heading", name="History")).to_be_visible()
    assert page.url.endswith("/admin/history?who=cli")


def test_the_phone_shows_the_code_that_logs_in(town: Town) -> None:
    page = town.walker()
    before = town.house.owner.code(town.house.clock.now())
    page.goto(f"{town.mailbox.url}/phone")
    shown = page.locator("#code").inner_text()
    assert shown in (before, town.house.owner.code(town.house.clock.now()))


def test_pages_of_access_have_no_findings(town: Town) -> None:
    page = town.walker()
    assert [finding for name in _pages(town, page) for finding in findings(page, name)] == []


def _pages(town: Town, page: Page) -> Iterator[str]:
    url = town.house.portal.url
    page.goto(f"{url}/admin/account")
    yield "the log-in"
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("alert")).to_be_visible()
    yield "a wrong password"
    _begin(town, page, "other@harborsupply.example")
    yield "setting up the app"
    page.get_by_label("Enter the code").fill(_first_code(town, page))
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Your recovery codes")).to_be_visible()
    yield "recovery codes"
    page.goto(f"{url}/admin/staff")
    yield "a role too low"
    enter(page, town.house, "/admin/account")
    yield "the account"
    page.goto(f"{url}/admin/confirm?next={quote('/admin/account')}&again=1")
    page.get_by_text("I do not have my app here").click()
    yield "confirming"
    for address in ("account/password", "account/passkeys", "account/codes-app", "staff", "history"):
        page.goto(f"{url}/admin/{address}")
        yield address
    page.goto(f"{url}/admin/staff")
    page.get_by_role("link", name="Robin New").first.click()
    yield "one of the staff"
    page.get_by_role("link", name="Remove").click()
    yield "before somebody is removed"


def _begin(town: Town, page: Page, email: str) -> None:
    """Add somebody new, who logs in with their password for the first time."""
    resources, now = town.resources, town.house.clock.now()
    accounts.add(resources, email=email, name="Robin New", role="collector", password=PASSWORD, actor="sample", now=now)
    page.goto(f"{town.house.portal.url}/admin/account")
    page.get_by_label("Email address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("heading", name="Set up your second factor")).to_be_visible()


def _first_code(town: Town, page: Page) -> str:
    plain = re.sub(r"\s", "", page.locator("code.secret").inner_text())
    return code_at(plain, town.house.clock.now())
