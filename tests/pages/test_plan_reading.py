"""What a customer reads of a plan: what is due today or overdue, what waits, and what was asked for."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import event

from portal.actions import collections, plan_changes, policies
from portal.actions import plans as actions
from portal.actions.plans import Terms
from portal.records import collections as collection_records
from portal.records import plans
from portal.rules.plans import Shape
from tests.support.plan_site import PlanSite
from tests.support.reading import words


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (2, "$200.00 is due today"),
        (4, "$200.00 has been overdue since Mar 2, 2026"),
        (23, "$600.00 has been overdue since Mar 2, 2026"),
    ],
)
def test_the_statement_and_the_plan_say_what_is_due(plan_site: PlanSite, day: int, said: str) -> None:
    plan = plan_site.make()
    plan_site.agree(plan)
    plan_site.clock.set(datetime(2026, 3, day, 15, 0, tzinfo=UTC))
    later = plan_site.visitor()
    statement = words(later.get(plan_site.base).text)
    assert f"Your payment plan: {said}. See what to do" in statement
    assert "is running" not in statement
    for rest in (f"/plans/{plan.public_id}", "/plans"):
        shown = words(later.get(plan_site.base + rest).text)
        assert said in shown
        assert "Next:" not in shown


def test_with_nothing_due_the_next_date_is_named(plan_site: PlanSite) -> None:
    plan = plan_site.make()
    plan_site.agree(plan, "card")
    plan_site.confirm(plan_site.attempts()[-1])
    plan_site.sync(plan_site.attempts()[-1])
    assert "A payment plan is running. See its dates" in words(plan_site.customer.get(plan_site.base).text)
    assert "Next: $400.00 on Mar 16, 2026" in words(plan_site.customer.get(plan_site.page(plan)).text)


def test_a_paused_plan_says_that_its_dates_wait_and_will_come_later(plan_site: PlanSite) -> None:
    plan = plan_site.make()
    plan_site.agree(plan)
    now = plan_site.clock.now()
    with plan_site.resources.writing() as session:
        policy, fresh = policies.load(session, now=now), plan_site.fresh(plan.public_id)
        plan_changes.pause(session, fresh, words="Get well soon.", policy=policy, now=now, actor="staff:1")
    shown = words(plan_site.customer.get(plan_site.page(plan)).text)
    assert "Each date from March 2, 2026 on then comes as many days later as the pause was long." in shown
    assert shown.count("Waits") == 3
    assert "Coming" not in shown
    assert "Due today" not in shown


def test_while_a_request_waits_it_says_what_was_asked_for(plan_site: PlanSite) -> None:
    plan = plan_site.make(count="8", words="The harvest is late.")
    shown = words(plan_site.customer.get(plan_site.page(plan)).text)
    assert "You asked for: First amount $200.00, then 8 payments every week" in shown
    assert "Payment 8 of 8 May 4, 2026 $100.00" in shown
    assert "Together $1,000.00" in shown
    assert "The harvest is late." in shown


def test_what_is_due_on_agreeing_has_no_date_before_and_no_letter(plan_site: PlanSite) -> None:
    now = plan_site.clock.now()
    with plan_site.resources.writing() as session:
        terms = Terms(
            {plan_site.example.id: 100_000}, [Shape(20_000, 1, "month", date(2026, 3, 31))], date(2026, 3, 16)
        )
        plan = actions.offer(
            session, plan_site.account, terms, contact_id=None, policy=policies.load(session, now=now), now=now,
            actor="staff:1",
        )  # fmt: skip
    shown = words(plan_site.customer.get(plan_site.page(plan)).text)
    assert "First amount $200.00, then 1 payment" in shown
    assert "First amount When you agree $200.00" in shown
    assert "Mar 2, 2026" not in shown
    shown = words(plan_site.customer.get(plan_site.page(plan, "/agreement?option=1")).text)
    assert "I pay what is due today at once." in shown
    assert "at least two days before each later charge" in shown
    assert "at least two days before each charge after what you pay today" in shown
    assert "two days before each charge." not in shown


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "$200.00 is charged on Mar 4, 2026. See its dates"),
        ({"next_on": date(2026, 3, 1)}, "$200.00 is charged on Mar 2, 2026. See its dates"),
        ({"state": "confirming", "why": "authentication_required"}, "$200.00 is due today. See what to do"),
        ({"state": "stopped", "why": "lost_card"}, "$200.00 is due today. See what to do"),
        ({"why": "insufficient_funds"}, "$200.00 is due today. See what to do"),
    ],
)
def test_what_is_charged_by_itself_is_not_asked_for(plan_site: PlanSite, changed: dict[str, object], said: str) -> None:
    plan = plan_site.make()
    plan_site.agree(plan)
    method = plan_site.save()
    plan_site.customer.post(plan_site.page(plan, "/method"), data=plan_site.choice(plan, method.public_id))
    collections.announce(plan_site.resources, now=plan_site.clock.now())
    with plan_site.resources.writing() as session:
        row, *_ = collection_records.of_plan(session, plan.id)
        collection_records.change(session, row, **changed)
    assert f"Your payment plan: {said}" in words(plan_site.customer.get(plan_site.base).text)
    for rest in (f"/plans/{plan.public_id}", "/plans"):
        assert said.split(". See")[0] in words(plan_site.customer.get(plan_site.base + rest).text)


def test_what_would_be_charged_only_after_the_plan_has_ended_is_asked_for(plan_site: PlanSite) -> None:
    plan = plan_site.make()
    plan_site.agree(plan)
    method = plan_site.save()
    plan_site.customer.post(plan_site.page(plan, "/method"), data=plan_site.choice(plan, method.public_id))
    collections.announce(plan_site.resources, now=plan_site.clock.now())
    for cure_by, said in ((3, "$200.00 is due today"), (4, "$200.00 is charged on Mar 4, 2026")):
        with plan_site.resources.writing() as session:
            plans.change(session, plan_site.fresh(plan.public_id), {"cure_by": date(2026, 3, cure_by)})
        assert said in words(plan_site.customer.get(plan_site.page(plan)).text)


def test_a_plan_for_more_invoices_asks_no_more_of_the_database(plan_site: PlanSite) -> None:
    asked: list[object] = []
    counts: list[int] = []
    event.listen(plan_site.resources.database.reader, "before_cursor_execute", lambda *what: asked.append(what))
    for covered in ([plan_site.invoice], [plan_site.example, plan_site.other_invoice]):
        answer = plan_site.customer.post(
            f"{plan_site.base}/plans",
            data={**plan_site.wish(words="Our season starts late."), "charge": [each.public_id for each in covered]},
        )
        assert answer.status_code == 303, answer.text
        plan = plan_site.plan(answer)
        assert plan.state == "requested"
        asked.clear()
        assert plan_site.customer.get(plan_site.page(plan)).status_code == 200
        counts.append(len(asked))
        plan_site.customer.post(plan_site.page(plan, "/withdrawal"))
    assert counts[0] == counts[1]
