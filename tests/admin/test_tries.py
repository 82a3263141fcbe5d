"""Guessing passwords and codes: counted in the database before anything is hashed, and refused in time."""

import pytest
from sqlalchemy import text

from admin.access import log_in as access
from admin.access import passwords
from tests.admin.logging_in import (
    LOG_IN,
    give_code,
    give_password,
)
from tests.support.staff import Office


def test_eleven_tries_for_one_account_are_too_many_even_with_the_right_password(office: Office) -> None:
    owner = office.add("owner")
    for number in range(10):
        wrong = office.browser(peer=f"198.51.100.{number}")
        assert wrong.post(LOG_IN, data={"email": owner.email.upper(), "password": "wrong"}).status_code == 422
    late = office.browser(peer="198.51.100.99")
    answer = give_password(late, owner)
    assert answer.status_code == 429
    assert "5 minutes" in answer.text
    office.clock.move(minutes=5)
    assert give_password(late, owner).status_code == 303


def test_eleven_tries_from_one_place_are_too_many_whoever_they_are_for(sqlite_office: Office) -> None:
    browser = sqlite_office.browser()
    for number in range(10):
        assert browser.post(LOG_IN, data={"email": f"a{number}@b.example", "password": "x"}).status_code == 422
    # A header that anybody can write makes it no other place.
    forged = sqlite_office.browser(x_forwarded_for="192.0.2.1")
    assert forged.post(LOG_IN, data={"email": "new@b.example", "password": "x"}).status_code == 429
    other = sqlite_office.browser(peer="198.51.100.1")
    assert other.post(LOG_IN, data={"email": "new@b.example", "password": "x"}).status_code == 422


def test_all_tries_together_have_a_limit(sqlite_office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "ALL_TOGETHER", ((3, access.ALL_TOGETHER[0][1]),))
    assert access.ALL_TOGETHER[0][0] == 3
    for number, status in enumerate((422, 422, 422, 429)):
        browser = sqlite_office.browser(peer=f"198.51.100.{number}")
        form = {"email": f"a{number}@b.example", "password": "x"}
        assert browser.post(LOG_IN, data=form).status_code == status


def test_too_many_tries_are_not_even_hashed(sqlite_office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    owner, browser = sqlite_office.add("owner"), sqlite_office.browser()
    for _ in range(10):
        browser.post(LOG_IN, data={"email": owner.email, "password": "wrong"})

    def never(password: str, stored: str | None) -> bool:
        raise AssertionError("hashed")

    monkeypatch.setattr(passwords, "matches", never)
    assert give_password(browser, owner).status_code == 429


def test_nobody_gets_in_where_tries_cannot_be_counted(office: Office) -> None:
    owner = office.add("owner")
    browser = office.browser()
    give_password(browser, owner)
    with office.resources.writing() as session:
        session.execute(text("DROP TABLE throttle"))
    assert give_code(browser, office.code(owner)).status_code >= 500
    assert give_password(office.browser(), owner).status_code >= 500
    assert browser.get("/admin/account").status_code == 303


def test_second_factors_are_tried_five_times_in_five_minutes_twenty_in_an_hour_and_fifty_in_a_day(
    office: Office,
) -> None:
    owner = office.add("owner")
    tries = 0
    office.clock.set(office.clock.now().replace(hour=0))
    for _hour in range(3):
        for _window in range(6):
            browser = office.browser(peer=f"198.51.100.{_window}")
            give_password(browser, owner)
            while (answer := give_code(browser, "000000").status_code) == 422:
                tries += 1
            assert answer == 429
            office.clock.move(minutes=5)
        office.clock.move(minutes=30)
    # 20 in each of two hours, and what is left of the day in the third.
    assert tries == 50
    browser = office.browser()
    give_password(browser, owner)
    assert give_code(browser, office.code(owner)).status_code == 429
    office.clock.move(days=1)
    give_password(browser, owner)
    assert give_code(browser, office.code(owner)).status_code == 303
