"""Staff are told by mail what was done to their accounts: whoever did it knows, whoever did not hears of it."""

from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from admin.access import accounts
from portal.gateways.mailer import OutgoingLetter
from portal.jobs.letters import send_waiting
from portal.records import staff
from tests.admin.logging_in import give_code, give_password
from tests.support.staff import PASSWORD, Office


@dataclass
class Post:
    """What goes out, as a mailer hands it over."""

    office: Office
    sent: list[OutgoingLetter] = field(default_factory=list)

    def send(self, letter: OutgoingLetter, *, sent_at: datetime) -> None:
        self.sent.append(letter)

    def out(self) -> list[tuple[str, str]]:
        """Everything that waits: (to whom, subject)."""
        self.sent.clear()
        send_waiting(replace(self.office.resources, mailer=self), now=self.office.clock.now())  # type: ignore[arg-type]
        return sorted((letter.to_email.split("@")[0], letter.subject) for letter in self.sent)


@pytest.fixture
def post(office: Office) -> Post:
    return Post(office)


def test_a_log_in_is_told_to_whoever_it_was_with_its_place_and_time(office: Office, post: Post) -> None:
    owner, browser = office.add("owner"), office.browser(peer="198.51.100.7")
    give_password(browser, owner)
    assert post.out() == []
    give_code(browser, office.code(owner))
    assert post.out() == [("owner", "A log-in to your account")]
    [letter] = post.sent
    assert "198.51.100.7" in letter.text
    assert "March 2, 2026" in letter.text
    assert "http" not in letter.text
    office.clock.move(minutes=6)
    browser.post("/admin/confirm", data={"code": office.code(owner)})
    assert post.out() == []


def test_what_changes_the_proofs_of_an_account_is_told(office: Office, post: Post) -> None:
    owner = office.add("owner")
    desk = office.desk_of(owner)
    new = "another four words entirely"
    desk.post("/admin/account/password", data={"old": PASSWORD, "new": new, "again": new})
    assert post.out() == [("owner", "Your password was changed")]
    page = desk.post("/admin/account/recovery-codes").text
    assert post.out() == [("owner", "New recovery codes were made for your account")]
    [letter] = post.sent
    codes = [word for word in page.replace("<", ">").split(">") if len(word) == 19 and word.count("-") == 3]
    assert len(codes) == 10
    assert not [code for code in codes if code in letter.text or code in letter.html]


def test_a_reset_and_a_new_account_are_told_to_every_owner(office: Office, post: Post) -> None:
    office.add("owner", name="lee")
    office.add("owner", name="kim")
    pat = office.add("collector", name="pat")
    now = office.clock.now()
    with office.resources.writing() as session:
        accounts.reset_second_factor(session, pat, actor="cli", now=now)
    assert post.out() == [(name, "A second factor was reset") for name in ("kim", "lee", "pat")]
    assert all("pat" in letter.text for letter in post.sent)
    accounts.add(
        office.resources, email="eve@x.example", name="Eve", role="owner", password=PASSWORD, actor="cli", now=now
    )
    assert post.out() == [(name, "Somebody new can log in") for name in ("kim", "lee")]
    assert all("Eve" in letter.text for letter in post.sent)


def test_whoever_was_removed_meanwhile_is_not_told(office: Office, post: Post) -> None:
    office.add("owner", name="lee")
    kim = office.add("owner", name="kim")
    with office.resources.writing() as session:
        accounts.reset_second_factor(session, kim, actor="cli", now=office.clock.now())
        staff.remove(session, kim.id, now=office.clock.now())
    assert post.out() == [("lee", "A second factor was reset")]
    assert post.out() == []
