"""What both sides read of what is collected by itself, as of the moment a letter goes out."""

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import select

from portal import links
from portal.actions import contacts, plan_changes, policies, saved_methods
from portal.gateways.mailer import OutgoingLetter
from portal.records import Database, accounts
from portal.records import links as link_records
from portal.records.links import LinkView
from portal.records.tables import letters as letters_table
from tests.support.clock import MovableClock
from tests.support.collecting import ASKS, BANK, Collected
from tests.support.office import Office, open_office


class Desk(Collected, Office):
    """A customer who is charged by itself, and both trays of letters."""


@pytest.fixture
def desk(sqlite_database: Database, clock: MovableClock) -> Iterator[Desk]:
    with open_office(Desk, sqlite_database, clock) as made:
        yield made


def mail(desk: Desk, kind: str) -> OutgoingLetter:
    """What goes out now; the one of that kind. A new tray each time."""
    with desk.house.resources.reading() as session:
        waiting = select(letters_table.c.message_id).where(
            letters_table.c.kind == kind, letters_table.c.state == "waiting"
        )
        (message_id,) = session.execute(waiting).scalars().all()
    put_away(desk)
    return next(letter for letter in desk.sent if letter.message_id == message_id)


def put_away(desk: Desk) -> None:
    desk.sent.clear()
    desk.post()
    desk.post()


def link_in(desk: Desk, letter: OutgoingLetter) -> LinkView:
    found = re.search(r"/l/(\S+)", letter.text)
    assert found is not None
    token = links.read(desk.house.resources.keys, found[1])
    assert token is not None
    with desk.house.resources.reading() as session:
        view = link_records.by_public_id(session, token.public_id)
    assert view is not None
    return view


def test_a_method_that_was_chosen_for_a_plan_is_confirmed(desk: Desk) -> None:
    desk.is_post_slow = True
    plan = desk.agree()
    put_away(desk)
    assert any("You pay each date yourself" in letter.text for letter in desk.sent)
    desk.use(plan, desk.save())
    letter = mail(desk, "plan_method")
    assert letter.subject == f"Your payment plan {plan.number} is paid automatically from now on"
    for wanted in ("charged to Visa •••• 4242 from now on", "March 31, 2026: $333.34", "“Stop automatic payments”"):
        assert wanted in letter.text


def test_a_method_that_was_chosen_anew_is_confirmed_anew(desk: Desk) -> None:
    plan, method = desk.charged_plan()
    put_away(desk)
    desk.days(3, 29, 29)
    put_away(desk)
    desk.change_collection(desk.all()[0], state="stopped", why="insufficient_funds")
    with desk.house.resources.writing() as session:
        saved_methods.charge_again(session, method, plan.id, now=desk.house.clock.now(), actor="customer")
    assert "charged to Visa •••• 4242 from now on" in mail(desk, "plan_method").text


def test_a_plan_that_changes_after_its_method_was_chosen_brings_both_letters(desk: Desk) -> None:
    desk.is_post_slow = True
    plan, _ = desk.charged_plan()
    with desk.house.resources.writing() as session:
        policy = policies.load(session, now=desk.house.clock.now())
        plan_changes.pause(session, plan, words="", policy=policy, now=desk.house.clock.now(), actor="staff:1")
    put_away(desk)
    subjects = [letter.subject for letter in desk.sent]
    assert f"Your payment plan {plan.number} is paid automatically from now on" in subjects
    assert f"Your payment plan {plan.number} is paused" in subjects


def test_a_method_that_has_ended_before_its_confirmation_went_out_is_not_confirmed(desk: Desk) -> None:
    desk.is_post_slow = True
    _, method = desk.charged_plan()
    saved_methods.remove(desk.house.resources, desk.account.id, method.public_id, now=desk.house.clock.now())
    put_away(desk)
    assert all("automatically from now on" not in letter.subject for letter in desk.sent)


def test_the_notice_names_amount_day_method_and_plan(desk: Desk) -> None:
    desk.is_post_slow = True
    plan, _ = desk.charged_plan()
    desk.days(3, 28, 29)
    letter = mail(desk, "collect_notice")
    assert letter.subject == f"$333.34 will be charged on March 31, 2026 for plan {plan.number}"
    for wanted in ("Visa •••• 4242", f"Payment plan {plan.number}", "pay it earlier by hand", "Open your plan"):
        assert wanted in letter.text
    view = link_in(desk, letter)
    assert (view.plan_number, view.collection_public_id, view.charge_number) == (plan.number, None, None)


def test_a_notice_that_is_overtaken_is_not_sent(desk: Desk) -> None:
    desk.is_post_slow = True
    plan, _ = desk.charged_plan()
    put_away(desk)
    desk.days(3, 28, 29)
    desk.pay(plan, 33334)
    desk.work()
    put_away(desk)
    assert all("will be charged" not in letter.subject for letter in desk.sent)
    with desk.house.resources.reading() as session:
        dropped = select(letters_table.c.kind).where(letters_table.c.state == "dropped")
        assert session.execute(dropped).scalars().all() == ["collect_notice"]


