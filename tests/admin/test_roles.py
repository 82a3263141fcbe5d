"""Every line of the admin's table of contents, for everybody who may come, by every method: who gets in, who not."""

import pytest
from starlette.routing import Route
from starlette.testclient import TestClient

from admin.routes import ADMIN_ROUTES
from admin.web.addresses import CONFIRM, LOG_IN
from admin.web.desk import Desk, Door
from portal.app import ROUTES
from portal.records import Database
from portal.rules.roles import ROLES, Role, allows
from tests.support.clock import MovableClock
from tests.support.site import Site
from tests.support.staff import PASSWORD, Office

DESKS = [route for route in ADMIN_ROUTES if isinstance(route, Desk)]
WAYS = [(desk, method) for desk in DESKS for method in sorted(desk.pages)]
# Nobody's id: of the right shape, and of none.
FOREIGN = ("0" * 24, "%2e%2e", "1", "x" * 500, "%00")
# Open to whoever comes; each looks after itself.
DOORS = {
    "/admin/log-in",
    "/admin/second-factor",
    "/admin/enrolment",
    "/admin/confirm",
    "/admin/passkey-challenge",
    "/admin/log-out",
}


@pytest.fixture
def site(sqlite_database: Database, clock: MovableClock) -> Site:
    return Site(sqlite_database, clock)


@pytest.fixture
def office(site: Site) -> Office:
    return Office(site.resources, site.clock)


def test_every_line_says_who_may() -> None:
    assert [route for route in ADMIN_ROUTES if not isinstance(route, Desk | Door)] == []
    assert {route.path for route in ADMIN_ROUTES if isinstance(route, Door)} == DOORS
    assert all(desk.path == "/admin" or desk.path.startswith("/admin/") for desk in DESKS)
    assert [route for route in ROUTES if isinstance(route, Route) and route.path.startswith("/admin")] == []


@pytest.mark.parametrize("role", ROLES)
def test_each_role_reaches_what_it_may_and_nothing_else(office: Office, role: Role) -> None:
    for desk, method in WAYS:
        needed = desk.reads if method == "GET" else desk.writes
        answer = _ask(office.desk_of(role), desk, method)
        if allows(role, needed):
            assert answer not in (401, 403, 405, 500), (desk.path, method, answer)
        else:
            assert answer == 403, (desk.path, method, answer)


def test_nobody_reaches_anything(office: Office, site: Site) -> None:
    stranger, customer = office.browser(), office.browser()
    customer.cookies.update(site.visitor().cookies)
    planted = office.browser()
    planted.cookies.set("admin_session", "planted")
    for desk, method in WAYS:
        for browser in (stranger, customer, planted):
            answer = browser.request(method, _address(desk))
            if method == "GET":
                assert answer.status_code == 303, desk.path
                assert answer.headers["location"].startswith(f"{LOG_IN}?next=/admin")
            else:
                assert answer.status_code == 401, desk.path
                assert "Nothing has changed" in answer.text


def test_a_session_before_its_second_factor_reaches_nothing(office: Office) -> None:
    office.add("owner")
    browser = office.browser()
    _password_only(browser)
    for desk, method in WAYS:
        assert _ask(browser, desk, method) == (303 if method == "GET" else 401), desk.path


def test_what_asks_for_confirmation_asks_those_who_may_after_five_minutes(office: Office) -> None:
    owner = office.desk_of("owner")
    office.clock.move(minutes=5)
    for desk, method in WAYS:
        answer = owner.request(method, _address(desk))
        location = answer.headers.get("location", "")
        assert location.startswith(CONFIRM) == desk.confirmed, (desk.path, method)


def test_what_belongs_to_nobody_is_not_found(office: Office) -> None:
    for desk, method in WAYS:
        if "{" not in desk.path:
            continue
        for foreign in FOREIGN:
            answer = _ask(office.desk_of("owner"), desk, method, foreign)
            assert answer in (400, 404), (desk.path, method, foreign, answer)


def test_no_page_of_another_origin_presses_a_button(office: Office) -> None:
    owner = office.desk_of("owner")
    for desk, method in WAYS:
        if method == "POST":
            answer = owner.post(_address(desk), headers={"sec-fetch-site": "same-site"})
            assert answer.status_code == 403, desk.path


def _ask(browser: TestClient, desk: Desk, method: str, part: str = FOREIGN[0]) -> int:
    return browser.request(method, _address(desk, part)).status_code


def _address(desk: Desk, part: str = FOREIGN[0]) -> str:
    path = desk.path
    while "{" in path:
        path = f"{path[: path.index('{')]}{part}{path[path.index('}') + 1 :]}"
    return path


def _password_only(browser: TestClient) -> None:
    form = {"email": "owner@harborsupply.example", "password": PASSWORD}
    assert browser.post(LOG_IN, data=form).status_code == 303
