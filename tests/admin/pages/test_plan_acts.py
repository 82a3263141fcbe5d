"""The page of a payment plan, and each thing that is done there: once, twice, by two at once, and with bad words."""

from collections.abc import Iterator
from datetime import date
from hashlib import sha256

import pytest
from sqlalchemy import select

from portal.records import Database
from portal.records.tables import history, letters
from portal.rules.plans import Shape
from tests.admin.pages.planning import Planning
from tests.support.clock import MovableClock
from tests.support.dump import dump
from tests.support.house import open_house
from tests.support.planned import PAPER
from tests.support.reading import rows


@pytest.fixture
def planning(database: Database, clock: MovableClock) -> Iterator[Planning]:
    with open_house(database, clock) as house:
        yield Planning(house)


def test_a_request_is_shown_with_what_it_is_outside_of(planning: Planning) -> None:
    plan = planning.asked()
    page = planning.page(planning.office.desk_of("collector"), plan)
    assert "Our harvest is late." in page
    assert "At most 4 payments." in page
    assert "Regulation Z" in page
    assert "6 payments, every month from Apr 1" in page
    assert "ap@northwind.example" in page


def test_a_request_is_offered_as_asked_once(planning: Planning) -> None:
    plan = planning.asked()
    desk = planning.office.desk_of("collector")
    status, page = planning.send(desk, plan, "grant")
    assert status == 422
    assert "Regulation Z" in page
    assert planning.plan(plan).state == "requested"
    status, page = planning.send(desk, plan, "grant", despite_credit="yes")
    assert status == 303
    assert "The plan is offered" in page
    made = planning.all()
    assert [each.state for each in made] == ["offered", "declined"]
    assert made[0].total_cents == plan.total_cents
    status, page = planning.send(desk, plan, "grant", despite_credit="yes")
    assert status == 409
    assert len(planning.all()) == 2


def test_what_is_owed_may_have_changed_since_it_was_asked_for(planning: Planning) -> None:
    plan = planning.asked(Shape(0, 3, "month", date(2026, 4, 20)))
    planning.pay_first()
    planning.sync(planning.pay_by_card())
    status, page = planning.send(planning.office.desk_of("collector"), plan, "grant")
    assert status == 409
    assert "Offer other terms instead" in page
    assert planning.plan(plan).state == "requested"


def test_a_request_is_declined_with_words_that_stay_when_something_is_wrong(planning: Planning) -> None:
    plan = planning.asked()
    desk = planning.office.desk_of("collector")
    status, page = planning.send(desk, plan, "refusal", words="  ")
    assert status == 422
    assert "Write why" in page
    status, page = planning.send(desk, plan, "refusal", words="Please pay in four.")
    assert status == 303
    assert "The request is declined" in page
    assert "Please pay in four." in page
    assert planning.letters()[-1] == "plan_declined"


def test_the_second_of_two_hears_what_the_first_did(planning: Planning) -> None:
    plan = planning.asked()
    seen = str(len(planning.story(plan)))
    first = planning.office.add("collector", name="Ana")
    assert planning.send(planning.office.desk_of(first), plan, "refusal", words="No.")[0] == 303
    before = dump(planning.house.resources.database)
    for act, typed in (("grant", {"despite_credit": "yes"}), ("refusal", {"words": "Never mind."})):
        status, page = planning.send(planning.office.desk_of("owner"), plan, act, seen=seen, **typed)
        assert status == 409
        assert "See below what happened, then go on. Ana declined it (Mar" in page
    assert "Never mind." in page
    after = dump(planning.house.resources.database)
    assert (after["plans"], after["letters"]) == (before["plans"], before["letters"])


def test_an_offer_is_taken_back(planning: Planning) -> None:
    planning.set_policy(plan_least_down_bp=0)
    plan = planning.make()
    desk = planning.office.desk_of("collector")
    status, page = planning.send(desk, plan, "withdrawal")
    assert status == 303
    assert "The offer is taken back." in page
    assert planning.send(desk, plan, "withdrawal")[0] == 409
    asked = planning.asked()
    assert planning.send(desk, asked, "withdrawal")[0] == 409
    assert planning.plan(asked).state == "requested"


