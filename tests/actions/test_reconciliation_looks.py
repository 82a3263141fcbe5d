"""How far a look sees, what it closes and confirms; settlement in another currency; what only one side has."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from e2e.stripe import Fault
from portal.actions import reconciliation
from portal.actions.check import check_books
from portal.gateways import stripe_reading
from portal.records import breaks
from portal.records.tables import letters
from tests.actions.test_reconciliation import look, named
from tests.support.paid import Paid
from tests.support.shop import Shop, together


@pytest.fixture(autouse=True)
def books_hold(shop: Shop) -> Iterator[None]:
    yield
    with shop.house.resources.reading() as session:
        assert check_books(session, now=shop.house.clock.now()).breaches == ()


def standing(shop: Shop) -> list[str]:
    with shop.house.resources.reading() as session:
        return [row.kind for row in breaks.open_breaks(session)]


def told(shop: Shop) -> int:
    with shop.house.resources.reading() as session:
        return session.execute(select(letters.c.kind)).scalars().all().count("seller_breaks")


def in_euros(shop: Shop, per_dollar: float = 0.9) -> None:
    """Stripe's balance is in euros: so are its bookings, and the copies that a dispute holds."""
    stripe = shop.house.stripe
    with stripe.lock:
        copies = [each for dispute in stripe.all("dispute") for each in dispute["balance_transactions"]]
        for booked in [*stripe.all("balance_transaction"), *copies]:
            if booked["currency"] == "usd":
                booked |= {"currency": "eur", "amount": round(booked["amount"] * per_dollar)}


class TestClosing:
    """A break ends when what it is about is seen to agree."""

    def test_what_the_week_found_stands_when_the_day_does_not_see_it(self, shop: Shop) -> None:
        Paid(shop)
        (booked,) = shop.house.stripe.all("balance_transaction")
        shop.house.stripe.corrupt(booked["id"], 1)
        shop.house.clock.move(days=30)
        assert [each.kind for each in look(shop, days=400).breaks] == ["booking"]
        assert [each.kind for each in look(shop, days=10).breaks] == ["booking"]
        assert standing(shop) == ["booking"]
        look(shop, days=400)
        assert told(shop) == 1
        shop.house.stripe.corrupt(booked["id"], -1)
        assert look(shop, days=400).breaks == ()
        assert standing(shop) == []

    def test_two_looks_at_once_tell_once(self, shop: Shop) -> None:
        Paid(shop)
        (booked,) = shop.house.stripe.all("balance_transaction")
        shop.house.stripe.corrupt(booked["id"], 1)
        together(3, lambda: look(shop))
        assert (standing(shop), told(shop)) == (["booking"], 1)


