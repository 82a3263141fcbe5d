"""The bank asks for its customer: they confirm the charge, fail there, or pay in another way."""

from urllib.parse import urlsplit

import pytest

from portal.actions import collection_confirming, policies
from portal.actions.collection_confirming import confirm
from portal.records import plans
from portal.rules.refusals import Conflict, NotFound
from tests.support.collecting import ASKS, Collected
from tests.support.shop import cheque


def asked(collected: Collected) -> str:
    """A charge that waits for its customer: its public id."""
    collected.charged_plan(ASKS)
    collected.days(3, 29, 31)
    (row,) = collected.all()
    assert row.state == "confirming"
    return row.public_id


def press(collected: Collected, public_id: str) -> str:
    return confirm(collected.house.resources, collected.account.id, public_id, now=collected.house.clock.now())


def test_the_customer_confirms_at_the_bank(collected: Collected) -> None:
    public_id = asked(collected)
    address = press(collected, public_id)
    assert urlsplit(address).path.startswith("/3ds/")
    collected.house.stripe.finish_challenge(collected.attempts()[0].payment_intent_id or "")
    collected.sync(collected.attempts()[0])
    assert collected.received() == collected.at_stripe() == [33334]
    assert (collected.states(), collected.outcomes()) == (["done"], [("succeeded", "")])
    with pytest.raises(Conflict):
        press(collected, public_id)


def test_pressed_twice_and_failed_once_it_may_be_confirmed_again(collected: Collected) -> None:
    public_id = asked(collected)
    press(collected, public_id)
    collected.house.clock.move(seconds=2)
    press(collected, public_id)
    intent_id = collected.attempts()[0].payment_intent_id or ""
    collected.house.stripe.finish_challenge(intent_id, passed=False)
    collected.sync(collected.attempts()[0])
    assert collected.states() == ["confirming"]
    collected.house.clock.move(minutes=1)
    assert urlsplit(press(collected, public_id)).path.startswith("/3ds/")
    collected.house.stripe.finish_challenge(intent_id)
    collected.sync(collected.attempts()[0])
    assert collected.received() == [33334]
    assert collected.intents() == ["succeeded"]


def test_what_is_not_asked_for_any_more_is_not_confirmed(collected: Collected) -> None:
    public_id = asked(collected)
    with collected.house.resources.writing() as session:
        cheque(collected, session, collected.first.id, 10000)
    with pytest.raises(Conflict):
        press(collected, public_id)
    assert collected.intents() == ["canceled"]
    assert collected.received() == [10000]


def test_paying_by_hand_ends_the_question(collected: Collected) -> None:
    public_id = asked(collected)
    (plan_id,) = {row.plan_id for row in collected.all()}
    with collected.house.resources.reading() as session:
        plan = plans.by_id(session, plan_id or 0)
    collected.pay(plan, 33334)
    assert collected.days(4, 1, 3) == []
    assert collected.states() == ["done"]
    assert collected.received() == [33334]
    with pytest.raises(Conflict):
        press(collected, public_id)


def test_it_is_found_through_its_owner(collected: Collected) -> None:
    public_id = asked(collected)
    with collected.house.resources.reading() as session:
        policy = policies.load(session, now=collected.house.clock.now())
        with pytest.raises(NotFound):
            collection_confirming.load(session, collected.account.id + 1, public_id, policy=policy)