def test_dates_of_what_was_never_agreed_to_stay_as_on_its_last_day(planning: Planning) -> None:
    asked = planning.asked()
    desk = planning.office.desk_of("collector")
    assert planning.send(desk, asked, "refusal", words="Too long.")[0] == 303
    offered, expired = (planning.offer({planning.first.id: 100_000}) for _ in range(2))
    assert planning.send(desk, offered, "withdrawal")[0] == 303
    planning.on(4, 20)
    planning.watch()
    desk = planning.office.desk_of("read_only")
    assert "Date Amount 1 of 6 Apr 1, 2026" in planning.page(desk, asked)
    for plan, chip in ((offered, "Taken back"), (expired, "Not answered in time")):
        page = planning.page(desk, plan)
        assert chip in page
        assert "3 payments, every month from Mar 31 3 payments Payment Date Amount 1 of 3 Mar 31, 2026" in page


def test_what_is_asked_for_too_late_begins_today(planning: Planning) -> None:
    plan = planning.asked(Shape(10_000, 6, "month", date(2026, 4, 1)))
    planning.on(4, 20)
    page = planning.page(planning.office.desk_of("read_only"), plan)
    assert "First amount $100.00, then 6 payments, every month from Apr 20" in page
    assert "First amount When it is accepted $100.00 1 of 6 Apr 20, 2026" in page


def test_a_plan_is_paused_and_goes_on(planning: Planning) -> None:
    plan = planning.agreed()
    desk = planning.office.desk_of("collector")
    status, page = planning.send(desk, plan, "pause", words="The mill stands still.")
    assert status == 303
    assert "The plan is paused." in page
    assert "“The mill stands still.”" in page
    assert planning.send(desk, plan, "pause")[0] == 409
    planning.on(3, 12)
    desk = planning.office.desk_of("collector")
    status, page = planning.send(desk, planning.plan(plan), "resumption")
    assert status == 303
    assert "Apr 10 was Mar 31" in page
    assert planning.send(desk, planning.plan(plan), "resumption")[0] == 409


def test_payments_are_put_off(planning: Planning) -> None:
    plan = planning.agreed()
    desk = planning.office.desk_of("collector")
    for days in ("", "0", "367", "ten"):
        status, page = planning.send(desk, plan, "delay", days=days)
        assert status == 422
        assert "Choose from 1 to 366 days." in page
    status, page = planning.send(desk, plan, "delay", days="10")
    assert status == 303
    assert "Apr 10 was Mar 31" in page
    assert "put the payments off by 10 days" in page
    assert planning.send(desk, plan, "delay", days="10")[0] == 409


def test_a_plan_is_cancelled_after_a_question(planning: Planning) -> None:
    plan = planning.agreed()
    desk = planning.office.desk_of("collector")
    address = f"/admin/plans/{plan.public_id}/cancellation"
    assert "$1,000.00" in desk.get(address).text
    status, page = planning.send(desk, plan, "cancellation", words="")
    assert status == 422
    assert "Write why" in page
    status, page = planning.send(desk, plan, "cancellation", words="As we spoke.")
    assert status == 303
    assert "What is left of it is due again" in page
    assert planning.parts().payable_cents == 100_000
    assert planning.send(desk, plan, "cancellation", words="As we spoke.")[0] == 409
    assert desk.get(address).status_code == 409


def test_each_payment_stands_as_it_is(planning: Planning) -> None:
    plan = planning.agreed()
    planning.pay(plan, 33_334)
    planning.on(5, 2)
    desk = planning.office.desk_of("read_only")
    page = planning.page(desk, plan)
    assert "1 of 3 Mar 31 $333.34 $333.34 – – – Paid" in page
    assert "2 of 3 Apr 30 $333.33 – – – $333.33 Late" in page
    assert "What to do" not in page
    planning.on(5, 10)
    planning.watch()
    page = planning.page(planning.office.desk_of("read_only"), plan)
    assert "A payment is late: the customer was told to make up for it until May 20" in page


def test_what_has_shortened_a_plan_is_paid_too_and_told(planning: Planning) -> None:
    plan = planning.agreed()
    planning.pay(plan, 33_334, ahead="next")
    planning.pay(plan, 50_000)
    assert planning.stands(plan).paid_cents == 83_334
    page = planning.page(planning.office.desk_of("read_only"), plan)
    assert "Paid by the plan $833.34 Left $166.66" in page
    first, second = (f"A payment by hand arrived: {amount} Mar 2, 10:00 AM" for amount in ("$333.34", "$500.00"))
    assert f"{first} {second}" in page