class TestAgain:
    """A look that failed is taken again soon."""

    def nightly(self, shop: Shop) -> int:
        asked = len(shop.house.stripe.requests)
        reconciliation.reconcile_nightly(shop.house.resources, now=shop.house.clock.now())
        return len(shop.house.stripe.requests) - asked

    def lists(self, shop: Shop) -> list[int]:
        """How many days back each look went."""
        now, found = shop.house.clock.now(), []
        original = reconciliation.reconcile

        def seen(resources: object, *, since: datetime, now: datetime) -> object:
            found.append((now - since).days)
            return original(resources, since=since, now=now)  # type: ignore[arg-type]

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(reconciliation, "reconcile", seen)
            reconciliation.reconcile_nightly(shop.house.resources, now=now)
        return found

    def test_stripe_was_away(self, shop: Shop) -> None:
        shop.pay_first()
        shop.pay_by_card()
        fault = Fault("server_error", method="GET", path="/v1/refunds", times=None, should_retry=False)
        shop.house.stripe.fault(fault)
        assert self.nightly(shop) > 0
        assert self.nightly(shop) == 0
        shop.house.stripe.heal()
        shop.house.clock.move(hours=1, minutes=5)
        assert self.lists(shop) == [400]
        assert shop.opens() == {"1002": 60_000}
        shop.house.clock.move(hours=2)
        assert self.nightly(shop) == 0
        shop.house.clock.move(days=1)
        assert self.lists(shop) == [10]

    def test_it_crashed(self, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(reconciliation, "read_listed", lambda *_, **__: 1 / 0)
            with pytest.raises(ZeroDivisionError):
                self.nightly(shop)
        shop.house.clock.move(hours=1, minutes=5)
        assert self.lists(shop) == [400]


class TestAnotherCurrency:
    """Stripe's balance is in euros, the account pays in dollars."""

    def test_bookings_are_not_compared(self, shop: Shop) -> None:
        paid = Paid(shop)
        paid.stripe.refund(paid.intent, 1_000)
        in_euros(shop)
        assert look(shop).breaks == ()

    def test_a_dispute_is_compared_by_what_was_posted(self, shop: Shop) -> None:
        paid = Paid(shop)
        dispute = paid.stripe.dispute(paid.intent)
        in_euros(shop)
        assert look(shop).breaks == ()
        paid.stripe.close_dispute(dispute["id"], won=True)
        in_euros(shop, per_dollar=0.8)
        assert look(shop).breaks == ()


class TestHeld:
    """Money is held apart for a dispute while it is undecided, and no longer."""

    def test_won_and_the_money_is_not_back(self, shop: Shop) -> None:
        paid = Paid(shop)
        dispute = paid.stripe.dispute(paid.intent)
        paid.sync()
        assert look(shop).breaks == ()
        with paid.stripe.lock:
            paid.stripe.get("dispute", dispute["id"])["status"] = "won"
        assert named(look(shop)) == [("dispute", "981.60 USD held", "nothing")]

    def test_a_word_of_next_year(self, shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
        paid = Paid(shop)
        paid.stripe.dispute(paid.intent)
        read = stripe_reading.dispute_facts
        monkeypatch.setattr(stripe_reading, "dispute_facts", lambda wire: replace(read(wire), status="arbitrated"))
        assert named(look(shop)) == [("dispute", "981.60 USD held", "nothing")]

    @pytest.mark.parametrize("won", [True, False])
    def test_decided(self, shop: Shop, won: bool) -> None:
        paid = Paid(shop)
        dispute = paid.stripe.dispute(paid.intent)
        paid.sync()
        paid.stripe.close_dispute(dispute["id"], won=won)
        assert {each.kind for each in look(shop).repaired} == {"dispute"}
        assert look(shop).breaks == ()


class TestOnlyOurs:
    """What the books have and Stripe does not, confirmed by reading that payment."""

    def test_a_charge_long_after_its_payment_was_begun_is_there(self, shop: Shop) -> None:
        paid = Paid(shop)
        with paid.stripe.lock:
            intent = paid.stripe.get("payment_intent", paid.intent)
            intent["created"] = int((datetime.fromtimestamp(intent["created"], UTC) - timedelta(days=30)).timestamp())
        assert look(shop).breaks == ()

    def test_what_is_posted_while_the_lists_are_read_is_not_asked_for(self, shop: Shop) -> None:
        now = shop.house.clock.now()
        shop.house.clock.move(seconds=1)
        Paid(shop)
        with shop.house.stripe.lock:
            shop.house.stripe.tables["payment_intent"].clear()
            shop.house.stripe.tables["balance_transaction"].clear()
        done = reconciliation.reconcile(shop.house.resources, since=now - timedelta(days=10), now=now)
        assert done.breaks == ()

    def test_a_refund_and_a_fee_that_stripe_does_not_have(self, shop: Shop) -> None:
        paid = Paid(shop)
        paid.stripe.refund(paid.intent, 500)
        paid.sync()
        with paid.stripe.lock:
            paid.stripe.tables["refund"].clear()
            paid.stripe.tables["balance_transaction"].clear()
            paid.stripe.all("charge")[0]["balance_transaction"] = None
        found = [("fee", "28.77 USD", "not there"), ("refund", "5.00 USD", "not there")]
        assert named(look(shop)) == found
        assert named(look(shop)) == found
        assert (standing(shop), told(shop)) == (["fee", "refund"], 1)


class TestOlderThanTheWindow:
    """A booking of today may be about a refund or a dispute of long ago."""

    def test_a_refund_fails_after_weeks(self, shop: Shop) -> None:
        paid = Paid(shop)
        refund = paid.stripe.refund(paid.intent, 10_000)
        paid.sync()
        shop.house.clock.move(days=30)
        paid.stripe.fail_refund(refund["id"])
        assert [each.kind for each in look(shop).repaired] == ["refund"]
        assert look(shop).breaks == ()
        assert shop.opens() == {"1002": 60_000}

    def test_a_dispute_is_won_after_it_was_lost_for_months(self, shop: Shop) -> None:
        paid = Paid(shop)
        dispute = paid.stripe.dispute(paid.intent)
        paid.stripe.close_dispute(dispute["id"], won=False)
        paid.sync()
        shop.house.clock.move(days=90)
        paid.stripe.appeal(dispute["id"])
        paid.stripe.close_dispute(dispute["id"], won=True)
        assert "dispute" in {each.kind for each in look(shop).repaired}
        assert look(shop).breaks == ()
        assert shop.opens() == {"1002": 60_000}


def test_the_fee_of_a_refund_is_compared(shop: Shop) -> None:
    paid = Paid(shop)
    refund = paid.stripe.refund(paid.intent, 1_000)
    with paid.stripe.lock:
        paid.stripe.get("balance_transaction", refund["balance_transaction"])["fee"] = 45
    assert {each.kind for each in look(shop).repaired} == {"refund", "fee"}
    assert look(shop).repaired == ()


def test_a_dispute_that_was_prevented_is_asked_for_no_more(shop: Shop) -> None:
    paid = Paid(shop)
    dispute = paid.stripe.dispute(paid.intent)
    paid.stripe.close_dispute(dispute["id"], won=False)
    paid.sync()
    with paid.stripe.lock:
        paid.stripe.get("dispute", dispute["id"])["status"] = "prevented"
    paid.sync()
    asked = len(paid.stripe.requests)
    look(shop)
    assert not [path for *_, path in paid.stripe.requests[asked:] if "/checkout/sessions" in path]
