"""Whose money is the plan's: cheques for what is beside it, credits that come before a debit has arrived."""

from portal.records.plans import PlanRow
from portal.rules.plans import Shape
from tests.support.collecting import BANK, Collected
from tests.support.planned import MONTHLY, figures


def test_a_cheque_pays_first_what_is_beside_the_plan(collected: Collected) -> None:
    plan = collected.accept(collected.offer({collected.first.id: 60_000}))
    collected.on(3, 20)
    collected.send_cheque(40_000, "1187")
    assert collected.rows(plan) == [(0, 20_000)] * 3
    assert figures(collected.parts()) == {"on_plan_cents": 60_000}


def test_the_rest_of_a_cheque_is_the_plans(collected: Collected) -> None:
    plan = collected.accept(collected.offer({collected.first.id: 60_000}))
    collected.on(3, 20)
    collected.send_cheque(25_000, "1187")
    collected.send_cheque(35_000, "1188")
    assert collected.rows(plan) == [(20_000, 0), (0, 20_000), (0, 20_000)]
    assert figures(collected.parts()) == {"on_plan_cents": 40_000}


def test_a_credit_that_comes_before_the_debit_leaves_the_other_invoice_to_be_paid(collected: Collected) -> None:
    plan = _plan_of_two(collected)
    collected.on(3, 31)
    collected.pay(plan, 80_000, method="us_bank_account")
    collected.credit(70_000)
    found = collected.stands(plan)
    assert [(each.left_cents, each.on_plan_cents) for each in found.covered] == [(30_000, 0), (60_000, 60_000)]
    assert sum(row.left_cents for row in found.rows) == 60_000


def test_a_debit_for_two_invoices_is_one_payment(collected: Collected) -> None:
    plan = _plan_of_two(collected)
    collected.on(3, 31)
    collected.pay(plan, 120_000, method="us_bank_account")
    assert [row.left_cents for row in collected.stands(plan).rows] == [0, 40_000, 0]


def test_what_a_credit_has_left_over_has_not_come_back_and_the_rest_is_announced(collected: Collected) -> None:
    plan = _plan_of_two(collected)
    collected.use(plan, collected.save(BANK))
    collected.days(3, 29, 31)
    assert collected.states() == ["trying"]
    collected.credit(70_000)
    collected.days(4, 1, 10)
    collected.sync(collected.attempts()[0])
    collected.work()
    assert collected.received() == [53_334]
    assert collected.rows(plan)[0] == (30_000, 23_334)
    assert [(row.state, row.noticed_cents) for row in collected.all()] == [("waiting", 23_334)]
    assert collected.posted("collect_refused", "seller_collect_stopped") == []


def _plan_of_two(collected: Collected) -> PlanRow:
    """Both invoices, 1,600.00, in three parts from 31 March on."""
    collected.set_policy(plan_least_down_bp=0, plan_most_days=400, plan_first_days=60)
    both = (collected.first.public_id, collected.second.public_id)
    return collected.accept(collected.make(Shape(0, MONTHLY.count, "month", MONTHLY.first_on), charges=both))
