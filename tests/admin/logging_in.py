"""What tests of logging in do again and again."""

import re

from httpx2 import Response
from sqlalchemy import select
from starlette.testclient import TestClient

from admin.access.totp import code_at
from admin.web.cookies import STAFF
from portal.records import staff
from portal.records.staff import StaffRow
from portal.records.tables import history
from tests.support.staff import PASSWORD, Office

LOG_IN, SECOND, ENROLMENT = "/admin/log-in", "/admin/second-factor", "/admin/enrolment"


def give_password(browser: TestClient, who: StaffRow, *, wanted: str = "") -> Response:
    return browser.post(LOG_IN, data={"email": who.email, "password": PASSWORD, "next": wanted})


def give_code(browser: TestClient, code: str, *, wanted: str = "") -> Response:
    return browser.post(SECOND, data={"code": code, "next": wanted})


def secret_of(office: Office, browser: TestClient) -> str:
    found = browser.cookies.get(STAFF.name(office.resources.settings), domain="127.0.0.1")
    return found or browser.cookies[STAFF.name(office.resources.settings)]


def with_secret(office: Office, secret: str) -> TestClient:
    browser = office.browser()
    browser.cookies.set(STAFF.name(office.resources.settings), secret)
    return browser


def stored_hash(office: Office, who: StaffRow) -> str:
    with office.resources.reading() as session:
        proof = staff.proof(session, who.id)
    assert proof is not None
    return proof.password_hash


def acts(office: Office) -> list[str]:
    with office.resources.reading() as session:
        found = session.execute(select(history.c.action).order_by(history.c.id)).scalars()
        return [action for action in found if action.startswith("staff.")]


def field(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found is not None
    return found[1]


def plain_secret(page: str) -> str:
    found = re.search(r'class="secret">([A-Z2-7 ]+)<', page)
    assert found is not None
    return found[1].replace(" ", "")


def first_code(office: Office, page: str) -> str:
    return code_at(plain_secret(page), office.clock.now())
