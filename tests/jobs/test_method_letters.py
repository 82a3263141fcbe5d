"""What both sides read of a saved method and of automatic payments, as of the moment a letter goes out."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select, update

from portal.actions import method_care
from portal.gateways.mailer import OutgoingLetter
from portal.records import Database
from portal.records.saved_methods import MethodRow
from portal.records.tables import letters as letters_table
from portal.records.tables import saved_methods as methods_table
from tests.support.clock import MovableClock
from tests.support.office import Office, open_office
from tests.support.saving import Saving


class Desk(Saving, Office):
    """A customer who saves methods, and both trays of letters."""


@pytest.fixture
def desk(sqlite_database: Database, clock: MovableClock) -> Iterator[Desk]:
    with open_office(Desk, sqlite_database, clock) as made:
        yield made


def mail(desk: Desk) -> dict[str, OutgoingLetter]:
    """What goes out now, by its receiver."""
    desk.sent.clear()
    desk.post()
    assert len({letter.to_email for letter in desk.sent}) == len(desk.sent)
    return {letter.to_email.split("@")[0]: letter for letter in desk.sent}


def used(desk: Desk) -> MethodRow:
    """A card that pays plan P-00001 and every invoice; the letters so far are put away."""
    plan = desk.agree()
    method = desk.save("card", "plan", plan_id=plan.id)
    desk.turn_on(method)
    desk.sent.clear()
    desk.post()
    return method


def dropped(desk: Desk) -> list[str]:
    with desk.house.resources.reading() as session:
        return list(session.execute(select(letters_table.c.kind).where(letters_table.c.state == "dropped")).scalars())


def test_turning_on_sends_the_words_that_were_agreed_to(desk: Desk) -> None:
    desk.turn_on(desk.save())
    letter = mail(desk)["ap"]
    assert letter.subject == "Automatic payments are on"
    for wanted in ("Visa •••• 4242", "I agree.", "Every word of it.", "This was not you?", "/l/"):
        assert wanted in letter.text
        assert wanted in letter.html


def test_turning_off_says_that_nothing_is_charged_any_more(desk: Desk) -> None:
    desk.turn_on(desk.save())
    mail(desk)
    desk.turn_off()
    letter = mail(desk)["ap"]
    assert letter.subject == "Automatic payments are off"
    assert "No invoice is charged to Visa •••• 4242 by itself any more." in letter.text


def test_on_and_off_again_before_the_letter_goes_out_is_told_as_it_is(desk: Desk) -> None:
    desk.turn_on(desk.save())
    desk.turn_off()
    assert mail(desk)["ap"].subject == "Automatic payments are off"
    assert dropped(desk) == ["autopay_on"]


def test_the_end_of_a_method_says_why_and_what_follows_to_both(desk: Desk) -> None:
    method = used(desk)
    desk.house.stripe.detach(method.payment_method_id)
    desk.look_again(method)
    found = mail(desk)
    assert found["ap"].subject == "Visa •••• 4242 is not charged any more"
    for wanted in (
        "was taken off at Stripe",
        "You pay plan P-00001 by hand from now on",
        "Automatic payments have ended with it",
        "To save another card or bank account",
    ):
        assert wanted in found["ap"].text
    assert found["owner"].subject == "A saved card or bank account has ended: Northwind Traders"
    for wanted in ("Visa •••• 4242 was taken off at Stripe", "P-00001", "Off since then", "the customer pays by hand"):
        assert wanted in found["owner"].text


def test_whoever_removes_one_that_pays_nothing_is_told_no_more_than_that(desk: Desk) -> None:
    desk.remove(desk.save())
    found = mail(desk)
    assert list(found) == ["ap"]
    assert "as asked for on your account's pages" in found["ap"].text
    assert "This was not you?" in found["ap"].text
    assert "plan" not in found["ap"].text


def test_a_card_that_expires_is_told_of_with_what_it_pays(desk: Desk) -> None:
    method = used(desk)
    with desk.house.resources.writing() as session:
        session.execute(update(methods_table).values(exp_year=2026, exp_month=3))
    desk.on(3, 25)
    method_care.watch(desk.house.resources, now=desk.house.clock.now())
    letter = mail(desk)["ap"]
    assert letter.subject == "Your card expires soon"
    assert "Your card Visa •••• 4242 is good until March 31, 2026." in letter.text
    assert "It pays plan P-00001 and your automatic payments." in letter.text
    assert method.ended_at is None


def test_a_card_that_was_renewed_before_the_letter_went_out_is_not_told_of(desk: Desk) -> None:
    method = used(desk)
    with desk.house.resources.writing() as session:
        session.execute(update(methods_table).values(exp_year=2026, exp_month=3))
    desk.on(3, 25)
    method_care.watch(desk.house.resources, now=desk.house.clock.now())
    desk.house.stripe.renew_card(method.payment_method_id)
    desk.look_again(method)
    assert mail(desk) == {}
    assert dropped(desk) == ["method_expiring"]


def test_what_others_wrote_stays_words(desk: Desk) -> None:
    method = desk.save("us_bank_account")
    desk.turn_on(method)
    with desk.house.resources.writing() as session:
        session.execute(update(methods_table).values(name="<img src=x>{{ 7*7 }}%(name)s"))
    letter = mail(desk)["ap"]
    assert "<img" not in letter.html
    assert "<img src=x>{{ 7*7 }}%(name)s •••• 6789" in letter.text