def test_each_charge_is_told_with_its_tries(planning: Planning) -> None:
    plan = planning.agreed()
    planning.collect(plan, 1, state="waiting", tried=(("refused", "insufficient_funds"), ("refused", "odd_code")))
    planning.collect(plan, 3, state="confirming", tried=(("authenticate", "authentication_required"),))
    planning.collect(plan, 2, state="stopped", why="by_hand", tried=(("succeeded", ""),))
    page = planning.page(planning.office.desk_of("read_only"), plan)
    assert "Automatic, Visa •••• 4242" in page
    assert "1 of 3 Waits $333.34 from Visa •••• 4242, announced Mar 29. It is charged on Apr 3." in page
    assert "Refused $333.34. There was not enough money for it. (insufficient_funds)" in page
    assert "Refused $333.34. The bank declined the payment and gave no reason. (odd_code)" in page
    assert "To be confirmed $333.34. The bank asks the customer to confirm it. (authentication_required)" in page
    assert "No further try: The customer pays by hand." in page
    assert "Paid $333.34" in page
    (row,) = rows(planning.office.desk_of("read_only").get("/admin/plans?paid=automatic").text)[1:]
    assert row[6] == "Automatic Visa •••• 4242"


def test_what_was_agreed_can_be_read_and_kept(planning: Planning) -> None:
    plan = planning.agreed()
    desk = planning.office.desk_of("read_only")
    page = planning.page(desk, plan)
    assert "Ada Payer" in page
    assert "203.0.113.7" in page
    answer = desk.get(f"/admin/plans/{plan.public_id}/agreement.pdf")
    assert answer.content == PAPER
    assert "attachment" in answer.headers["content-disposition"]
    assert "/evidence" not in desk.get(f"/admin/plans/{plan.public_id}").text
    collector = planning.office.desk_of("collector")
    assert f"/admin/plans/{plan.public_id}/evidence" in collector.get(f"/admin/plans/{plan.public_id}").text
    answer = collector.post(f"/admin/plans/{plan.public_id}/evidence")
    assert answer.content.startswith(b"%PDF")
    with planning.house.resources.reading() as session:
        taken = select(history.c.detail).where(history.c.action == "plan.evidence_exported")
        (detail,) = session.execute(taken).scalars()
    assert detail["pdf_sha256"] == sha256(answer.content).hexdigest()
    asked = planning.make(charges=(planning.second.public_id,), words="Please.")
    assert desk.get(f"/admin/plans/{asked.public_id}/agreement.pdf").status_code == 404


def test_what_a_customer_is_is_said_once_with_its_history(planning: Planning) -> None:
    desk = planning.office.desk_of("collector")
    base = f"/admin/customers/{planning.account.public_id}"
    assert "Unknown, which counts as a consumer" in desk.get(base).text
    assert desk.post(f"{base}/kind", data={"kind": "club"}).status_code == 422
    for _ in range(2):
        assert desk.post(f"{base}/kind", data={"kind": "business"}).status_code == 303
    assert "A business" in desk.get(base).text
    with planning.house.resources.reading() as session:
        found = session.execute(select(history.c.detail).where(history.c.action == "customer.kind_set")).scalars().all()
        assert found == [{"was": "unknown", "kind": "business"}]
        assert session.execute(select(letters.c.id)).all() == []
    plan = planning.asked()
    assert "Regulation Z" not in planning.page(desk, plan)


def test_customer_and_invoice_show_their_plans(planning: Planning) -> None:
    plan = planning.agreed()
    desk = planning.office.desk_of("read_only")
    for address in (f"customers/{planning.account.public_id}", f"invoices/{planning.first.public_id}"):
        assert f"/admin/plans/{plan.public_id}" in desk.get(f"/admin/{address}").text
    assert plan.number not in desk.get(f"/admin/invoices/{planning.second.public_id}").text
    listed = desk.get("/admin/invoices?status=on_plan").text
    assert planning.first.public_id in listed
    assert planning.second.public_id not in listed
