"""Nothing is charged, and no plan ends, before the letter about it has gone out and its days are over."""

from datetime import date

import pytest

from portal.actions import retries
from portal.records.letters import LetterRow
from tests.support.collecting import Collected
from tests.support.readers import add_contact, contacts_of, give_up, refuse, remove_contacts, told_to


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
    remove_contacts(collected)
    assert collected.days(3, 29, 31) == []
    (row,) = collected.all()
    assert (row.state, row.why) == ("stopped", "not_told")
    assert collected.posted("collect_notice", "collect_refused") == []
    assert collected.posted("seller_collect_stopped") == ["seller_collect_stopped"]
    add_contact(collected, "new@club.example")
    assert collected.days(4, 1, 5) == [3]


def test_what_nobody_could_be_told_of_is_done_once_it_is_paid_by_hand(collected: Collected) -> None:
    plan, _ = collected.charged_plan()
    remove_contacts(collected)
    assert collected.days(3, 29, 31) == []
    collected.pay(plan, 33_334)
    assert collected.days(4, 1, 1) == []
    assert [(row.state, row.why) for row in collected.all()] == [("done", "")]


def _have_the_notice_refused(collected: Collected) -> list[LetterRow]:
    """Of the first payment, two days before; from then on letters wait."""
    collected.charged_plan()
    collected.is_post_slow = True
    collected.days(3, 29, 29)
    return refuse(collected, "collect_notice")


def test_a_letter_that_was_refused_is_not_repeated_to_the_same_address(collected: Collected) -> None:
    _have_the_notice_refused(collected)
    assert collected.days(3, 30, 31) == collected.days(4, 1, 3) == []
    (row,) = collected.all()
    assert (row.state, row.why, row.notices) == ("stopped", "not_told", 1)
    assert collected.posted("seller_collect_stopped") == ["seller_collect_stopped"]
    collected.is_post_slow = False
    add_contact(collected, "right@club.example")
    assert collected.days(4, 4, 7) == [6]


def test_after_a_week_the_same_address_is_tried_again(collected: Collected) -> None:
    _have_the_notice_refused(collected)
    collected.is_post_slow = False
    assert collected.days(3, 30, 31) == []
    assert collected.days(4, 1, 10) == [7]


def test_another_contact_is_told_where_the_first_was_refused(collected: Collected) -> None:
    add_contact(collected, "right@club.example")
    _have_the_notice_refused(collected)
    collected.is_post_slow = False
    assert collected.days(3, 30, 31) == []
    assert collected.days(4, 1, 2) == [1]
    assert told_to(collected, "collect_notice") == ["right@club.example"]
    assert collected.posted("seller_collect_stopped") == []


def test_a_contact_that_is_taken_back_is_told_again(collected: Collected) -> None:
    email = contacts_of(collected)[0].email
    _have_the_notice_refused(collected)
    collected.days(3, 30, 30)
    collected.is_post_slow = False
    remove_contacts(collected)
    assert collected.days(3, 31, 31) == []
    add_contact(collected, email)
    assert [contact.refused_at for contact in contacts_of(collected)] == [None]
    assert collected.days(4, 1, 5) == [3]


def test_a_letter_that_was_given_up_after_too_many_tries_is_written_again(collected: Collected) -> None:
    collected.charged_plan()
    collected.is_post_slow = True
    collected.days(3, 29, 29)
    give_up(collected, "collect_notice")
    collected.is_post_slow = False
    assert collected.days(4, 10, 13) == [12]
    assert collected.posted("seller_collect_stopped") == []


def test_a_reader_whose_refused_letter_is_sent_again_by_the_owner_is_told(collected: Collected) -> None:
    (letter,) = _have_the_notice_refused(collected)
    collected.days(3, 30, 31)
    with collected.house.resources.writing() as session:
        retries.send_again(session, letter.id, now=collected.house.clock.now(), actor="staff:1")
    collected.is_post_slow = False
    assert collected.days(4, 1, 5) == [3]


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
    remove_contacts(collected)
    collected.on(4, 6)
    collected.watch()
    collected.on(5, 6)
    assert collected.watch() == 0
    add_contact(collected, "new@club.example")
    collected.watch()
    assert (collected.plan(plan).state, collected.plan(plan).cure_by) == ("active", date(2026, 5, 16))
    collected.on(5, 17)
    collected.watch()
    assert collected.plan(plan).state == "defaulted"


def test_the_notice_of_an_earlier_time_ends_nothing(collected: Collected) -> None:
    plan = collected.agree()
    collected.on(4, 6)
    collected.watch()
    collected.pay(plan, 33_334)
    collected.watch()
    assert collected.posted("plan_late", "plan_cured") == ["plan_late", "plan_cured"]
    remove_contacts(collected)
    collected.on(5, 6)
    collected.watch()
    collected.on(5, 17)
    assert collected.watch() == 0
    assert collected.plan(plan).state == "active"
    add_contact(collected, "new@club.example")
    collected.watch()
    assert (collected.posted("plan_late"), collected.plan(plan).cure_by) == (["plan_late"] * 2, date(2026, 5, 27))
    collected.on(5, 28)
    collected.watch()
    assert collected.plan(plan).state == "defaulted"


@pytest.mark.parametrize("act", ["put_off", "resume"])
def test_a_notice_from_before_the_owner_gave_more_time_ends_nothing(collected: Collected, act: str) -> None:
    plan = collected.agree()
    collected.on(4, 6)
    collected.watch()
    if act == "put_off":
        collected.change(plan, "put_off", 7)
    else:
        collected.change(plan, "pause", words="As we said.")
        collected.on(4, 13)
        collected.change(plan, "resume")
    remove_contacts(collected)
    for month, day in ((4, 18), (5, 2)):
        collected.on(month, day)
        collected.watch()
    assert (collected.plan(plan).state, collected.posted("plan_late")) == ("active", ["plan_late"])


def test_a_notice_that_was_refused_goes_to_whoever_is_added(collected: Collected) -> None:
    plan = collected.agree()
    collected.is_post_slow = True
    collected.on(4, 6)
    collected.watch()
    refuse(collected, "plan_late")
    collected.is_post_slow = False
    collected.on(4, 10)
    assert collected.watch() == 0
    add_contact(collected, "right@club.example")
    collected.watch()
    assert collected.plan(plan).cure_by == date(2026, 4, 20)
    assert told_to(collected, "plan_late")[1:] == ["right@club.example"]
    collected.on(4, 21)
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
