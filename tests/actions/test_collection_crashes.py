"""A worker that dies between any two steps of a charge: the next one goes on, and the customer is charged once."""

from dataclasses import replace

import pytest

from e2e.stripe import Fault
from portal.actions import collections as actions
from portal.actions import inbox
from portal.actions.collection_charges import charge
from tests.support.collecting import BANK, Collected
from tests.support.crashing import Fuse, dying

# A charge that goes well: five commits and three calls to Stripe, before and after each.
PLACES = range(16)


def due_today(collected: Collected, number: str = "4242424242424242") -> str:
    """An instalment that was announced and whose day it is; the id of its method at Stripe."""
    _, method = collected.charged_plan(number)
    collected.days(3, 29, 30)
    collected.on(3, 31)
    return method.payment_method_id


def die_and_go_on(collected: Collected, place: int) -> Fuse:
    fuse = Fuse(place)
    with dying(fuse):
        actions.collect(collected.house.resources, now=collected.house.clock.now())
    for _ in range(3):
        collected.house.clock.move(minutes=5)
        collected.work()
    return fuse


def test_there_are_as_many_places_as_we_die_at(collected: Collected) -> None:
    due_today(collected)
    assert len(die_and_go_on(collected, 1000).places) == len(PLACES)


@pytest.mark.parametrize("place", PLACES)
def test_killed_anywhere_it_is_charged_once(collected: Collected, place: int) -> None:
    due_today(collected)
    assert len(die_and_go_on(collected, place).places) == place + 1
    assert collected.received() == collected.at_stripe() == [33334]
    assert collected.intents() == ["succeeded"]
    assert collected.outcomes() == [("succeeded", "")]
    assert collected.states() == ["done"]
    assert len(collected.attempts()) == 1
    assert collected.posted("receipt") == ["receipt"]


@pytest.mark.parametrize("place", PLACES)
def test_killed_anywhere_a_refusal_counts_once(collected: Collected, place: int) -> None:
    collected.house.stripe.decline_next(due_today(collected), "insufficient_funds", is_once=False)
    die_and_go_on(collected, place)
    assert collected.outcomes() == [("refused", "insufficient_funds")]
    assert (collected.states(), collected.all()[0].tries) == (["waiting"], 1)
    assert collected.posted("collect_refused") == ["collect_refused"]
    assert len(collected.house.stripe.all("charge")) == 1


@pytest.mark.parametrize("place", PLACES)
def test_killed_anywhere_a_bank_debit_is_made_once(collected: Collected, place: int) -> None:
    due_today(collected, BANK)
    die_and_go_on(collected, place)
    assert collected.at_stripe() == [33334]
    assert (collected.states(), collected.outcomes()) == (["trying"], [("processing", "")])


@pytest.mark.parametrize("kind", ["drop_before", "drop_after", "conflict", "rate_limit", "server_error"])
@pytest.mark.parametrize("path", ["/v1/payment_intents", "/v1/payment_intents/pi_"])
def test_stripe_fails_and_is_asked_again(collected: Collected, kind: str, path: str) -> None:
    due_today(collected)
    collected.house.stripe.fault(Fault(kind, path=path, times=6))  # type: ignore[arg-type]
    collected.work()
    collected.house.stripe.heal()
    for _ in range(3):
        collected.house.clock.move(minutes=5)
        collected.work()
    if kind == "server_error" and path.endswith("_"):
        # Stripe keeps its own failure under the key of this try: the next one is another.
        assert collected.outcomes() == [("refused", "processing_error")]
        assert collected.days(4, 1, 4) == [3]
    assert collected.received() == collected.at_stripe() == [33334]
    assert collected.intents() == ["succeeded"]
    assert collected.states() == ["done"]


def test_a_webhook_before_the_worker_brings_the_money_in_once(collected: Collected) -> None:
    due_today(collected)
    fuse = Fuse(10)
    with dying(fuse):
        actions.collect(collected.house.resources, now=collected.house.clock.now())
    assert fuse.places[-1] == "before commit"
    (intent,) = collected.house.stripe.all("payment_intent")
    assert collected.received() == []
    # The webhook comes before the worker is back, and once more after it.
    inbox.handle(collected.house.resources, intent["id"], now=collected.house.clock.now())
    collected.sync(collected.attempts()[0])
    assert collected.received() == [33334]
    collected.house.clock.move(minutes=5)
    assert collected.work() == 0
    collected.sync(collected.attempts()[0])
    assert (collected.states(), collected.outcomes()) == (["done"], [("succeeded", "")])
    assert collected.received() == collected.at_stripe() == [33334]


def test_a_try_of_unknown_end_is_not_confirmed_for_a_plan_that_has_been_paused(collected: Collected) -> None:
    plan, _ = collected.charged_plan()
    collected.days(3, 29, 30)
    collected.on(3, 31)
    with dying(Fuse(7)):
        actions.collect(collected.house.resources, now=collected.house.clock.now())
    assert collected.states() == ["trying"]
    collected.change(plan, "pause", words="Wait.")
    for _ in range(3):
        collected.house.clock.move(minutes=5)
        collected.work()
    assert collected.intents() == ["canceled"]
    assert collected.outcomes() == [("cancelled", "")]
    assert (collected.states(), collected.at_stripe()) == (["stopped"], [])


def test_what_was_charged_is_not_charged_again_by_a_worker_that_had_read_it_before(collected: Collected) -> None:
    due_today(collected)
    collected.work()
    (row,) = collected.all()
    later = replace(collected.house.resources)
    assert not charge(later, collected.stripe, row.id, now=collected.house.clock.move(days=2))
    assert collected.at_stripe() == [33334]
