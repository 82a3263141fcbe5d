"""Nothing is charged, and no plan ends, before the letter about it has gone out and its days are over."""

from datetime import date

from sqlalchemy import select

from portal.actions import contacts
from portal.records import accounts, letters
from portal.records.tables import letters as table
from tests.support.collecting import Collected


def test_what_could_not_be_charged_for_a_while_is_announced_anew(collected: Collected) -> None:
    plan, _ = collected.charged_plan()
    collected.days(3, 29, 30)
    collected.pay(plan, 33_334, method="us_bank_account")
    assert collected.days(3, 31, 31) == []
    assert (collected.states(), collected.all()[0].why) == (["stopped"], "frozen")
    collected.on(4, 1)
    collected.fail_debit("insufficient_funds")
    assert collected.posted("collect_notice") == ["collect_notice"]
    assert collected.days(4, 1, 10) == [3]
    assert collected.posted("collect_notice") == ["collect_notice"] * 2
    assert collected.states() == ["done"]


def test_paid_for_good_meanwhile_it_is_done(collected: Collected) -> None:
    plan, _ = collected.charged_plan()
    collected.days(3, 29, 30)
    collected.pay(plan, 33_334, method="us_bank_account")
    assert collected.days(3, 31, 31) == []
    collected.on(4, 5)
    collected.house.stripe.tick()
    collected.sync(collected.attempts()[-1])
    collected.work()
    assert collected.states() == ["done"]


def test_days_are_counted_from_when_the_letter_went_out(collected: Collected) -> None:
    collected.charged_plan()
    collected.is_post_slow = True
    assert collected.days(3, 29, 31) == collected.days(4, 1, 1) == []
    collected.on(4, 2)
    collected.is_post_slow = False
    assert collected.work() == 0
    (row,) = collected.all()
    assert (row.noticed_on, row.next_on) == (date(2026, 4, 2), date(2026, 4, 4))
    assert collected.days(4, 3, 5) == [4]


def test_without_a_reader_nothing_is_charged_until_there_is_one(collected: Collected) -> None:
    collected.charged_plan()
    _remove_contacts(collected)
    assert collected.days(3, 29, 31) == []
    (row,) = collected.all()
    assert (row.state, row.why) == ("stopped", "not_told")
    assert collected.posted("collect_notice", "collect_refused") == []
    assert collected.posted("seller_collect_stopped") == ["seller_collect_stopped"]
    _add_contact(collected, "new@club.example")
    assert collected.days(4, 1, 5) == [3]


def test_a_letter_that_was_refused_is_not_repeated_to_the_same_address(collected: Collected) -> None:
    collected.charged_plan()
    collected.is_post_slow = True
    collected.days(3, 29, 29)
    _refuse(collected, "collect_notice")
    assert collected.days(3, 30, 31) == collected.days(4, 1, 10) == []
    (row,) = collected.all()
    assert (row.state, row.why, row.notices) == ("stopped", "not_told", 1)
    assert collected.posted("seller_collect_stopped") == ["seller_collect_stopped"]
    collected.is_post_slow = False
    _remove_contacts(collected)
    _add_contact(collected, "right@club.example")
    assert collected.days(4, 11, 14) == [13]


def test_a_plan_ends_only_after_its_notice_has_gone_out(collected: Collected) -> None:
    plan = collected.agree()
    collected.is_post_slow = True
    collected.on(4, 6)
    collected.watch()
    assert collected.plan(plan).cure_by == date(2026, 4, 16)
    collected.on(4, 20)
    assert collected.watch() == 0
    collected.is_post_slow = False
    collected.hand_over()
    assert collected.plan(plan).cure_by == date(2026, 4, 30)
    collected.on(4, 30)
    assert collected.watch() == 0
    collected.on(5, 1)
    collected.watch()
    assert collected.plan(plan).state == "defaulted"


def test_a_notice_of_default_that_nobody_reads_ends_nothing(collected: Collected) -> None:
    plan = collected.agree()
    _remove_contacts(collected)
    collected.on(4, 6)
    collected.watch()
    collected.on(5, 6)
    assert collected.watch() == 0
    _add_contact(collected, "new@club.example")
    collected.watch()
    assert (collected.plan(plan).state, collected.plan(plan).cure_by) == ("active", date(2026, 5, 16))
    collected.on(5, 17)
    collected.watch()
    assert collected.plan(plan).state == "defaulted"


def test_money_on_its_way_cures_nothing_yet(collected: Collected) -> None:
    plan = collected.agree()
    collected.on(4, 6)
    collected.watch()
    collected.pay(plan, 33_334, method="us_bank_account")
    assert collected.watch() == 0
    collected.on(4, 7)
    collected.fail_debit("insufficient_funds")
    collected.on(4, 17)
    collected.watch()
    assert collected.posted("plan_cured") == []
    assert collected.plan(plan).state == "defaulted"


def _remove_contacts(collected: Collected) -> None:
    now = collected.house.clock.now()
    with collected.house.resources.writing() as session:
        for contact in accounts.contacts_of(session, collected.account.id):
            contacts.remove(session, contact, now=now, actor="staff:1")


def _add_contact(collected: Collected, email: str) -> None:
    now = collected.house.clock.now()
    with collected.house.resources.writing() as session:
        contacts.add(session, collected.account, name="Bo", email=email, now=now, actor="staff:1")


def _refuse(collected: Collected, kind: str) -> None:
    """The mail server does not know the address."""
    now = collected.house.clock.now()
    with collected.house.resources.writing() as session:
        for letter_id in session.execute(select(table.c.id).where(table.c.kind == kind)).scalars().all():
            letters.put_off(session, letter_id, state="dead", next_at=now, error="no such mailbox")
