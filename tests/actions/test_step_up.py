"""Confirming a browser by a mailed code: once, in time, by the one who asked; and nothing keeps the code."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select
from structlog.testing import capture_logs

from portal.actions import contacts
from portal.actions.access import Access, find_access
from portal.actions.links import create_link
from portal.actions.step_up import Confirmed
from portal.actions.throttle import TooMany
from portal.records import Database, accounts
from portal.records.tables import devices, letters, step_codes
from portal.rules.refusals import Refusal
from tests.support.clock import MovableClock
from tests.support.codes import CodeDesk, another
from tests.support.dump import dump


@pytest.fixture
def desk(database: Database, clock: MovableClock) -> CodeDesk:
    return CodeDesk(database, clock)


def said(outcome: Confirmed | Refusal) -> str:
    assert isinstance(outcome, Refusal)
    assert outcome.field == "code"
    return outcome.sentence


def test_the_code_confirms_the_browser_for_180_days(desk: CodeDesk) -> None:
    desk.ask()
    code = desk.receive()
    outcome = desk.type(f" {code[:3]}-{code[3:]} ")
    assert isinstance(outcome, Confirmed)
    assert outcome.expires_at == desk.clock.now() + timedelta(days=180)
    found = desk.trusted(outcome.secret)
    assert found is not None
    assert (len(found.user_agent), found.contact_id) == (200, desk.contact.id)
    assert (desk.trusted(None), desk.trusted(""), desk.trusted("guess")) == (None, None, None)
    desk.clock.move(days=180, seconds=-1)
    assert desk.trusted(outcome.secret)
    desk.clock.move(seconds=1)
    assert desk.trusted(outcome.secret) is None
    assert desk.acts() == ["step_up.asked", "step_up.confirmed"]


def test_the_letter_carries_the_code_and_no_link(desk: CodeDesk) -> None:
    desk.ask()
    code = desk.receive()
    [letter] = desk.tray.letters
    assert letter.to_email == "ap@northwind.example"
    assert code not in letter.subject
    assert f">{code}</p>" in letter.html
    assert "/l/" not in letter.text + letter.html
    assert "href" not in letter.html
    for words in ("Your company", "for 10 minutes", "payment plans", "We never ask for this code by phone"):
        assert words in letter.text


def test_the_code_stands_nowhere_in_clear(desk: CodeDesk) -> None:
    with capture_logs() as logs:
        desk.tray.unclear = 1
        desk.ask()
        assert desk.tray.collect(desk.site.resources) == 0
        first = desk.tray.code()
        desk.clock.move(minutes=1)
        second = desk.receive()
        desk.type(another(second))
        assert isinstance(desk.type(second), Confirmed)
    kept = repr(dump(desk.site.resources.database)) + repr(logs)
    assert logs
    for code in (first, second):
        assert not re.search(rf"(?<![0-9a-f.]){code}(?![0-9a-f.])", kept)


def test_sent_again_after_an_unclear_end_it_is_another_code_in_another_letter(desk: CodeDesk) -> None:
    desk.tray.unclear = 1
    desk.ask()
    assert desk.tray.collect(desk.site.resources) == 0
    first = desk.tray.code()
    desk.clock.move(minutes=9)
    second = desk.receive()
    assert len({letter.message_id for letter in desk.tray.letters}) == 2
    if first != second:
        assert "4 tries are left" in said(desk.type(first))
    desk.clock.move(minutes=9, seconds=59)
    assert isinstance(desk.type(second), Confirmed)


def test_five_wrong_tries_end_it(desk: CodeDesk) -> None:
    desk.ask()
    code = desk.receive()
    sentences = [said(desk.type(another(code))) for _ in range(5)]
    for left, sentence in zip(("4 tries are", "3 tries are", "2 tries are", "One try is"), sentences, strict=False):
        assert f"{left} left" in sentence
    assert sentences[4] == said(desk.type(code)) == "That was wrong too often. Have a new code sent to you."
    assert desk.acts() == ["step_up.asked", *["step_up.failed"] * 5]
    desk.ask()
    assert isinstance(desk.type(desk.receive()), Confirmed)


def test_what_is_no_code_costs_no_try(desk: CodeDesk) -> None:
    desk.ask()
    code = desk.receive()
    for _ in range(9):
        assert said(desk.type("12345")) == "Enter the 6 digits from the email."
    assert isinstance(desk.type(code), Confirmed)


def test_it_works_for_ten_minutes(desk: CodeDesk) -> None:
    desk.ask()
    code = desk.receive()
    desk.clock.move(minutes=10)
    assert "has expired" in said(desk.type(code))


def test_it_works_once(desk: CodeDesk) -> None:
    desk.ask()
    code = desk.receive()
    assert isinstance(desk.type(code), Confirmed)
    assert "used already" in said(desk.type(code))


def test_before_there_is_one_nothing_fits(desk: CodeDesk) -> None:
    assert "No code was asked for" in said(desk.type("000000"))
    desk.ask()
    assert "still on its way" in said(desk.type("000000"))
    assert isinstance(desk.type(desk.receive()), Confirmed)


def test_only_the_newest_code_works(desk: CodeDesk) -> None:
    desk.ask()
    old = desk.receive()
    desk.ask()
    new = desk.receive()
    if old != new:
        assert "our latest email" in said(desk.type(old))
    assert isinstance(desk.type(new), Confirmed)


def test_it_works_in_the_session_that_asked_and_for_its_contact_only(desk: CodeDesk) -> None:
    other = desk.open_browser(b"2" * 32)
    desk.ask()
    code = desk.receive()
    assert "No code was asked for" in said(desk.type(code, other))
    with desk.site.resources.writing() as session:
        colleague = accounts.add_contact(
            session, account_id=desk.site.account.id, name="", email="b@northwind.example", now=desk.clock.now()
        )
    somebody = Access(desk.access.session_id, desk.site.account, colleague.id, None)
    assert "No code was asked for" in said(desk.type(code, somebody))
    assert isinstance(desk.type(code), Confirmed)


def test_five_codes_an_hour_for_a_contact_whatever_the_browser(desk: CodeDesk) -> None:
    other = desk.open_browser(b"2" * 32)
    for access in (None, other, None, other, None):
        desk.ask(access)
    for access in (None, other):
        with pytest.raises(TooMany, match="several times within the hour"):
            desk.ask(access)
    desk.clock.move(hours=1)
    desk.ask()


def test_a_link_for_nobody_in_particular_gets_no_code(desk: CodeDesk) -> None:
    nobody = Access(desk.access.session_id, desk.site.account, None, None)
    for act in (lambda: desk.ask(nobody), lambda: desk.type("000000", nobody)):
        with pytest.raises(Refusal, match="Have a link sent to your own address"):
            act()
    assert not dump(desk.site.resources.database)["step_codes"]


def test_letters_that_nobody_waits_for_are_dropped(desk: CodeDesk) -> None:
    def states() -> list[str]:
        with desk.site.resources.reading() as session:
            return [row[0] for row in session.execute(select(letters.c.state).order_by(letters.c.id))]

    desk.ask()
    desk.ask()
    desk.receive()
    assert states() == ["dropped", "sent"]
    desk.ask()
    desk.clock.move(minutes=10)
    assert desk.tray.collect(desk.site.resources) == 0
    desk.ask()
    with desk.site.resources.writing() as session:
        contacts.remove(session, desk.contact, now=desk.clock.now(), actor="cli")
    assert desk.tray.collect(desk.site.resources) == 0
    assert states()[2:] == ["dropped", "dropped"]
    assert len(desk.tray.letters) == 1


def at_once(acts: list[Callable[[], object]]) -> list[object]:
    barrier = Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        barrier.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(run, acts))


def test_typed_twice_at_once_it_confirms_one_browser(desk: CodeDesk) -> None:
    desk.ask()
    code = desk.receive()
    outcomes = at_once([lambda: desk.type(code)] * 4)
    assert sum(isinstance(outcome, Confirmed) for outcome in outcomes) == 1
    with desk.site.resources.reading() as session:
        assert len(session.execute(select(devices.c.id)).all()) == 1


def test_many_guesses_at_once_are_five(desk: CodeDesk) -> None:
    desk.ask()
    wrong = another(desk.receive())
    outcomes = at_once([lambda: desk.type(wrong)] * 8)
    assert not any(isinstance(outcome, Confirmed) for outcome in outcomes)
    with desk.site.resources.reading() as session:
        assert session.execute(select(step_codes.c.tries)).scalar_one() == 5
    assert desk.acts().count("step_up.failed") == 5


def test_a_link_for_somebody_opened_after_one_for_nobody_makes_the_session_theirs(desk: CodeDesk) -> None:
    site = desk.site
    browser = site.browser()
    with site.resources.writing() as session:
        now = site.clock.now()
        anonymous = create_link(
            session, account_id=site.account.id, contact_id=None, charge_id=None, now=now,
            expires_at=now + timedelta(days=1),
        )  # fmt: skip
    for link, contact_id in ((anonymous, None), (site.link(), desk.contact.id)):
        browser.post(site.path(link))
        with site.resources.reading() as session:
            found = find_access(session, browser.cookies["portal_session"], site.account.public_id, now=now)
        assert found is not None
        assert found.contact_id == contact_id
