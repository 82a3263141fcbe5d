"""Offering a payment plan: what the preview shows is what is offered, once; what was typed stays."""

from collections.abc import Iterator, Mapping
from datetime import date

import pytest
from starlette.testclient import TestClient

from portal.records import Database, accounts
from portal.records import plans as records
from portal.records.plans import PlanRow
from portal.rules.plans import Shape
from tests.admin.pages.planning import Planning, carried
from tests.support.clock import MovableClock
from tests.support.dump import dump
from tests.support.house import open_house
from tests.support.planned import MONTHLY
from tests.support.reading import words

OPTION = {"down-1": "100", "count-1": "3", "every-1": "month", "first_on-1": "2026-04-01", "expires_on": "2026-03-16"}


@pytest.fixture
def planning(database: Database, clock: MovableClock) -> Iterator[Planning]:
    with open_house(database, clock) as house:
        yield Planning(house)


def form(planning: Planning, **typed: str) -> dict[str, object]:
    """The first invoice in three payments after 100.00."""
    return {"charge": [planning.first.public_id], **OPTION, "newest": "", **typed}


def new(planning: Planning) -> str:
    return f"/admin/customers/{planning.account.public_id}/plan"


def shapes(planning: Planning, plan: PlanRow) -> list[Shape]:
    with planning.house.resources.reading() as session:
        found = records.options(session, plan.id)
    return [Shape(row.down_cents, row.times, row.every, row.first_on) for row in found]  # type: ignore[arg-type]


def post(desk: TestClient, address: str, data: Mapping[str, object]) -> tuple[int, str]:
    answer = desk.post(address, data=data)
    if answer.status_code == 303:
        return 303, words(desk.get(answer.headers["location"]).text)
    return answer.status_code, words(answer.text)


def test_the_form_begins_with_what_customers_may_have(planning: Planning) -> None:
    page = words(planning.office.desk_of("collector").get(new(planning)).text)
    assert "1001, due Mar 31 $1,000.00" in page
    assert "First amount When it is accepted $320.00" in page
    assert "4 of 4 Jul 2, 2026 $320.00" in page
    assert "Outside of" in page
    assert "All of it paid within 120 days." in page


def test_contacts_are_told_apart_by_their_addresses(planning: Planning) -> None:
    account_id, now = planning.account.id, planning.house.clock.now()
    with planning.house.resources.writing() as session:
        accounts.add_contact(session, account_id=account_id, name="Northwind", email="boss@northwind.example", now=now)
    page = words(planning.office.desk_of("collector").get(new(planning)).text)
    assert "boss@northwind.example, Northwind" in page


def test_a_preview_shows_each_date_and_changes_nothing(planning: Planning) -> None:
    desk = planning.office.desk_of("collector")
    before = dump(planning.house.resources.database)
    status, page = post(desk, f"{new(planning)}/preview", form(planning, **{"count-2": "6", "first_on-2": "2026-08-01",
                                                                            "every-2": "week"}))  # fmt: skip
    assert status == 200
    assert "First amount When it is accepted $100.00 1 of 3 Apr 1, 2026 $300.00" in page
    assert "Option 2" in page
    assert "At most 4 payments." in page
    assert "The first payment within 31 days." in page
    assert "More than four payments to a customer who is not a business" in page
    status, page = post(desk, f"{new(planning)}/preview", form(planning, **{"count-1": "0", "charge": ""}))
    assert status == 422
    assert "Choose at least one invoice." in page
    assert dump(planning.house.resources.database) == before


def test_an_offer_is_made_once(planning: Planning) -> None:
    desk = planning.office.desk_of("collector")
    typed = form(planning, **{"count-2": "2", "first_on-2": "2026-03-20", "every-2": "week", "words": "As we spoke."})
    status, page = post(desk, new(planning), typed)
    assert status == 303
    assert "The plan is offered" in page
    assert "As we spoke." in page
    (plan,) = planning.all()
    assert (plan.state, plan.expires_on, plan.total_cents) == ("offered", date(2026, 3, 16), 100_000)
    assert shapes(planning, plan) == [
        Shape(10_000, 3, "month", date(2026, 4, 1)),
        Shape(0, 2, "week", date(2026, 3, 20)),
    ]
    assert planning.letters() == ["plan_offer"]
    status, page = post(desk, new(planning), typed)
    assert status == 409
    assert f"Plan {plan.number} was made for this customer since you opened this page" in page
    assert "As we spoke." in page
    assert len(planning.all()) == 1
    newest = carried(desk.get(new(planning)).text)["newest"]
    assert post(desk, new(planning), {**typed, "newest": newest})[0] == 303


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"down-1": "x"}, "x"),
        ({"down-1": "1000"}, "The first amount must be less than the whole"),
        ({"down-1": "0.10"}, "The smallest payment is"),
        ({"count-1": ""}, "Enter how many payments"),
        ({"count-1": "61"}, "Choose from 1 to 60 payments."),
        ({"every-1": "year"}, "Choose how often they pay."),
        ({"first_on-1": "2026-03-01"}, "The first payment cannot be in the past"),
        ({"first_on-1": ""}, "Enter the day of the first payment."),
        ({"expires_on": ""}, "Enter the last day on which it can be accepted."),
        ({"expires_on": "2026-03-01"}, "The offer would be over already"),
        ({"count-1": "5"}, "Offer four or fewer, or confirm that you have looked into it."),
        ({"charge": ""}, "Choose at least one invoice."),
        ({"charge": "0" * 24}, "cannot be put on a plan any more"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    planning: Planning, wrong: dict[str, str], sentence: str
) -> None:
    desk = planning.office.desk_of("collector")
    answer = desk.post(new(planning), data=form(planning, words="Remember the harvest.", **wrong))
    assert answer.status_code == 422
    assert sentence in words(answer.text)
    assert "Remember the harvest." in answer.text
    assert planning.all() == []


