"""What both sides read of a payment plan, as of the moment a letter goes out."""

import re
from datetime import date

import pytest
from sqlalchemy import select, update

from portal import links as tokens
from portal.actions import access, fresh_links, policies
from portal.gateways.mailer import Attachment
from portal.records.tables import accounts as accounts_table
from portal.records.tables import contacts as contacts_table
from portal.records.tables import letters as letters_table
from portal.rules.plans import Shape
from tests.support.office import Office, mail, token
from tests.support.planning import MONTHLY, PAPER, Planner

OVERTAKEN = "the plan has moved on since"


@pytest.fixture
def planner(office: Office) -> Planner:
    return Planner(office)


def given_up(office: Office) -> list[tuple[str, str]]:
    with office.house.resources.reading() as session:
        chosen = select(letters_table.c.kind, letters_table.c.error).where(letters_table.c.state != "sent")
        return [(kind, error) for kind, error in session.execute(chosen)]


def test_an_offer_lists_every_date_beside_paying_now(office: Office, planner: Planner) -> None:
    planner.offer(MONTHLY, Shape(20_000, 2, "fortnight", date(2026, 3, 16)), words="As we said.\n\nChoose.")
    letter = mail(office)["ap"]
    assert letter.subject == "A payment plan for $1,000.00, open until March 16, 2026"
    for wanted in (
        "plan P-00001. It costs nothing extra",
        "    As we said.\n    Choose.\n",
        "Choice 1: 3 payments, every month",
        "Mar 31, 2026: $333.34 (Payment 1 of 3)",
        "Apr 30, 2026: $333.33",
        "Choice 2: First amount $200.00, then 2 payments every two weeks",
        "When you agree: $200.00 (First amount)",
        "Mar 30, 2026: $400.00",
        "takes $981.60: you save $18.40, until March 11, 2026",
    ):
        assert wanted in letter.text


def test_no_discount_is_spoken_of_that_is_over(office: Office, planner: Planner) -> None:
    office.house.clock.move(days=10)
    planner.offer()
    letter = mail(office)["ap"]
    assert "takes $1,000.00, the same as the plan" in letter.text
    assert "you save" not in letter.text


def test_an_offer_that_cannot_be_accepted_any_more_is_not_sent(office: Office, planner: Planner) -> None:
    planner.withdraw(planner.offer())
    assert mail(office) == {}
    planner.offer()
    planner.pay(10_000)
    assert mail(office) == {}
    planner.offer(cents=90_000)
    office.house.clock.move(days=15)
    assert mail(office) == {}
    assert given_up(office) == [("plan_offer", OVERTAKEN)] * 3


def test_an_accepted_plan_comes_with_its_agreement(office: Office, planner: Planner) -> None:
    plan = planner.offer()
    mail(office)
    planner.accept(plan)
    told = mail(office)
    letter = told["ap"]
    assert letter.attachments == (Attachment("agreement-P-00001.pdf", "application/pdf", PAPER),)
    assert letter.subject == "Your payment plan P-00001 for $1,000.00"
    for wanted in (
        "March 31, 2026: $333.34",
        "Left of the plan: $1,000.00\n\nYour next payment is $333.34 on March 31, 2026.\n\nIt is for 1001.",
        "You pay each date yourself",
        "more than 5 days late, we write to you, and you have 10 days",
    ):
        assert wanted in letter.text
    seller = told["owner"]
    assert seller.subject == "Payment plan accepted: P-00001: Northwind Traders"
    assert "Payments: 3, from March 31, 2026 to May 31, 2026" in seller.text
    assert re.findall(r"https?://\S+", seller.text) == [f"http://127.0.0.1:8000/admin/plans/{plan.public_id}"]


def test_a_plan_that_takes_the_place_of_another_says_so(office: Office, planner: Planner) -> None:
    old = planner.accept(planner.offer())
    mail(office)
    mail(office)
    new = planner.offer(Shape(0, 4, "month", date(2026, 3, 31)), replaces=old)
    assert "takes the place of your plan P-00001" in mail(office)["ap"].text
    planner.accept(new)
    assert "has taken the place of your plan P-00001" in mail(office)["ap"].text


