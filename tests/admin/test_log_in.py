"""Logging in: the password, what the browser holds meanwhile, and where it leads."""

import pytest
from sqlalchemy import select

from admin.access import passwords
from portal.records import Database, staff
from portal.records.tables import staff_sessions
from tests.admin.logging_in import (
    LOG_IN,
    SECOND,
    acts,
    give_code,
    give_password,
    secret_of,
    stored_hash,
    with_secret,
)
from tests.support.clock import MovableClock
from tests.support.site import Site
from tests.support.staff import PASSWORD, Office


def test_password_and_code_open_the_page_that_was_wanted(office: Office) -> None:
    owner, browser = office.add("owner"), office.browser()
    asked = browser.get("/admin/account?from=mail")
    assert asked.headers["location"] == f"{LOG_IN}?next=/admin/account%3Ffrom%3Dmail"
    assert 'value="/admin/account?from=mail"' in browser.get(asked.headers["location"]).text
    answer = give_password(browser, owner, wanted="/admin/account?from=mail")
    assert answer.headers["location"] == f"{SECOND}?next=/admin/account%3Ffrom%3Dmail"
    assert browser.get(answer.headers["location"]).status_code == 200
    answer = give_code(browser, office.code(owner), wanted="/admin/account?from=mail")
    assert answer.headers["location"] == "/admin/account?from=mail"
    assert browser.get("/admin/account").status_code == 200
    assert acts(office) == ["staff.logged_in"]


def test_an_unknown_address_and_a_wrong_password_get_the_same_answer(office: Office) -> None:
    owner, browser = office.add("owner"), office.browser()
    wrong = browser.post(LOG_IN, data={"email": owner.email, "password": "not this one at all"})
    unknown = browser.post(LOG_IN, data={"email": "owner@harborsupply.exampel", "password": "not this one at all"})
    assert wrong.status_code == unknown.status_code == 422
    assert wrong.text == unknown.text.replace("exampel", "example")
    assert "set-cookie" not in wrong.headers
    assert acts(office) == ["staff.password_refused"] * 2


def test_a_removed_account_is_as_good_as_none(office: Office) -> None:
    kim = office.add("collector", name="kim")
    with office.resources.writing() as session:
        staff.remove(session, kim.id, now=office.clock.now())
    assert give_password(office.browser(), kim).status_code == 422


def test_bad_input_is_an_answer(sqlite_office: Office) -> None:
    browser = sqlite_office.browser()
    for form in ({}, {"email": "x" * 9000, "password": "y" * 9000}, {"email": "\ud7ff\u0301"}, {"password": "only"}):
        assert browser.post(LOG_IN, data=form).status_code == 422
    assert browser.post(LOG_IN, data={"email": "a\0b", "password": "x"}).status_code == 400
    assert browser.post(SECOND, data={"code": "123456"}).headers["location"].startswith(LOG_IN)
    give_password(browser, sqlite_office.add("owner"))
    for form in (
        {},
        {"code": "12345"},
        {"code": "١٢٣٤٥٦"},
        {"recovery_code": "A" * 500},
        {"passkey": "{"},
    ):
        assert browser.post(SECOND, data=form).status_code == 422


def test_every_step_gives_another_secret_and_never_takes_one_that_was_brought(office: Office) -> None:
    owner, browser = office.add("owner"), office.browser()
    browser.cookies.set("admin_session", "planted")
    give_password(browser, owner)
    half = secret_of(office, browser)
    give_code(browser, office.code(owner))
    full = secret_of(office, browser)
    office.clock.move(minutes=6)
    browser.post("/admin/confirm", data={"code": office.code(owner)})
    confirmed = secret_of(office, browser)
    assert len({"planted", half, full, confirmed}) == 4
    for old in ("planted", half, full):
        assert with_secret(office, old).get("/admin/account").status_code == 303
    assert browser.get("/admin/account").status_code == 200


