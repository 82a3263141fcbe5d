"""One's own account: sessions that can be ended, another password, another phone."""

import re

from starlette.testclient import TestClient

from admin.access import passwords
from portal.records import staff
from tests.admin.logging_in import acts, field, first_code, give_code, give_password, secret_of, with_secret
from tests.support.staff import PASSWORD, Office

ACCOUNT = "/admin/account"
NEW = "another four words entirely"


def test_a_session_elsewhere_can_be_ended_by_whoever_it_belongs_to(office: Office) -> None:
    owner = office.add("owner")
    here, there, somebody = office.desk_of(owner), office.desk_of(owner), office.desk_of("collector")
    page = here.get(ACCOUNT).text
    [end] = re.findall(r'action="(/admin/account/sessions/\w{24}/end)"', page)
    assert somebody.post(end).status_code == 404
    assert there.get(ACCOUNT).status_code == 200
    assert here.post(end).headers["location"] == ACCOUNT
    assert there.get(ACCOUNT).status_code == 303
    assert here.post(end).status_code == 404
    assert "staff.session_ended" in acts(office)


def test_all_other_sessions_can_be_ended_at_once(office: Office) -> None:
    owner = office.add("owner")
    here, others, somebody = (
        office.desk_of(owner),
        [office.desk_of(owner) for _ in range(2)],
        office.desk_of("collector"),
    )
    here.post("/admin/account/sessions/end")
    assert [browser.get(ACCOUNT).status_code for browser in others] == [303, 303]
    assert here.get(ACCOUNT).status_code == somebody.get(ACCOUNT).status_code == 200


def test_another_password_ends_other_sessions_and_keeps_the_second_factor(office: Office) -> None:
    owner = office.add("owner")
    here, there = office.desk_of(owner), office.desk_of(owner)
    assert _change(here, PASSWORD, NEW) == 303
    assert there.get(ACCOUNT).status_code == 303
    browser = office.browser()
    assert give_password(browser, owner).status_code == 422
    answer = browser.post("/admin/log-in", data={"email": owner.email, "password": NEW})
    assert browser.get(answer.headers["location"]).status_code == 200
    assert browser.get(ACCOUNT).status_code == 303
    assert give_code(browser, office.code(owner)).status_code == 303
    assert "staff.password_changed" in acts(office)


def test_a_password_that_is_easy_wrong_or_mistyped_changes_nothing(sqlite_office: Office) -> None:
    owner = sqlite_office.add("owner", name="harbor-owner")
    desk = sqlite_office.desk_of(owner)
    for old, new, again in (
        (PASSWORD, "short", "short"),
        (PASSWORD, "aaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaa"),
        (PASSWORD, "my harbor-owner password", "my harbor-owner password"),
        (PASSWORD, "x1" * 101 + "abc", "x1" * 101 + "abc"),
        (PASSWORD, NEW, "another four words"),
        ("not my password", NEW, NEW),
        ("", "", ""),
    ):
        assert _change(desk, old, new, again) == 422, new
    with sqlite_office.resources.reading() as session:
        proof = staff.proof(session, owner.id)
    assert proof is not None
    assert passwords.matches(PASSWORD, proof.password_hash)


def test_guessing_the_old_password_is_counted(sqlite_office: Office) -> None:
    desk = sqlite_office.desk_of("owner")
    assert [_change(desk, "guess", NEW) for _ in range(11)] == [422] * 10 + [429]


def test_another_phone_takes_the_place_of_the_one_before(office: Office) -> None:
    owner = office.add("owner")
    desk, before = office.desk_of(owner), office.code(owner)
    page = desk.get("/admin/account/codes-app").text
    # Looking at the drawing changes nothing.
    assert office.code(owner) == before
    form = {"secret": field(page, "secret"), "code": "000000"}
    assert desk.post("/admin/account/codes-app", data=form).status_code == 422
    assert office.code(owner) == before
    answer = desk.post("/admin/account/codes-app", data={**form, "code": first_code(office, page)})
    assert len(re.findall(r'class="secret">[A-Z2-7-]{19}<', answer.text)) == 10
    office.clock.move(minutes=1)
    browser = office.browser()
    give_password(browser, owner)
    assert give_code(browser, office.code(owner)).status_code == 303
    assert acts(office)[-2:] == ["staff.codes_enrolled", "staff.logged_in"]


def test_where_one_is_logged_in_is_said_without_any_secret(sqlite_office: Office) -> None:
    desk = sqlite_office.desk_of("owner")
    secret = secret_of(sqlite_office, desk)
    page = desk.get(ACCOUNT).text
    assert "203.0.113.7" in page
    assert secret not in page
    assert with_secret(sqlite_office, secret).get(ACCOUNT).status_code == 200


def _change(desk: TestClient, old: str, new: str, again: str | None = None) -> int:
    form = {"old": old, "new": new, "again": new if again is None else again}
    answer = desk.post("/admin/account/password", data=form)
    assert not old or old not in answer.text
    return int(answer.status_code)
