"""The list of payment plans: the most urgent first, with what is left and comes next, and as a file."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import update

from portal.actions import credit_memos, policies
from portal.actions import plans as made
from portal.records import Database
from portal.records.listing import Wanted
from portal.records.plans_listed import PLANS
from portal.records.tables import plans
from portal.rules.plans import Shape
from tests.admin.pages.planning import Planning
from tests.support.clock import MovableClock
from tests.support.house import open_house
from tests.support.reading import rows, words
from tests.support.shop import cheque


@pytest.fixture
def planning(database: Database, clock: MovableClock) -> Iterator[Planning]:
    with open_house(database, clock) as house:
        yield Planning(house)


def listed(planning: Planning, query: str = "") -> list[list[str]]:
    answer = planning.office.desk_of("read_only").get(f"/admin/plans{query}")
    assert answer.status_code == 200
    return rows(answer.text)[1:]


def test_each_plan_stands_in_its_row(planning: Planning) -> None:
    plan = planning.agreed()
    (row,) = listed(planning)
    assert row[0] == plan.number
    assert row[2:7] == ["On time", "$1,000.00 3 payments", "$1,000.00", "Mar 31 $333.34", "By hand"]
    planning.on(4, 1)
    assert listed(planning)[0][2] == "Late since Mar 31"
    planning.on(4, 10)
    planning.watch()
    assert listed(planning)[0][2] == "Late since Mar 31, until Apr 20 to make up for it"


def test_a_first_amount_is_not_counted_among_the_payments_after_it(planning: Planning) -> None:
    planning.agreed(Shape(20_000, 3, "month", date(2026, 3, 31)))
    assert listed(planning)[0][3] == "$1,000.00 First amount, then 3 payments"
    answer = planning.office.desk_of("owner").post("/admin/plans/export")
    (line,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (line["first_amount"], line["payments"]) == ("200.00", "3")


def test_the_longest_of_several_options_is_counted_then_the_chosen_one(planning: Planning) -> None:
    options = [Shape(20_000, 3, "month", date(2026, 3, 31)), Shape(0, 4, "week", date(2026, 3, 31))]
    with planning.house.resources.writing() as session:
        now = planning.house.clock.now()
        plan = made.offer(
            session, planning.account, made.Terms({planning.first.id: 100_000}, options, date(2026, 3, 16)),
            contact_id=None, policy=policies.load(session, now=now), now=now, actor="staff:1",
        )  # fmt: skip
    assert listed(planning)[0][3] == "$1,000.00 4 payments"
    planning.accept(plan, option=1)
    assert listed(planning)[0][3] == "$1,000.00 First amount, then 3 payments"


def test_no_line_breaks_a_date_or_a_card(planning: Planning) -> None:
    plan = planning.agreed(Shape(0, 3, "month", date(2026, 4, 1)))
    planning.change(plan, "put_off", 300)
    planning.collect(plan, 1, state="waiting")
    page = planning.office.desk_of("read_only").get("/admin/plans").text
    assert "Jan\u00a026,\u00a02027" in page
    assert "Visa\u00a0••••\u00a04242" in page


def test_the_most_urgent_come_first_and_are_counted(planning: Planning) -> None:
    late = planning.agreed()
    planning.on(4, 10)
    planning.watch()
    asked = planning.make(Shape(0, 9, "month", date(2026, 5, 1)), words="Please.", charges=(planning.second.public_id,))
    assert [row[0] for row in listed(planning)] == [asked.number, late.number]
    assert [row[0] for row in listed(planning, "?sort=-health")] == [late.number, asked.number]
    page = words(planning.office.desk_of("read_only").get("/admin").text)
    assert "2 plans need you" in page


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("?state=kept", 1),
        ("?state=active", 1),
        ("?state=late", 0),
        ("?state=requested", 1),
        ("?paid=hand", 1),
        ("?paid=automatic", 0),
        ("?from=2026-03-02&until=2026-03-02", 1),
        ("?from=2026-03-03", 0),
        ("?search=northwind", 2),
        ("?search=P-00002", 1),
        ("?search=nobody", 0),
        ("?sort=-left", 2),
        ("?sort=total", 2),
        ("?sort=-made", 2),
        ("?sort=customer", 2),
    ],
)
def test_it_is_searched_filtered_and_sorted(planning: Planning, query: str, count: int) -> None:
    planning.agreed()
    planning.make(Shape(0, 9, "month", date(2026, 5, 1)), words="Please.", charges=(planning.second.public_id,))
    assert len(listed(planning, query)) == count


def test_what_is_left_is_what_the_plan_itself_says(planning: Planning) -> None:
    plan = planning.agreed()
    planning.pay(plan, 40_000)
    with planning.house.resources.writing() as session:
        now = planning.house.clock.now()
        policy = policies.load(session, now=now)
        cheque(planning, session, planning.first.id, 10_000)
        credit_memos.issue(
            session, planning.account, planning.first.id, net_cents=5_000, tax_cents=0, zone=policy.time_zone,
            reason="Damaged", on=policy.today, now=now,
        )  # fmt: skip
    assert left(planning) == planning.stands(plan).left_cents == 45_000
    planning.change(plan, "cancel", words="Done.")
    assert left(planning) is None


def test_it_is_taken_away_as_a_file(planning: Planning) -> None:
    planning.agreed()
    desk = planning.office.desk_of("owner")
    assert "Export 1 plan" in words(desk.get("/admin/plans/export?state=kept").text)
    answer = desk.post("/admin/plans/export?state=kept")
    (line,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (line["state"], line["total"], line["left"], line["paid"]) == ("active", "1000.00", "1000.00", "by hand")


def test_more_than_a_page_of_them_has_pages(planning: Planning) -> None:
    planning.set_policy(plan_least_down_bp=0)
    for _ in range(51):
        planning.make()
    with planning.house.resources.writing() as session:
        session.execute(update(plans).values(state="withdrawn"))
    desk = planning.office.desk_of("read_only")
    page = desk.get("/admin/plans?state=withdrawn").text
    assert "1 to 50 of 51 plans" in words(page)
    (following,) = re.findall(r'href="([^"]+)" rel="next"', page)
    assert "state=withdrawn" in following
    assert len(rows(desk.get(following.replace("&amp;", "&")).text)) == 2


def left(planning: Planning) -> int | None:
    with planning.house.resources.reading() as session:
        policy = policies.load(session, now=planning.house.clock.now())
        (row,) = PLANS.page(session, Wanted(), limit=9, offset=0, day=policy.today)
    return row.left_cents
