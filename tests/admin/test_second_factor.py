"""The second factor: codes that work once, recovery codes, setting it up, and showing it again."""

import re
from dataclasses import replace

from sqlalchemy import select

from portal.records.tables import staff as accounts
from tests.admin.logging_in import (
    ENROLMENT,
    LOG_IN,
    SECOND,
    field,
    first_code,
    give_code,
    give_password,
    plain_secret,
)
from tests.support.shop import together
from tests.support.staff import Office


def test_a_code_works_once_and_one_step_to_either_side(office: Office) -> None:
    owner = office.add("owner")
    code = office.code(owner)
    for tried, status in ((code, 303), (code, 422)):
        browser = office.browser()
        give_password(browser, owner)
        assert give_code(browser, tried).status_code == status
    # The code of the next step, by a phone that is ahead; then the one before it is worth nothing any more.
    office.clock.move(minutes=10)
    before = office.code(owner)
    office.clock.move(seconds=30)
    ahead = office.code(owner)
    office.clock.move(seconds=-30)
    browser = office.browser()
    give_password(browser, owner)
    assert give_code(browser, ahead).status_code == 303
    other = office.browser()
    give_password(other, owner)
    assert give_code(other, before).status_code == 422
    office.clock.move(minutes=2)
    assert give_code(other, ahead).status_code == 422


def test_a_recovery_code_works_once(office: Office) -> None:
    owner, desk = office.add("owner"), office.desk_of("owner")
    codes = re.findall(r'class="secret">([A-Z2-7-]{19})<', desk.post("/admin/account/recovery-codes").text)
    assert len(set(codes)) == 10
    for typed, status in ((codes[3].lower().replace("-", " "), 303), (codes[3], 422), (codes[4], 303)):
        browser = office.browser()
        give_password(browser, owner)
        assert browser.post(SECOND, data={"recovery_code": typed}).status_code == status
    assert "8 unused codes left" in desk.get("/admin/account").text
    fresh = desk.post("/admin/account/recovery-codes").text
    assert codes[5] not in fresh
    browser = office.browser()
    give_password(browser, owner)
    assert browser.post(SECOND, data={"recovery_code": codes[5]}).status_code == 422


def test_a_new_account_sets_up_its_app_first(office: Office) -> None:
    kim, browser = office.add("collector", name="kim", enrolled=False), office.browser()
    give_password(browser, kim)
    assert browser.get(SECOND).headers["location"].startswith(ENROLMENT)
    # Without an app no code can be right.
    assert give_code(browser, "000000").status_code == 422
    page = browser.get(ENROLMENT).text
    assert "<svg" in page
    assert "style=" not in page
    secret = field(page, "secret")
    wrong = browser.post(ENROLMENT, data={"secret": secret, "code": "000000"})
    assert wrong.status_code == 422
    assert field(wrong.text, "secret") == secret
    answer = browser.post(ENROLMENT, data={"secret": secret, "code": first_code(office, page)})
    assert len(re.findall(r'class="secret">[A-Z2-7-]{19}<', answer.text)) == 10
    assert browser.get("/admin/account").status_code == 200
    assert browser.get(ENROLMENT).headers["location"].startswith(LOG_IN)
    with office.resources.reading() as session:
        stored = session.execute(select(accounts.c.totp_secret).where(accounts.c.id == kim.id)).scalar_one()
    assert plain_secret(page) not in stored


def test_a_secret_made_for_somebody_else_enrols_nobody(sqlite_office: Office) -> None:
    pages = {}
    for name in ("kim", "lee"):
        browser = sqlite_office.browser()
        give_password(browser, sqlite_office.add("collector", name=name, enrolled=False))
        pages[name] = browser, browser.get(ENROLMENT).text
    browser, _ = pages["kim"]
    _, theirs = pages["lee"]
    answer = browser.post(
        ENROLMENT, data={"secret": field(theirs, "secret"), "code": first_code(sqlite_office, theirs)}
    )
    assert answer.status_code == 422
    assert browser.get("/admin/account").status_code == 303


def test_a_code_sent_by_two_browsers_at_once_lets_one_in(office: Office) -> None:
    owner = office.add("owner")
    code, browsers = office.code(owner), [office.browser() for _ in range(2)]
    for browser in browsers:
        give_password(browser, owner)
    answers: list[int] = []
    waiting = list(browsers)
    together(2, lambda: answers.append(give_code(waiting.pop(), code).status_code))
    assert sorted(answers) == [303, 422]


def test_a_newer_key_takes_over_when_somebody_logs_in(office: Office) -> None:
    owner = office.add("owner")
    both = replace(office.resources, keys=("k" * 32, "n" * 32))
    renewed = Office(both, office.clock)
    browser = renewed.browser()
    give_password(browser, owner)
    code = office.code(owner)
    assert give_code(browser, code).status_code == 303
    # The older key is dropped: the code goes on working, and the one that was used is still used up.
    later = Office(replace(both, keys=("n" * 32,)), office.clock)
    browser = later.browser()
    give_password(browser, owner)
    assert give_code(browser, code).status_code == 422
    office.clock.move(minutes=1)
    assert give_code(browser, later.code(owner)).status_code == 303
