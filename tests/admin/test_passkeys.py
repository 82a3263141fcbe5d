"""Passkeys, made and used by a real browser with a device that is not there, at a portal that has a name."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Browser, CDPSession, Page, Request, expect
from sqlalchemy import update
from starlette.applications import Starlette

from admin.web.cookies import STAFF
from e2e.serving import serve
from portal.records import Database, second_factors
from portal.records.staff import StaffRow
from portal.records.tables import passkeys
from tests.admin.logging_in import acts, give_password
from tests.support.clock import MovableClock
from tests.support.site import Site
from tests.support.staff import PASSWORD, Office

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Desk:
    """A browser with a device, the portal at localhost, and the answers that the device gave."""

    def __init__(self, office: Office, url: str, page: Page) -> None:
        self.office = office
        self.url = url
        self.page = page
        self.owner = office.add("owner")
        self.answers: list[str] = []
        page.on("request", self._keep)
        self.device: CDPSession = page.context.new_cdp_session(page)
        self.device.send("WebAuthn.enable")
        self.device_id: str = self.device.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})[
            "authenticatorId"
        ]

    def become(self, who: StaffRow) -> None:
        """Log in without the forms."""
        [secret] = self.office.desk_of(who).cookies.values()
        name = STAFF.name(self.office.resources.settings)
        self.page.context.clear_cookies()
        self.page.context.add_cookies([{"name": name, "value": secret, "url": self.url}])

    def add_passkey(self, name: str = "My laptop") -> None:
        self.page.goto(f"{self.url}/admin/account/passkeys")
        self.page.get_by_label("What do you call it?").fill(name)
        self.page.get_by_role("button", name="Make a passkey").click()
        expect(self.page.get_by_role("heading", name="Your account")).to_be_visible()

    def begin_to_log_in(self) -> None:
        self.page.context.clear_cookies()
        self.page.goto(f"{self.url}/admin/account")
        self.page.get_by_label("Email address").fill(self.owner.email)
        self.page.get_by_label("Password").fill(PASSWORD)
        self.page.get_by_role("button", name="Go on").click()

    def use_passkey(self) -> None:
        self.page.get_by_role("button", name="Use a passkey").click()

    def is_in(self) -> bool:
        self.page.goto(f"{self.url}/admin/account")
        return self.page.url == f"{self.url}/admin/account"

    def _keep(self, request: Request) -> None:
        if request.method == "POST" and (given := parse_qs(request.post_data or "").get("passkey")):
            self.answers += given


@pytest.fixture
def desk(sqlite_database: Database, clock: MovableClock, chromium: Browser) -> Iterator[Desk]:
    with _at_localhost(sqlite_database, clock) as (office, url):
        context = chromium.new_context()
        yield Desk(office, url, context.new_page())
        context.close()


def test_a_passkey_is_made_and_logs_in(desk: Desk) -> None:
    desk.become(desk.owner)
    desk.add_passkey()
    expect(desk.page.get_by_role("link", name="Remove My laptop")).to_be_visible()
    desk.begin_to_log_in()
    desk.use_passkey()
    expect(desk.page.get_by_role("heading", name="Your account")).to_be_visible()
    expect(desk.page.get_by_text(re.compile("used March 2, 2026"))).to_be_visible()
    assert acts(desk.office)[-1] == "staff.logged_in"


def test_an_answer_is_good_for_one_challenge(desk: Desk) -> None:
    desk.become(desk.owner)
    desk.add_passkey()
    desk.begin_to_log_in()
    desk.use_passkey()
    expect(desk.page.get_by_role("heading", name="Your account")).to_be_visible()
    replayed = desk.answers[-1]
    browser = desk.office.browser()
    give_password(browser, desk.owner)
    # Without a challenge, and with another one.
    assert browser.post("/admin/second-factor", data={"passkey": replayed}).status_code == 422
    options = browser.post("/admin/passkey-challenge", data={"kind": "get"}).json()
    assert options["userVerification"] == "required"
    assert browser.post("/admin/second-factor", data={"passkey": replayed}).status_code == 422
    assert acts(desk.office)[-1] == "staff.second_factor_refused"


def test_a_device_that_does_not_know_who_holds_it_logs_nobody_in(desk: Desk) -> None:
    desk.become(desk.owner)
    desk.add_passkey()
    desk.device.send("WebAuthn.setUserVerified", {"authenticatorId": desk.device_id, "isUserVerified": False})
    desk.begin_to_log_in()
    desk.use_passkey()
    expect(desk.page.get_by_text("The passkey was not used.")).to_be_visible()
    assert not desk.is_in()


def test_a_copy_that_counts_less_than_we_have_seen_is_refused(desk: Desk) -> None:
    desk.become(desk.owner)
    desk.add_passkey()
    with desk.office.resources.writing() as session:
        session.execute(update(passkeys).values(sign_count=1000))
    desk.begin_to_log_in()
    desk.use_passkey()
    expect(desk.page.get_by_text("The passkey did not work.").first).to_be_visible()
    assert not desk.is_in()


def test_a_passkey_of_somebody_else_logs_nobody_in(desk: Desk) -> None:
    kim = desk.office.add("collector", name="kim")
    desk.become(kim)
    desk.add_passkey("Kim's")
    with desk.office.resources.reading() as session:
        known = second_factors.passkeys_of(session, kim.id)
    browser = desk.office.browser()
    give_password(browser, desk.owner)
    options = browser.post("/admin/passkey-challenge").json()
    assert options["allowCredentials"] == []
    assert len(known) == 1
    assert browser.post("/admin/second-factor", data={"passkey": desk.answers[-1]}).status_code == 422


def test_a_removed_passkey_logs_nobody_in_and_codes_go_on_working(desk: Desk) -> None:
    desk.become(desk.owner)
    desk.add_passkey()
    desk.page.get_by_role("link", name="Remove My laptop").click()
    desk.page.get_by_role("button", name="Remove it").click()
    expect(desk.page.get_by_text("My laptop")).to_have_count(0)
    desk.begin_to_log_in()
    expect(desk.page.get_by_role("button", name="Use a passkey")).to_have_count(0)
    desk.page.get_by_label("Code from your app").fill(desk.office.code(desk.owner))
    desk.page.get_by_role("button", name="Log in").click()
    expect(desk.page.get_by_role("heading", name="Your account")).to_be_visible()


def test_a_challenge_for_a_new_passkey_asks_for_the_second_factor_first(sqlite_office: Office) -> None:
    browser = sqlite_office.browser()
    assert browser.post("/admin/passkey-challenge", data={"kind": "new"}).status_code == 404


@pytest.mark.parametrize("answer", ["", "{}", "[]", "null", '{"id": 1}', "{" * 1000, '{"id":"a","rawId":"a"}'])
def test_answers_that_are_none_are_refused(desk: Desk, answer: str) -> None:
    browser = desk.office.desk_of(desk.owner)
    assert browser.post("/admin/passkey-challenge", data={"kind": "new"}).status_code == 200
    form: dict[str, Any] = {"name": "X", "passkey": answer}
    assert browser.post("/admin/account/passkeys", data=form).status_code == 422


@contextmanager
def _at_localhost(database: Database, clock: MovableClock) -> Iterator[tuple[Office, str]]:
    """The site at a name: its own address must be known before it can be opened."""
    opened: list[Starlette] = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        await opened[0](scope, receive, send)

    with serve(app, host="localhost") as serving:
        office = Office(Site(database, clock, base_url=serving.url).resources, clock)
        opened.append(office.app)
        yield office, serving.url
