"""Payment plans from the wish to their end: what they cover, what pays them, what time does to them."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from portal.actions import credit_memos, late_fees, plans, policies, statements
from portal.actions.plans import Terms
from portal.actions.quotes import Choice
from portal.records import agreements
from portal.records import plans as records
from portal.records.plans import PlanRow
from portal.rules.plans import Shape
from portal.rules.refusals import Conflict, Refusal
from tests.support.house import House
from tests.support.planned import MONTHLY, PAPER, Planned, figures
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
    _credit(planned, 40_000)
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


def test_a_kept_plan_draws_no_late_fee_and_an_ended_one_only_from_then_on(planned: Planned) -> None:
    planned.set_policy(late_fee_kind="percent", late_fee_rate_bp=150, late_fee_every="monthly", late_fee_cap_bp=2_000)
    plan = planned.agree(Shape(0, 3, "month", date(2026, 4, 30)))
    planned.on(5, 4)
    assert _fees(planned) == 0
    planned.on(5, 6)
    planned.watch()
    planned.on(5, 17)
    planned.watch()
    assert planned.plan(plan).state == "defaulted"
    assert _fees(planned) == 0
    planned.on(7, 1)
    assert _fees(planned) > 0


def test_late_noticed_and_cured(planned: Planned) -> None:
    plan = planned.agree()
    planned.on(4, 5)
    assert planned.watch() == 0
    planned.on(4, 6)
    assert planned.watch() == 1
    assert planned.watch() == 0
    assert planned.plan(plan).cure_by == date(2026, 4, 16)
    planned.on(4, 16)
    assert planned.watch() == 0
    planned.pay(plan, 33_334)
    assert planned.watch() == 1
    assert planned.plan(plan).cure_by is None
    assert planned.letters()[2:] == ["plan_late", "seller_plan_late", "plan_cured"]


def test_default_returns_the_rest_to_due_and_tells_both_sides(planned: Planned) -> None:
    plan = planned.agree()
    planned.on(3, 31)
    planned.pay(plan, 33_334)
    planned.on(5, 6)
    planned.watch()
    planned.on(5, 17)
    assert planned.watch() == 1
    assert planned.watch() == 0
    ended = planned.plan(plan)
    assert (ended.state, ended.ended_on) == ("defaulted", date(2026, 5, 17))
    assert figures(planned.parts()) == {"payable_cents": 66_666}
    assert planned.letters()[-2:] == ["plan_defaulted", "seller_plan_defaulted"]
    # What stood on a day is what stood then, whatever came after.
    with planned.house.resources.reading() as session:
        policy = policies.load(session, now=planned.house.clock.now())
        before = statements.load(session, planned.account, on=date(2026, 5, 16), policy=policy)
    assert before.statement.balance.on_plan_cents == 66_666
    assert planned.make(Shape(20_000, 2, "week", date(2026, 5, 20))).state == "offered"


def test_one_date_moves_once(planned: Planned) -> None:
    plan = planned.agree()
    planned.change(plan, "move", 2, date(2026, 5, 7))
    assert planned.stands(plan).rows[1].due_on == date(2026, 5, 7)
    for position, to in ((2, date(2026, 5, 8)), (3, date(2026, 6, 1))):
        with pytest.raises(Refusal):
            planned.change(plan, "move", position, to)
    assert planned.letters()[-1] == "plan_changed"


@pytest.mark.parametrize("to", [date(2026, 4, 30), date(2026, 4, 29), date(2026, 5, 8)])
def test_not_earlier_and_not_beyond_a_week(planned: Planned, to: date) -> None:
    plan = planned.agree()
    with pytest.raises(Refusal):
        planned.change(plan, "move", 2, to)


def test_a_pause_stops_the_clock_of_being_late(planned: Planned) -> None:
    plan = planned.agree()
    planned.on(3, 30)
    planned.change(plan, "pause", words="We are looking into it.")
    planned.on(4, 20)
    assert planned.watch() == 0
    assert figures(planned.parts()) == {"on_plan_cents": 100_000}
    planned.change(plan, "resume")
    assert [row.due_on for row in planned.stands(plan).rows] == [
        date(2026, 4, 21), date(2026, 5, 21), date(2026, 6, 21),
    ]  # fmt: skip
    assert planned.watch() == 0


def test_the_owner_puts_off_and_cancels(planned: Planned) -> None:
    plan = planned.agree()
    planned.on(4, 6)
    planned.watch()
    planned.change(plan, "put_off", 14)
    assert planned.plan(plan).cure_by is None
    assert planned.stands(plan).rows[0].due_on == date(2026, 4, 14)
    planned.change(plan, "cancel", words="You asked us to.")
    assert figures(planned.parts()) == {"payable_cents": 100_000}
    with pytest.raises(Conflict):
        planned.change(plan, "cancel", words="Again.")


def test_an_offer_of_the_owner_has_options_and_a_warning(planned: Planned) -> None:
    shapes = [Shape(0, 2, "month", date(2026, 4, 1)), Shape(0, 6, "month", date(2026, 4, 1))]
    with pytest.raises(Refusal) as refused:
        _offer(planned, shapes)
    assert refused.value.field == "despite_credit"
    plan = _offer(planned, shapes, despite_credit=True)
    assert planned.letters() == ["plan_offer"]
    planned.accept(plan, option=2)
    assert len(planned.stands(plan).rows) == 6


def test_a_plan_is_replaced_only_when_the_customer_agrees(planned: Planned) -> None:
    old = planned.agree()
    planned.on(3, 31)
    planned.pay(old, 33_334)
    new = _offer(planned, [Shape(0, 4, "month", date(2026, 5, 1))], replaces=planned.plan(old))
    assert planned.plan(old).state == "active"
    planned.accept(new)
    assert (planned.plan(old).state, planned.plan(new).state) == ("replaced", "active")
    assert figures(planned.parts()) == {"on_plan_cents": 66_666}
    assert planned.rows(new) == [(0, 16_667), (0, 16_667), (0, 16_666), (0, 16_666)]
    assert planned.stands(old).rows[0].paid_cents == 33_334


def test_a_request_is_countered_or_declined(planned: Planned) -> None:
    plan = planned.make(Shape(0, 9, "month", date(2026, 4, 1)), words="Please.")
    now = planned.house.clock.now()
    with planned.house.resources.writing() as session:
        policy = policies.load(session, now=now)
        terms = Terms({planned.first.id: 100_000}, [MONTHLY], date(2026, 3, 10), "As far as we can go.")
        made = plans.counter(session, plan, planned.account, terms, policy=policy, now=now, actor="staff:1")
    assert (planned.plan(plan).state, made.state) == ("declined", "offered")
    with planned.house.resources.writing() as session, pytest.raises(Conflict):
        plans.decline_request(session, planned.plan(plan), words="No.", policy=policy, now=now, actor="staff:2")
    assert planned.letters() == ["seller_plan_request", "plan_offer"]


def _credit(planned: Planned, cents: int) -> None:
    now = planned.house.clock.now()
    with planned.house.resources.writing() as session:
        policy = policies.load(session, now=now)
        credit_memos.issue(
            session, planned.account, planned.first.id, net_cents=cents, tax_cents=0, zone=policy.time_zone,
            reason="Damaged", on=policy.today, now=now,
        )  # fmt: skip


def _fees(planned: Planned) -> int:
    now = planned.house.clock.now()
    with planned.house.resources.writing() as session:
        policy = policies.load(session, now=now)
        return len(late_fees.assess(session, planned.account, planned.first.id, policy=policy, now=now))


def _offer(planned: Planned, shapes: Sequence[Shape], *, replaces: PlanRow | None = None, **more: bool) -> PlanRow:
    now = planned.house.clock.now()
    with planned.house.resources.writing() as session:
        policy = policies.load(session, now=now)
        covered = {planned.first.id: planned.parts().on_plan_cents if replaces else 100_000}
        terms = Terms(covered, shapes, plans.last_offer_day(policy), "Shall we?", **more)
        return plans.offer(
            session, planned.account, terms, contact_id=planned.access.contact_id, policy=policy, now=now,
            actor="staff:1", replaces=records.by_id(session, replaces.id) if replaces else None,
        )  # fmt: skip
