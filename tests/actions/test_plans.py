"""Payment plans from the wish to their end: what they cover, what pays them, what time does to them."""

from dataclasses import replace
from datetime import date

import pytest

from portal.actions.quotes import Choice
from portal.records import agreements
from portal.rules.plans import Shape
from portal.rules.refusals import Conflict, Refusal
from tests.support.house import House
from tests.support.planned import PAPER, Planned, figures
from tests.support.shop import cheque, together


@pytest.fixture
def planned(checked_house: House) -> Planned:
    return Planned(checked_house)


def test_a_plan_within_the_limits_is_offered_at_once_and_changes_nothing_yet(planned: Planned) -> None:
    plan = planned.make(Shape(20_000, 4, "week", date(2026, 3, 9)))
    assert (plan.state, plan.total_cents, plan.expires_on) == ("offered", 100_000, date(2026, 3, 2))
    assert figures(planned.parts()) == {"payable_cents": 100_000}
    assert planned.letters() == []


def test_beyond_the_limits_it_is_a_request_with_words(planned: Planned) -> None:
    shape = Shape(0, 9, "month", date(2026, 4, 1))
    with pytest.raises(Refusal) as refused:
        planned.make(shape)
    assert refused.value.field == "words"
    plan = planned.make(shape, words="Our harvest is late.")
    assert (plan.state, plan.expires_on) == ("requested", None)
    assert planned.letters() == ["seller_plan_request"]
    with pytest.raises(Conflict):
        planned.make(shape, words="Please.")


def test_without_self_service_every_plan_is_a_request(planned: Planned) -> None:
    planned.set_policy(plan_self_service="off")
    assert planned.make(Shape(20_000, 2, "week", date(2026, 3, 9)), words="Please.").state == "requested"


def test_acceptance_puts_the_money_on_the_plan_and_keeps_the_evidence(planned: Planned) -> None:
    plan = planned.agree()
    assert figures(planned.parts()) == {"on_plan_cents": 100_000}
    assert figures(planned.parts("1002")) == {"payable_cents": 60_000}
    assert [(row.due_on, row.left_cents) for row in planned.stands(plan).rows] == [
        (date(2026, 3, 31), 33_334),
        (date(2026, 4, 30), 33_333),
        (date(2026, 5, 31), 33_333),
    ]
    with planned.house.resources.reading() as session:
        kept = agreements.of_plan(session, plan.id)
    assert kept is not None
    assert (kept.name, kept.pdf, kept.address, kept.device_id) == ("Ada Payer", PAPER, "203.0.113.7", planned.device_id)
    assert (kept.contact_email, kept.confirmed_in) == ("ap@northwind.example", "Firefox")
    assert kept.confirmed_at == planned.house.clock.now()
    assert kept.terms["total_cents"] == 100_000
    assert planned.letters() == ["plan_accepted", "seller_plan_accepted"]


def test_accepting_twice_and_at_once_is_accepting_once(planned: Planned) -> None:
    planned.set_policy(plan_least_down_bp=0)
    plan = planned.make()
    with planned.house.resources.reading() as session:
        given = planned.given(session, plan)
    together(4, lambda: planned.accept(plan, given))
    assert planned.story(plan) == ["offered", "accepted"]
    assert planned.letters() == ["plan_accepted", "seller_plan_accepted"]
    assert len(planned.stands(plan).rows) == 3


def test_what_was_not_shown_is_not_agreed(planned: Planned) -> None:
    planned.set_policy(plan_least_down_bp=0)
    plan = planned.make()
    with planned.house.resources.reading() as session:
        given = planned.given(session, plan)
    rows = [dict(row) for row in given.terms["rows"]]
    rows[0]["cents"] -= 1
    with pytest.raises(Conflict):
        planned.accept(plan, replace(given, terms={**given.terms, "rows": rows}))
    with pytest.raises(Refusal):
        planned.accept(plan, replace(given, option=2))
    assert planned.plan(plan).state == "offered"


def test_the_rest_of_a_charge_goes_on_no_second_plan(planned: Planned) -> None:
    """But on one that takes the place of the plan that the other part is on."""
    first = planned.offer({planned.first.id: 50_000})
    second = planned.offer({planned.first.id: 50_000})
    planned.accept(first)
    with pytest.raises(Conflict):
        planned.accept(second)
    with pytest.raises(Refusal):
        planned.make()
    whole = planned.accept(planned.offer({planned.first.id: 100_000}, replaces=first))
    assert planned.plan(first).state == "replaced"
    assert figures(planned.parts()) == {"on_plan_cents": 100_000}
    assert whole.total_cents == 100_000


def test_an_offer_is_over_when_its_money_was_paid_meanwhile(planned: Planned) -> None:
    plan = planned.make(Shape(20_000, 2, "week", date(2026, 3, 9)))
    with planned.house.resources.writing() as session:
        given = planned.given(session, plan)
        cheque(planned, session, planned.first.id, 10_000)
    with pytest.raises(Conflict):
        planned.accept(plan, given)
    assert figures(planned.parts()) == {"payable_cents": 90_000}


def test_an_offer_lapses(planned: Planned) -> None:
    plan = planned.make(Shape(20_000, 2, "week", date(2026, 3, 9)))
    assert planned.watch() == 0
    planned.on(3, 3)
    with planned.house.resources.reading() as session, pytest.raises(Conflict):
        planned.given(session, plan)
    assert planned.watch() == 1
    assert planned.watch() == 0
    assert planned.plan(plan).state == "expired"