def test_a_soft_refusal_says_why_and_when_next(desk: Desk) -> None:
    _, method = desk.charged_plan()
    desk.house.stripe.decline_next(method.payment_method_id, "insufficient_funds", is_once=False)
    desk.days(3, 29, 31)
    letter = mail(desk, "collect_refused")
    assert letter.subject == "Your payment of $333.34 did not go through"
    for wanted in ("not enough money", "again on April 3, 2026", "March 31, 2026", "Look and pay"):
        assert wanted in letter.text


def test_the_last_refusal_says_that_it_is_over_to_both(desk: Desk) -> None:
    plan, method = desk.charged_plan()
    desk.house.stripe.decline_next(method.payment_method_id, "lost_card", is_once=False)
    put_away(desk)
    desk.days(3, 29, 31)
    with desk.house.resources.reading() as session:
        kinds = session.execute(select(letters_table.c.kind).where(letters_table.c.state == "waiting")).scalars()
        assert {"collect_refused", "seller_collect_stopped"} <= set(kinds)
    put_away(desk)
    mine = next(letter for letter in desk.sent if "did not go through" in letter.subject)
    for wanted in ("reported lost or stolen", "pay it by hand", "save another card"):
        assert wanted in mine.text
    theirs = next(letter for letter in desk.sent if letter.subject.startswith("An automatic payment has stopped"))
    assert theirs.to_email == "owner@harbor.example"
    for wanted in ("reported lost or stolen", "$333.34", "Visa •••• 4242", plan.number):
        assert wanted in theirs.text


def test_what_came_back_is_said_so(desk: Desk) -> None:
    desk.charged_plan(BANK)
    desk.days(3, 29, 31)
    desk.days(4, 1, 8)
    attempt = desk.attempts()[0]
    desk.sync(attempt)
    desk.house.stripe.dispute(attempt.payment_intent_id or "", "insufficient_funds")
    desk.sync(attempt)
    put_away(desk)
    desk.days(4, 9, 9)
    letter = mail(desk, "collect_refused")
    assert letter.subject == "Your payment of $333.34 has come back"
    assert "We do not try it again." in letter.text


def test_the_link_of_a_confirmation_leads_to_its_page(desk: Desk) -> None:
    desk.charged_plan(ASKS)
    put_away(desk)
    desk.days(3, 29, 31)
    letter = mail(desk, "collect_confirm")
    assert letter.subject == "Please confirm your payment of $333.34"
    assert link_in(desk, letter).collection_public_id == desk.all()[0].public_id


def test_a_plan_without_a_method_is_reminded_of_three_days_before(desk: Desk) -> None:
    plan = desk.agree()
    desk.days(3, 26, 28)
    desk.days(3, 29, 31)
    letter = mail(desk, "plan_due")
    assert letter.subject == f"$333.34 is due on March 31, 2026 for plan {plan.number}"
    assert link_in(desk, letter).plan_number == plan.number


def test_a_reminder_of_what_is_paid_is_not_sent(desk: Desk) -> None:
    plan = desk.agree()
    put_away(desk)
    desk.days(3, 28, 28)
    desk.pay(plan, 33334)
    put_away(desk)
    assert all("is due on" not in letter.subject for letter in desk.sent)


def test_an_invoice_is_announced_under_autopay(desk: Desk) -> None:
    desk.is_post_slow = True
    desk.autopay()
    put_away(desk)
    desk.days(3, 28, 29)
    letter = mail(desk, "autopay_notice")
    assert letter.subject == "$1,000.00 will be charged on March 31, 2026 for invoice 1001"
    assert "Open your account" in letter.text
    assert link_in(desk, letter).charge_number is None
    assert "credit" not in letter.text


def test_a_notice_says_that_credit_is_not_used(desk: Desk) -> None:
    desk.is_post_slow = True
    desk.autopay()
    put_away(desk)
    desk.credit(70_000, invoice=desk.second)
    desk.days(3, 28, 29)
    letter = mail(desk, "autopay_notice")
    assert "Your credit of $100.00 is not used for it. To use it, pay by hand before that day." in letter.text


def test_the_seller_hears_of_what_cannot_be_announced(desk: Desk) -> None:
    plan, _ = desk.charged_plan()
    put_away(desk)
    with desk.house.resources.writing() as session:
        for contact in accounts.contacts_of(session, desk.account.id):
            contacts.remove(session, contact, now=desk.house.clock.now(), actor="staff:1")
    desk.days(3, 29, 29)
    letter = mail(desk, "seller_collect_stopped")
    assert letter.to_email == "owner@harbor.example"
    for wanted in ("could not be sent", "Give the customer a contact", plan.number, "$333.34"):
        assert wanted in letter.text
