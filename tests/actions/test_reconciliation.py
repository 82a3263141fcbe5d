"""What webhooks never told is found by asking; what stays different has a name, and nothing is adjusted."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from e2e.stripe import Fault
from portal.actions import inbox, reconciliation
from portal.actions.check import check_books
from portal.actions.quotes import Choice
from portal.actions.reconciliation import Reconciled
from portal.gateways.stripe_values import StripeUnavailable
from portal.records import breaks
from portal.records.tables import inbox as inbox_table
from portal.records.tables import letters, movements
from tests.support.paid import Paid
from tests.support.shop import Shop


@pytest.fixture(autouse=True)
def books_hold(shop: Shop) -> Iterator[None]:
    yield
    with shop.house.resources.reading() as session:
        assert check_books(session, now=shop.house.clock.now()).breaches == ()


def look(shop: Shop, *, days: int = 10) -> Reconciled:
    now = shop.house.clock.now()
    return reconciliation.reconcile(shop.house.resources, since=now - timedelta(days=days), now=now)


def named(done: Reconciled) -> list[tuple[str, str, str]]:
    return [(each.kind, each.ours, each.theirs) for each in done.breaks]


def test_books_that_agree(shop: Shop) -> None:
    Paid(shop)
    done = look(shop)
    assert (done.repaired, done.breaks) == ((), ())
    assert done.compared >= 3


def test_a_payment_that_no_webhook_told_of_is_posted(shop: Shop) -> None:
    shop.pay_first()
    shop.pay_by_card()
    done = look(shop)
    assert shop.opens() == {"1002": 60_000}
    assert done.breaks == ()
    assert look(shop).repaired == ()


def test_refunds_and_disputes_that_no_webhook_told_of(shop: Shop) -> None:
    paid = Paid(shop)
    shop.house.clock.move(days=3)
    paid.stripe.refund(paid.intent, 10_000)
    dispute = paid.stripe.dispute(paid.intent)
    done = look(shop)
    assert {each.kind for each in done.repaired} >= {"refund", "dispute"}
    assert done.breaks == ()
    # Its end comes when it is too old to be listed: what is not decided is asked for by itself.
    shop.house.clock.move(days=60)
    paid.stripe.close_dispute(dispute["id"], won=False)
    assert look(shop).breaks == ()
    assert shop.opens() == {"1001": 100_000, "1002": 60_000}


def test_a_fee_that_is_booked_late_is_posted_once(shop: Shop) -> None:
    shop.house.stripe.business.balance_transaction_delay_seconds = 3_600
    Paid(shop)
    shop.house.clock.move(hours=2)
    shop.house.stripe.tick()
    assert [each.kind for each in look(shop).repaired] == ["fee"]
    assert look(shop).repaired == ()
    with shop.house.resources.reading() as session:
        fees = select(movements.c.amount_cents).where(movements.c.source.startswith("fee:"))
        assert session.execute(fees).scalars().all() == [2_877]


def test_one_cent_is_a_break_and_is_told_once(shop: Shop) -> None:
    Paid(shop)
    (booked,) = shop.house.stripe.all("balance_transaction")
    shop.house.stripe.corrupt(booked["id"], 1)
    assert named(look(shop)) == [("booking", "981.60 USD", "981.61 USD")]
    assert named(look(shop)) == [("booking", "981.60 USD", "981.61 USD")]
    with shop.house.resources.reading() as session:
        kinds = session.execute(select(letters.c.kind)).scalars().all()
        assert kinds.count("seller_breaks") == 1
        assert len(breaks.open_breaks(session)) == 1
    shop.house.stripe.corrupt(booked["id"], -1)
    assert look(shop).breaks == ()
    with shop.house.resources.reading() as session:
        assert breaks.open_breaks(session) == []


def test_a_payment_in_another_currency_is_named_and_not_posted(shop: Shop) -> None:
    shop.pay_first()
    shop.pay_by_card()
    with shop.house.stripe.lock:
        (charge,) = shop.house.stripe.all("charge")
        charge["currency"] = "eur"
    assert named(look(shop)) == [("currency", "nothing posted", "981.60 EUR")]
    assert shop.opens() == {"1001": 100_000, "1002": 60_000}
    shop.house.stripe.refund(charge["payment_intent"], 98_160)
    assert named(look(shop)) == []
    with shop.house.resources.reading() as session:
        assert breaks.open_breaks(session) == []


def test_what_is_of_somebody_else_is_left_alone(shop: Shop) -> None:
    shop.pay_first()
    shop.pay_by_card()
    with shop.house.stripe.lock:
        for kind in ("payment_intent", "checkout.session", "charge"):
            for each in shop.house.stripe.all(kind):
                each["metadata"] = {"instance": "a shop"}
    shop.house.stripe.tables["payment_intent"]["pi_other"] = shop.house.stripe.all("payment_intent")[0] | {
        "id": "pi_other"
    }
    done = look(shop)
    assert done.breaks == ()


def test_a_payment_that_names_an_attempt_we_do_not_have(shop: Shop) -> None:
    shop.pay_first()
    shop.pay_by_card()
    with shop.house.stripe.lock:
        (intent,) = shop.house.stripe.all("payment_intent")
        charge = shop.house.stripe.all("charge")[0]
        shop.house.stripe.add(charge | {"id": "ch_stray", "payment_intent": "pi_stray"})
        stray = {"id": "pi_stray", "latest_charge": "ch_stray", "metadata": {"instance": "portal", "attempt": "gone"}}
        shop.house.stripe.add(intent | stray)
    assert ("unknown", "nothing posted", "981.60 USD") in named(look(shop))


def test_a_payment_that_stripe_does_not_have(shop: Shop) -> None:
    Paid(shop)
    with shop.house.stripe.lock:
        shop.house.stripe.tables["payment_intent"].clear()
        shop.house.stripe.tables["balance_transaction"].clear()
    assert [each.kind for each in look(shop).breaks] == ["not_at_stripe"]


def test_lists_that_break_between_pages_tell_nothing(shop: Shop) -> None:
    Paid(shop)
    shop.house.stripe.fault(Fault("drop_before", method="GET", path="/v1/refunds", times=None))
    with pytest.raises(StripeUnavailable):
        look(shop)


def test_the_nightly_look_is_taken_once_a_day_by_one_worker(shop: Shop) -> None:
    shop.pay_first()
    shop.pay_by_card()
    now = shop.house.clock.now()
    reconciliation.reconcile_nightly(shop.house.resources, now=now)
    assert shop.opens() == {"1002": 60_000}
    asked = len(shop.house.stripe.requests)
    reconciliation.reconcile_nightly(shop.house.resources, now=now + timedelta(hours=1))
    assert len(shop.house.stripe.requests) == asked
    shop.house.clock.move(days=1)
    reconciliation.reconcile_nightly(shop.house.resources, now=shop.house.clock.now())
    assert len(shop.house.stripe.requests) > asked


class TestEvents:
    """Webhooks that were lost are asked for every five minutes."""

    def poll(self, shop: Shop, at: datetime | None = None) -> int:
        now = at or shop.house.clock.now()
        told = inbox.poll(shop.house.resources, now=now)
        inbox.handle_waiting(shop.house.resources, now=now)
        return told

    def test_a_lost_webhook_is_found(self, shop: Shop) -> None:
        self.poll(shop)
        shop.begin(Choice((shop.first.public_id,)), 98_160)
        shop.pay_by_card()
        shop.house.clock.move(minutes=6)
        assert self.poll(shop) > 0
        assert shop.opens() == {"1002": 60_000}

    def test_told_twice_it_is_one_event(self, shop: Shop) -> None:
        shop.pay_first()
        shop.pay_by_card()
        first = self.poll(shop)
        shop.house.clock.move(minutes=6)
        assert self.poll(shop) == first
        with shop.house.resources.reading() as session:
            assert len(session.execute(select(inbox_table.c.event_id)).all()) == first

    def test_a_poll_that_fails_looks_back_further_the_next_time(self, shop: Shop) -> None:
        self.poll(shop)
        shop.pay_first()
        shop.pay_by_card()
        shop.house.stripe.fault(Fault("server_error", method="GET", path="/v1/events", times=None, should_retry=False))
        shop.house.clock.move(minutes=6)
        assert self.poll(shop) == 0
        shop.house.stripe.heal()
        shop.house.clock.move(days=2)
        assert self.poll(shop) > 0
        assert shop.opens() == {"1002": 60_000}

    def test_an_event_of_the_other_mode_stops_no_other(self, shop: Shop) -> None:
        self.poll(shop)
        shop.pay_first()
        shop.pay_by_card()
        with shop.house.stripe.lock:
            shop.house.stripe.all("event")[-1]["livemode"] = True
        shop.house.clock.move(minutes=6)
        assert self.poll(shop) > 0
        assert shop.opens() == {"1002": 60_000}

    def test_two_workers_poll_once(self, shop: Shop) -> None:
        self.poll(shop)
        asked = len(shop.house.stripe.requests)
        self.poll(shop)
        assert len(shop.house.stripe.requests) == asked


def test_forty_five_days_without_a_word_from_stripe(shop: Shop) -> None:
    """Longer than Stripe keeps events: the payments themselves tell."""
    shop.pay_first(method="us_bank_account")
    shop.pay_by_bank()
    shop.house.clock.move(days=15)
    shop.house.stripe.tick()
    shop.house.stripe.dispute(shop.house.stripe.all("payment_intent")[0]["id"], "insufficient_funds")
    shop.house.clock.move(days=30)
    shop.house.stripe.tick()
    done = look(shop, days=400)
    assert done.breaks == ()
    assert shop.opens() == {"1001": 100_000, "1002": 60_000}
    assert look(shop, days=400).repaired == ()