def test_by_hand_the_next_is_settled_and_the_rest_shortens_the_plan(planned: Planned) -> None:
    plan = planned.agree()
    planned.on(3, 31)
    planned.pay(plan, 33_334)
    planned.on(4, 20)
    planned.pay(plan, 50_000)
    assert planned.rows(plan) == [(33_334, 0), (33_333, 0), (0, 16_666)]
    assert figures(planned.parts()) == {"on_plan_cents": 16_666}


def test_by_hand_it_may_go_to_the_next_dates_instead(planned: Planned) -> None:
    plan = planned.agree()
    planned.on(3, 31)
    planned.pay(plan, 33_334)
    planned.on(4, 20)
    planned.pay(plan, 50_000, ahead="next")
    assert planned.rows(plan) == [(33_334, 0), (33_333, 0), (16_667, 16_666)]


def test_a_credit_shortens_the_plan_from_its_end(planned: Planned) -> None:
    plan = planned.agree()
    planned.on(3, 31)
    planned.pay(plan, 33_334)
    planned.credit(40_000)
    assert planned.rows(plan) == [(33_334, 0), (0, 26_666), (0, 0)]
    assert figures(planned.parts()) == {"on_plan_cents": 26_666}
    planned.on(4, 30)
    planned.pay(plan, 26_666)
    assert planned.watch() == 1
    assert planned.plan(plan).state == "completed"
    assert planned.letters()[-1] == "plan_completed"


def test_a_cheque_settles_the_next_instalment(planned: Planned) -> None:
    plan = planned.agree()
    planned.house.clock.move(minutes=5)
    with planned.house.resources.writing() as session:
        cheque(planned, session, planned.first.id, 40_000)
    assert planned.rows(plan) == [(33_334, 0), (0, 33_333), (0, 26_667)]


def test_money_of_the_moment_of_acceptance_came_before_it(planned: Planned) -> None:
    with planned.house.resources.writing() as session:
        cheque(planned, session, planned.first.id, 10_000)
    plan = planned.agree()
    assert planned.rows(plan) == [(0, 30_000)] * 3
    assert planned.stands(plan).on_plan_cents == 90_000


def test_a_bank_debit_is_under_way_and_comes_back(planned: Planned) -> None:
    plan = planned.agree()
    planned.on(3, 31)
    planned.pay(plan, 33_334, method="us_bank_account")
    assert figures(planned.parts()) == {"pending_cents": 33_334, "on_plan_cents": 66_666}
    assert [row.pending_cents for row in planned.stands(plan).rows] == [33_334, 0, 0]
    planned.on(4, 2)
    planned.fail_debit("insufficient_funds")
    assert figures(planned.parts()) == {"on_plan_cents": 100_000}
    assert planned.stands(plan).late_since(date(2026, 4, 2)) == date(2026, 3, 31)


@pytest.mark.parametrize(("cents", "is_fine"), [(49, False), (50, True), (100_000, True), (100_001, False)])
def test_what_can_be_paid_by_hand(planned: Planned, cents: int, is_fine: bool) -> None:
    plan = planned.agree()
    choice = Choice(amount_cents=cents, plan=plan.public_id)
    if is_fine:
        assert planned.begin(choice, cents)
    else:
        with pytest.raises(Refusal):
            planned.begin(choice, cents)


def test_money_on_a_plan_cannot_be_paid_as_an_invoice(planned: Planned) -> None:
    planned.agree()
    with pytest.raises(Conflict):
        planned.pay_first()
    with pytest.raises(Refusal):
        planned.begin(Choice(amount_cents=60_001), 60_001)


def test_what_the_owner_records_for_an_invoice_pays_its_plan(planned: Planned) -> None:
    plan = planned.agree()
    planned.house.clock.move(minutes=5)
    planned.send_cheque(33_334, "1187")
    assert planned.rows(plan) == [(33_334, 0), (0, 33_333), (0, 33_333)]
    assert figures(planned.parts("1002")) == {"payable_cents": 60_000}


def test_what_comes_after_a_plan_has_ended_does_not_pay_it(planned: Planned) -> None:
    first = planned.agree()
    planned.house.clock.move(minutes=5)
    planned.send_cheque(20_000, "1187")
    planned.house.clock.move(minutes=5)
    planned.change(first, "cancel", words="You asked us to.")
    second = planned.accept(planned.make())
    planned.house.clock.move(minutes=5)
    planned.send_cheque(26_667, "1188")
    assert [row.cents for row in planned.stands(first).received] == [20_000]
    assert planned.rows(second) == [(26_667, 0), (0, 26_667), (0, 26_666)]


def test_what_is_under_way_for_a_plan_over_a_part_leaves_the_rest_payable(planned: Planned) -> None:
    plan = planned.accept(planned.offer({planned.first.id: 50_000}))
    planned.on(3, 31)
    choice = Choice(amount_cents=16_667, plan=plan.public_id)
    planned.begin(choice, 16_667, method="us_bank_account")
    planned.sync(planned.pay_by_bank())
    wanted = {"payable_cents": 50_000, "pending_cents": 16_667, "on_plan_cents": 33_333}
    assert figures(planned.parts()) == wanted
    assert planned.stands(plan).on_plan_cents == 33_333
