"""A saved method that is refused: tried again on its days, stopped, or of no more use; money that comes back."""

from datetime import date

import pytest

from portal.actions import collection_outcomes, policies, saved_methods
from portal.records import saved_methods as records
from portal.rules.plans import Shape
from tests.support.collecting import BANK, Collected


def test_a_soft_refusal_is_tried_again_on_its_days_and_then_stops(collected: Collected) -> None:
    plan, method = collected.charged_plan()
    collected.house.stripe.decline_next(method.payment_method_id, "insufficient_funds", is_once=False)
    assert collected.days(3, 29, 31) == [31]
    assert collected.intents()[-1] == "requires_payment_method"
    assert collected.days(4, 1, 25) == [3, 7, 14]
    assert collected.outcomes() == [("refused", "insufficient_funds")] * 4
    (row,) = collected.all()
    assert (row.state, row.why, row.tries) == ("stopped", "insufficient_funds", 4)
    assert len(collected.attempts()) == 1
    assert collected.attempts()[0].state == "cancelled"
    assert collected.intents() == ["canceled"]
    assert collected.posted("collect_refused") == ["collect_refused"] * 4
    assert collected.posted("seller_collect_stopped") == ["seller_collect_stopped"]
    # Funds may come: the method is still good for what is due next.
    assert collected.method(method).ended_at is None
    assert collected.plan(plan).method_id == method.id


def test_the_same_intent_is_confirmed_again(collected: Collected) -> None:
    _, method = collected.charged_plan()
    collected.house.stripe.decline_next(method.payment_method_id, "insufficient_funds")
    assert collected.days(3, 29, 31) == [31]
    assert collected.days(4, 1, 4) == [3]
    assert collected.outcomes() == [("refused", "insufficient_funds"), ("succeeded", "")]
    assert collected.intents() == ["succeeded"]
    assert collected.received() == [33334]


def test_a_hard_refusal_stops_at_once_and_ends_the_method(collected: Collected) -> None:
    plan, method = collected.charged_plan()
    collected.house.stripe.decline_next(method.payment_method_id, "lost_card", is_once=False)
    assert collected.days(3, 29, 31) == [31]
    assert collected.days(4, 1, 30) == []
    assert collected.states() == ["stopped"]
    assert collected.method(method).ended_why == "refused"
    assert collected.plan(plan).method_id is None
    assert collected.intents() == ["canceled"]
    assert collected.posted("collect_refused", "seller_collect_stopped", "method_ended") == [
        "collect_refused", "seller_collect_stopped", "method_ended"
    ]  # fmt: skip
    # The next one is paid by hand: its customer is reminded.
    assert collected.posted("plan_due") == ["plan_due"]


def test_another_card_takes_over_what_has_stopped(collected: Collected) -> None:
    plan, method = collected.charged_plan()
    collected.house.stripe.decline_next(method.payment_method_id, "lost_card", is_once=False)
    collected.days(3, 29, 31)
    collected.on(4, 2)
    collected.use(plan, collected.save())
    assert collected.days(4, 2, 6) == [4]
    assert collected.received() == [33334]
    assert collected.outcomes() == [("refused", "lost_card"), ("succeeded", "")]
    assert collected.all()[0].noticed_on == date(2026, 4, 2)


@pytest.mark.parametrize("refusal", ["insufficient_funds", "lost_card", "authentication_required"])
def test_a_bank_account_in_the_place_of_a_card_has_an_intent_of_its_own(collected: Collected, refusal: str) -> None:
    plan, method = collected.charged_plan()
    collected.house.stripe.decline_next(method.payment_method_id, refusal)
    assert collected.days(3, 29, 31) == [31]
    collected.use(plan, collected.save(BANK))
    assert collected.days(4, 1, 6) == [3]
    assert collected.at_stripe() == [33_334]
    assert collected.intents() == ["canceled", "processing"]


def test_a_bank_debit_that_fails_is_tried_anew_with_another_intent(collected: Collected) -> None:
    _, method = collected.charged_plan(BANK)
    collected.house.stripe.decline_next(method.payment_method_id, "insufficient_funds")
    assert collected.days(3, 29, 31) == [31]
    collected.days(4, 1, 8)
    collected.sync(collected.attempts()[0])
    (row,) = collected.all()
    assert (row.state, row.why, row.next_on) == ("waiting", "insufficient_funds", date(2026, 4, 9))
    assert collected.posted("payment_failed", "collect_refused") == ["collect_refused"]
    assert collected.days(4, 9, 10) == [9]
    assert collected.intents() == ["canceled", "processing"]
    # The first intent's cancellation is told while the second is under way.
    collected.sync(collected.attempts()[0])
    assert (collected.states(), collected.attempts()[0].state) == (["trying"], "failed")
    collected.days(4, 11, 17)
    collected.sync(collected.attempts()[1])
    assert collected.received() == [33334]