def test_only_the_hash_of_a_secret_is_stored(sqlite_office: Office) -> None:
    owner, browser = sqlite_office.add("owner"), sqlite_office.browser()
    give_password(browser, owner)
    give_code(browser, sqlite_office.code(owner))
    with sqlite_office.resources.reading() as session:
        rows = session.execute(select(staff_sessions)).all()
    assert secret_of(sqlite_office, browser).encode() not in str(rows).encode()


def test_the_cookie_is_strict_and_closed_to_scripts(sqlite_database: Database, clock: MovableClock) -> None:
    office = Office(Site(sqlite_database, clock, base_url="https://pay.harborsupply.example").resources, clock)
    answer = give_password(office.browser(), office.add("owner"))
    cookie = answer.headers["set-cookie"].lower()
    assert cookie.startswith("__host-admin=")
    for word in ("httponly", "secure", "samesite=strict", "path=/"):
        assert word in cookie
    assert "domain" not in cookie


def test_a_half_open_session_ends_after_ten_minutes_and_an_open_one_after_twelve_hours(sqlite_office: Office) -> None:
    office, owner = sqlite_office, sqlite_office.add("owner")
    browser = office.browser()
    give_password(browser, owner)
    office.clock.move(minutes=10)
    assert give_code(browser, office.code(owner)).headers["location"].startswith(LOG_IN)
    give_password(browser, owner)
    give_code(browser, office.code(owner))
    office.clock.move(hours=11)
    # Confirming does not make the session longer.
    assert browser.post("/admin/confirm", data={"code": office.code(owner)}).status_code == 303
    assert browser.get("/admin/account").status_code == 200
    office.clock.move(hours=1)
    assert browser.get("/admin/account").status_code == 303


def test_after_logging_out_a_copied_cookie_opens_nothing(office: Office) -> None:
    browser = office.desk_of("owner")
    copy = secret_of(office, browser)
    answer = browser.post("/admin/log-out")
    assert 'admin_session=""' in answer.headers["set-cookie"]
    assert with_secret(office, copy).get("/admin/account").status_code == 303


def test_logging_in_again_ends_the_session_that_the_browser_had(office: Office) -> None:
    owner = office.add("owner")
    browser = office.desk_of(owner)
    before = secret_of(office, browser)
    give_password(browser, owner)
    assert with_secret(office, before).get("/admin/account").status_code == 303


def test_an_outdated_hash_is_made_anew_at_the_next_log_in(
    sqlite_office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = sqlite_office.add("owner")
    monkeypatch.setattr(passwords, "is_outdated", lambda stored: True)
    before = stored_hash(sqlite_office, owner)
    give_password(sqlite_office.browser(), owner)
    assert stored_hash(sqlite_office, owner) != before
    assert give_password(sqlite_office.browser(), owner).status_code == 303


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example", "\\\\evil", "/a/1", "https://evil.example/admin", "/admin/../a", "/admin%0d%0aX: y", "/adminx"],
)
def test_nobody_is_sent_anywhere_else(sqlite_office: Office, wanted: str) -> None:
    owner, browser = sqlite_office.add("owner"), sqlite_office.browser()
    give_password(browser, owner, wanted=wanted)
    assert give_code(browser, sqlite_office.code(owner), wanted=wanted).headers["location"] == "/admin"


def test_confirming_leads_to_the_form_and_says_that_it_must_be_filled_in_again(office: Office) -> None:
    owner = office.add("owner")
    desk = office.desk_of(owner)
    office.clock.move(minutes=6)
    answer = desk.get("/admin/account/password")
    assert answer.headers["location"] == "/admin/confirm?next=/admin/account/password"
    assert "fill in the form again" not in desk.get(answer.headers["location"]).text
    answer = desk.post("/admin/account/password", data={"old": PASSWORD})
    assert "fill in the form again" in desk.get(answer.headers["location"]).text
    form = {"code": office.code(owner), "next": "/admin/account/password"}
    assert desk.post("/admin/confirm", data=form).headers["location"] == "/admin/account/password"
    assert desk.get("/admin/account/password").status_code == 200
    assert acts(office)[-1] == "staff.confirmed"