def test_a_request_is_told_in_figures_and_answered_in_words(office: Office, planner: Planner) -> None:
    plan = planner.ask("The season\nstarts late.")
    letter = mail(office)["owner"]
    assert letter.subject == "A payment plan is asked for: P-00001: Northwind Traders"
    for wanted in (
        "It is your turn",
        "    The season\n    starts late.\n",
        "The plan: $1,000.00",
        "Then: 10 payments, every week",
        "The first: $100.00 on March 31, 2026",
        "At most 4 payments.",
    ):
        assert wanted in letter.text
    planner.say_no(plan, "Ten are too many.\nFour we can do.")
    letter = mail(office)["ap"]
    assert letter.subject == "Your request for a payment plan for $1,000.00"
    assert "    Ten are too many.\n    Four we can do.\n" in letter.text


def test_a_request_that_was_taken_back_asks_for_nothing(office: Office, planner: Planner) -> None:
    planner.withdraw(planner.ask())
    assert "nothing is left to do" in mail(office)["owner"].text


def test_the_seller_hears_that_an_offer_is_declined(office: Office, planner: Planner) -> None:
    plan = planner.offer()
    mail(office)
    planner.decline(plan)
    letter = mail(office)["owner"]
    assert letter.subject == "Payment plan declined: P-00001: Northwind Traders"
    assert "3 payments, every month" in letter.text


def test_a_late_plan_is_told_what_to_pay_until_when_and_what_happens_then(office: Office, planner: Planner) -> None:
    planner.accept(planner.offer())
    office.post()
    office.house.clock.move(days=35)
    planner.watch()
    told = mail(office)
    letter = told["ap"]
    assert letter.subject == "Your payment plan P-00001: please pay $333.34 by April 16, 2026"
    assert "was due on March 31, 2026" in letter.text
    assert "the plan ends, and all that is left of it, $1,000.00, is due as it was before" in letter.text
    assert "Late since: March 31, 2026" in told["owner"].text
    assert "until April 16, 2026" in told["owner"].text
    planner.pay(33_334)
    planner.watch()
    letter = mail(office)["ap"]
    assert letter.subject == "Thank you: your payment plan P-00001 goes on"
    assert "March 31, 2026: $333.34 (paid)" in letter.text
    assert "Your next payment is $333.33 on April 30, 2026." in letter.text


def test_the_seller_hears_that_nobody_can_be_told_of_a_late_plan(office: Office, planner: Planner) -> None:
    planner.accept(planner.offer())
    office.post()
    with office.house.resources.writing() as session:
        session.execute(update(contacts_table).values(removed_at=office.house.clock.now()))
    office.house.clock.move(days=35)
    planner.watch()
    told = " ".join(mail(office)["owner"].text.split())
    assert "no e-mail reaches the customer. The plan does not end before they were told" in told


def test_nobody_is_dunned_who_has_paid_before_the_letter_went_out(office: Office, planner: Planner) -> None:
    planner.accept(planner.offer())
    office.post()
    office.house.clock.move(days=35)
    planner.watch()
    planner.pay(33_334)
    told = mail(office)
    assert "ap" not in told
    planner.watch()
    assert mail(office)["ap"].subject == "Thank you: your payment plan P-00001 goes on"
    assert ("plan_late", OVERTAKEN) in given_up(office)


def test_a_plan_that_was_not_kept_is_due_again(office: Office, planner: Planner) -> None:
    planner.accept(planner.offer())
    planner.pay(20_000)
    office.post()
    office.house.clock.move(days=35)
    planner.watch()
    office.post()
    office.house.clock.move(days=11)
    planner.watch()
    told = mail(office)
    letter = told["ap"]
    assert letter.subject == "Your payment plan P-00001 has ended: $800.00 to pay"
    assert "1001: $800.00" in letter.text
    assert "Please pay $800.00, or talk to us" in letter.text
    assert "Paid by it: $200.00" in told["owner"].text
    assert "Left of the plan: $800.00" in told["owner"].text