def test_a_bank_account_that_was_closed_is_of_no_more_use(collected: Collected) -> None:
    _, method = collected.charged_plan(BANK)
    collected.house.stripe.decline_next(method.payment_method_id, "account_closed")
    collected.days(3, 29, 31)
    collected.days(4, 1, 8)
    collected.sync(collected.attempts()[0])
    assert collected.states() == ["stopped"]
    assert collected.method(method).ended_why == "refused"


def test_a_debit_that_comes_back_is_not_made_again(collected: Collected) -> None:
    plan, _ = collected.charged_plan(BANK)
    collected.days(3, 29, 31)
    collected.days(4, 1, 8)
    attempt = collected.attempts()[0]
    collected.sync(attempt)
    assert attempt.payment_intent_id is not None
    collected.house.stripe.dispute(attempt.payment_intent_id, "insufficient_funds")
    collected.sync(attempt)
    assert collected.rows(plan)[0] == (0, 33334)
    assert collected.days(4, 9, 20) == []
    (row,) = collected.all()
    assert (row.state, row.why) == ("stopped", "came_back")
    assert collected.posted("seller_collect_stopped") == ["seller_collect_stopped"]


def test_a_method_that_ends_before_the_date_is_not_charged(collected: Collected) -> None:
    _, method = collected.charged_plan()
    collected.days(3, 29, 30)
    saved_methods.remove(
        collected.house.resources, collected.account.id, method.public_id,
        now=collected.house.clock.now(),
    )  # fmt: skip
    assert collected.days(3, 31, 31) == []
    (row,) = collected.all()
    assert (row.state, row.why) == ("stopped", "method_ended")
    assert collected.intents() == []


def test_a_card_that_has_expired_is_not_charged(collected: Collected) -> None:
    _, method = collected.charged_plan()
    collected.days(3, 29, 30)
    with collected.house.resources.writing() as session:
        records.change(session, method.id, {"exp_year": 2026, "exp_month": 2})
    assert collected.days(3, 31, 31) == []
    assert collected.intents() == []


def test_while_a_debit_is_under_way_nothing_else_is_charged(collected: Collected) -> None:
    collected.house.stripe.business.bank_days = 10
    collected.use(collected.agree(Shape(0, 3, "week", date(2026, 3, 20))), collected.save(BANK))
    assert collected.days(3, 18, 31) == [20]
    assert collected.states() == ["trying", "waiting"]
    collected.days(4, 1, 4)
    collected.sync(collected.attempts()[0])
    assert collected.days(4, 5, 6) == [5]


def test_what_was_told_of_a_try_is_not_told_otherwise(collected: Collected) -> None:
    _, method = collected.charged_plan()
    collected.house.stripe.decline_next(method.payment_method_id, "insufficient_funds")
    collected.days(3, 29, 31)
    now = collected.house.clock.now()
    with collected.house.resources.writing() as session:
        policy = policies.load(session, now=now)
        collection_outcomes.refuse(session, collected.attempts()[0], 1, "lost_card", policy=policy, now=now)
    assert collected.outcomes() == [("refused", "insufficient_funds")]
    assert collected.states() == ["waiting"]
    assert collected.method(method).ended_at is None


def test_the_same_card_chosen_again_is_charged_again(collected: Collected) -> None:
    plan, method = collected.charged_plan()
    collected.house.stripe.decline_next(method.payment_method_id, "insufficient_funds", is_once=False)
    assert collected.days(3, 29, 31) + collected.days(4, 1, 20) == [31, 3, 7, 14]
    assert collected.states() == ["stopped"]
    collected.house.stripe.accept_again(method.payment_method_id)
    with collected.house.resources.writing() as session:
        saved_methods.charge_again(
            session, collected.method(method), plan.id, now=collected.house.clock.now(), actor="customer"
        )
    assert collected.days(4, 20, 25) == [22]
    assert collected.states() == ["done"]
    assert collected.received() == [33_334]


@pytest.mark.parametrize("between", ["by hand", "another card"])
def test_the_same_card_chosen_after_something_else_is_charged_again(collected: Collected, between: str) -> None:
    plan, method = collected.charged_plan()
    collected.house.stripe.decline_next(method.payment_method_id, "insufficient_funds", is_once=False)
    assert collected.days(3, 29, 31) + collected.days(4, 1, 20) == [31, 3, 7, 14]
    collected.house.stripe.accept_again(method.payment_method_id)
    if between == "by hand":
        collected.change(plan, "pay_by_hand")
        assert collected.days(4, 21, 21) == []
    else:
        collected.use(plan, collected.save())
    collected.use(plan, method)
    assert collected.days(4, 22, 25) == [24]
    assert collected.received() == [33_334]
