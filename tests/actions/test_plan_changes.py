"""What time, the customer and the owner do to payment plans: late, cured, ended, moved, paused, replaced."""

from collections.abc import Sequence
from datetime import date

import pytest

from portal.actions import late_fees, plans, policies, statements
from portal.actions.plans import Terms
from portal.records import plans as records
from portal.records.plans import PlanRow
from portal.rules.plans import Shape
from portal.rules.refusals import Conflict, Refusal
from tests.support.house import House
from tests.support.planned import MONTHLY, Planned, figures


@pytest.fixture
def planned(checked_house: House) -> Planned:
    return Planned(checked_house)


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


def test_what_was_not_in_the_notice_has_its_own(planned: Planned) -> None:
    plan = planned.agree(Shape(0, 3, "week", date(2026, 3, 9)))
    planned.on(3, 15)
    assert planned.watch() == 1
    planned.on(3, 24)
    planned.pay(plan, 66_667)
    planned.on(3, 26)
    planned.watch()
    assert (planned.plan(plan).state, planned.plan(plan).cure_by) == ("active", None)
    planned.on(3, 29)
    planned.watch()
    assert planned.plan(plan).cure_by == date(2026, 4, 8)


def test_the_days_are_those_that_were_agreed(planned: Planned) -> None:
    plan = planned.agree()
    planned.set_policy(plan_grace_days=0, plan_cure_days=30)
    planned.on(4, 5)
    assert planned.watch() == 0
    planned.on(4, 6)
    planned.watch()
    assert planned.plan(plan).cure_by == date(2026, 4, 16)


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