def test_all_that_is_wrong_is_said_at_once(planning: Planning) -> None:
    wrong = {"down-1": "abc", "count-1": "999", "first_on-1": "2020-01-01", "expires_on": "2020-01-01"}
    answer = planning.office.desk_of("collector").post(new(planning), data=form(planning, **wrong))
    assert answer.status_code == 422
    for field, sentence in (
        ("down-1", "“abc” is not an amount. Write it like 1234.56."),
        ("count-1", "Choose from 1 to 60 payments."),
        ("first_on-1", "The first payment cannot be in the past. Choose today or a later day."),
        ("expires_on", "The offer would be over already. Choose today or a later day."),
    ):
        assert f'<a href="#{field}">{sentence}</a>' in answer.text


def test_more_than_four_payments_are_for_businesses_or_for_who_looked_into_it(planning: Planning) -> None:
    desk = planning.office.desk_of("collector")
    assert post(desk, new(planning), form(planning, **{"count-1": "5", "despite_credit": "yes"}))[0] == 303
    desk.post(f"/admin/customers/{planning.account.public_id}/kind", data={"kind": "business"})
    page = desk.get(new(planning)).text
    assert "Regulation Z" not in words(page)
    typed = form(planning, **{"count-1": "9", **carried(page)})
    assert post(desk, new(planning), typed)[0] == 303


def test_a_request_is_answered_with_other_terms(planning: Planning) -> None:
    plan = planning.asked()
    desk = planning.office.desk_of("collector")
    address = f"/admin/plans/{plan.public_id}/counter"
    page = desk.get(address).text
    assert "Our harvest is late." in page
    assert 'name="count-1" type="text" inputmode="numeric" autocomplete="off" value="6"' in page
    assert page.count('name="charge"') == 2
    assert page.count(" checked") == 1
    assert post(desk, f"{address}/preview", form(planning))[0] == 200
    typed = {**form(planning), **carried(page)}
    assert post(desk, address, typed)[0] == 303
    assert [each.state for each in planning.all()] == ["offered", "declined"]
    status, page = post(desk, address, typed)
    assert status == 409
    assert "answered it with an offer" in page
    assert len(planning.all()) == 2
    assert desk.get(address).status_code == 409


def test_a_kept_plan_is_replaced_once_the_customer_agrees(planning: Planning) -> None:
    plan = planning.agreed()
    planning.pay(plan, 33_334)
    desk = planning.office.desk_of("collector")
    address = f"/admin/plans/{plan.public_id}/replacement"
    page = desk.get(address).text
    assert "1 of 2 Apr 30, 2026 $333.33" in words(page)
    typed = {**form(planning), "down-1": "", "count-1": "4", "first_on-1": "2026-05-01", **carried(page)}
    assert "4 of 4 Aug 1, 2026 $166.66" in post(desk, f"{address}/preview", typed)[1]
    status, page = post(desk, address, typed)
    assert status == 303
    made = planning.all()[0]
    assert (made.replaces_id, made.total_cents, made.state) == (plan.id, 66_666, "offered")
    assert planning.plan(plan).state == "active"
    assert "1001 Mar 31 $666.66 $666.66" in planning.page(desk, made)
    assert post(desk, address, typed)[0] == 409
    assert len(planning.all()) == 2
    planning.accept(made)
    assert planning.plan(plan).state == "replaced"
    page = planning.page(desk, planning.plan(plan))
    assert f"Plan {made.number} has taken its place" in page
    assert desk.get(address).status_code == 409


def test_who_has_asked_is_answered_first(planning: Planning) -> None:
    plan = planning.asked()
    desk = planning.office.desk_of("collector")
    assert f'href="/admin/plans/{plan.public_id}">Answer their plan' in desk.get(new(planning)[: -len("/plan")]).text
    for answer in (desk.get(new(planning)), desk.post(new(planning), data=form(planning, newest=plan.public_id))):
        assert answer.status_code == 409
        assert f"has asked for a plan already, {plan.number}" in answer.text
    assert len(planning.all()) == 1


def test_another_open_offer_is_pointed_out(planning: Planning) -> None:
    desk = planning.office.desk_of("collector")
    assert "An offer is still open" not in desk.get(new(planning)).text
    post(desk, new(planning), form(planning))
    assert "An offer is still open" in desk.get(new(planning)).text


def test_where_nothing_is_payable_there_is_nothing_to_offer(planning: Planning) -> None:
    planning.set_policy(plan_least_down_bp=0, plan_most_days=400, plan_first_days=60)
    planning.accept(planning.make(MONTHLY, charges=(planning.first.public_id, planning.second.public_id)))
    answer = planning.office.desk_of("collector").get(new(planning))
    assert answer.status_code == 409
    assert "Nothing can be put on a plan now" in answer.text