def test_thanks_name_every_payment(office: Office, planner: Planner) -> None:
    planner.accept(planner.offer())
    planner.pay(60_000)
    office.house.clock.move(days=30)
    planner.pay(40_000)
    office.post()
    planner.watch()
    letter = mail(office)["ap"]
    assert letter.subject == "Your payment plan P-00001 is paid off. Thank you"
    assert "March 2, 2026: $600.00\nApril 1, 2026: $400.00\nPaid by this plan: $1,000.00" in letter.text
    assert "another way" not in letter.text


@pytest.mark.parametrize(
    ("deed", "given", "wanted"),
    [
        ("move", (1, date(2026, 4, 7)), "Your payment of $333.34 is now due on April 7, 2026."),
        ("pause", (), "Your plan is paused since March 2, 2026."),
        ("put_off", (7,), "comes 7 days later than before"),
        ("cancel", (), "We have ended your payment plan on March 2, 2026."),
    ],
)
def test_a_change_is_told_with_the_dates_as_they_are_now(
    office: Office, planner: Planner, deed: str, given: tuple[object, ...], wanted: str
) -> None:
    plan = planner.accept(planner.offer())
    office.post()
    getattr(planner, deed)(plan, *given)
    letter = mail(office)["ap"]
    assert wanted in letter.text
    first = {"move": "April 7, 2026", "put_off": "April 7, 2026"}.get(deed, "March 31, 2026")
    assert (f"{first}: $333.34" in letter.text) == (deed != "cancel")
    assert ("1001: $1,000.00" in letter.text) == (deed == "cancel")
    assert ("    Get well soon.\n" in letter.text) == (deed == "pause")
    assert ("    As you asked.\n" in letter.text) == (deed == "cancel")


def test_of_two_changes_the_last_is_told_once(office: Office, planner: Planner) -> None:
    plan = planner.accept(planner.offer())
    office.post()
    planner.pause(plan)
    office.house.clock.move(days=3)
    planner.resume(plan)
    letter = mail(office)["ap"]
    assert letter.subject == "Your payment plan P-00001 goes on"
    assert "April 3, 2026: $333.34" in letter.text
    assert ("plan_changed", OVERTAKEN) in given_up(office)


def test_the_link_leads_to_the_plan_and_so_does_a_fresh_one(office: Office, planner: Planner) -> None:
    plan = planner.offer()
    resources, now = office.house.resources, office.house.clock.now()
    found = tokens.read(resources.keys, token(mail(office)["ap"]))
    with resources.writing() as session:
        shown = access.preview_link(session, found, policy=policies.load(session, now=now), now=now)
        opened = access.open_link(session, found, secret=None, now=now, session_hours=1)
        assert shown is not None
        assert (shown.plan, shown.document) == ("P-00001", None)
        assert opened is not None
        assert opened.plan == plan.public_id
    planner.accept(plan)
    office.post()
    office.house.clock.move(days=400)
    with resources.writing() as session:
        fresh_links.send_fresh_link(session, found, visitor="203.0.113.7", now=office.house.clock.now())
    assert "View plan P-00001:" in mail(office)["ap"].text


def test_what_has_ended_is_paid_from_the_statement(office: Office, planner: Planner) -> None:
    plan = planner.accept(planner.offer())
    office.post()
    planner.cancel(plan)
    found = tokens.read(office.house.resources.keys, token(mail(office)["ap"]))
    with office.house.resources.writing() as session:
        opened = access.open_link(session, found, secret=None, now=office.house.clock.now(), session_hours=1)
    assert opened is not None
    assert opened.plan is None


def test_what_others_wrote_stays_words(office: Office, planner: Planner) -> None:
    canary = "<script>1</script>\r\nBcc: all@evil.example\r\n{{ 7*7 }} %(number)s & co"
    with office.house.resources.writing() as session:
        session.execute(update(accounts_table).values(name=canary))
    planner.say_no(planner.ask(canary), canary)
    office.post()
    plan = planner.offer(words=canary)
    office.post()
    planner.accept(plan)
    office.post()
    planner.pause(plan, canary)
    office.post()
    assert len(office.sent) == 6
    for letter in office.sent:
        assert "\n" not in letter.subject
        assert "\r" not in letter.subject
        assert "<script" not in letter.html
        assert "&lt;script&gt;" in letter.html
        assert "<script>1</script>" in letter.text
        assert "{{ 7*7 }} %(number)s & co" in letter.text
