"""The queue of disputes: in whose turn, how long, how much; found, sorted, summed up, exported, given to somebody."""

import csv
import io
from datetime import date

import pytest
from sqlalchemy import insert
from starlette.testclient import TestClient

from portal.records import disputes as records
from portal.records import staff
from portal.records.disputes import DisputeRow
from portal.records.history import of_account
from portal.records.tables import dispute_lines, disputes
from portal.records.types import new_public_id
from tests.admin.pages.disputing import Hall, asked
from tests.pages.test_canaries import CANARIES, LIVE
from tests.support.reading import rows, words
from tests.support.site import Site
from tests.support.staff import Office

QUEUE = "/admin/disputes"


@pytest.fixture
def hall(site: Site) -> Hall:
    return Hall(site)


@pytest.fixture
def three(hall: Hall, office: Office) -> dict[str, DisputeRow]:
    """On 20 March: one of 5 March, late; one of the 18th, which waits for the customer; one of today for 108.00."""
    hall.on(5)
    late = hall.file()
    hall.on(18)
    waiting = hall.file(reason="damaged", figure="10", charge_id=hall.invoice("2002")[0])
    owner = office.add("owner", name="Robin")
    _post(office.desk_of(owner), waiting, "question", question="Which ones?")
    hall.on(20)
    new = hall.file(reason="short", figure="5", charge_id=hall.invoice("2003")[0])
    return {"late": late, "waiting": waiting, "new": new}


def _post(desk: TestClient, dispute: DisputeRow, act: str, **typed: str) -> None:
    answer = desk.post(f"{QUEUE}/{dispute.public_id}/{act}", data={"version": "1", **typed})
    assert answer.status_code == 303, words(answer.text)


def listed(desk: TestClient, query: str = "") -> list[str]:
    """The references, in their order."""
    answer = desk.get(f"{QUEUE}?{query}")
    assert answer.status_code == 200
    return [row[0].split()[0] for row in rows(answer.text)[1:]]


def test_the_most_urgent_comes_first_with_what_matters(
    hall: Hall, office: Office, three: dict[str, DisputeRow]
) -> None:
    page = office.desk_of("read_only").get(QUEUE).text
    late, new, waiting = rows(page)[1:]
    assert late[:3] == [f"{three['late'].number} 2001", "Lantern Café", "Invoiced twice"]
    assert late[3:] == ["$216.00", "15 days", "8 days late Your turn, by Mar 12", "Nobody", "New"]
    assert new[3:] == ["$108.00", "0 days", "Answer by Mar 27 Your turn", "Nobody", "New"]
    assert waiting[5:] == ["Answer by Apr 1 Customer’s turn", "Nobody", "Waiting for customer"]
    told = words(page)
    assert "Open disputes 3 1 wait for customers" in told
    assert "Money at stake $540.00" in told
    assert "Waiting for you 2" in told
    assert "Overdue 1" in told
    assert "2 disputes wait for you" in told


def test_filters_stand_in_the_address(hall: Hall, office: Office, three: dict[str, DisputeRow]) -> None:
    robin, other = office.desk_of("owner"), office.desk_of("collector")
    numbers = {name: dispute.number for name, dispute in three.items()}
    with hall.resources.reading() as session:
        (owner,) = [each for each in staff.present(session) if each.role == "owner"]
    robin.post(f"{QUEUE}/{three['new'].public_id}/assignee", data={"assignee": owner.public_id})
    assert listed(robin, "state=in_review") == []
    assert listed(robin, "state=waiting") == [numbers["waiting"]]
    assert listed(robin, "turn=seller") == [numbers["late"], numbers["new"]]
    assert listed(robin, "turn=customer") == [numbers["waiting"]]
    assert listed(robin, "reason=short") == [numbers["new"]]
    assert listed(robin, "clock=overdue") == [numbers["late"]]
    assert listed(robin, "assignee=mine") == [numbers["new"]]
    assert listed(other, "assignee=mine") == []
    assert listed(other, f"assignee={owner.public_id}") == [numbers["new"]]
    assert listed(robin, "assignee=nobody") == [numbers["late"], numbers["waiting"]]
    assert listed(robin, f"search={numbers['late']}") == [numbers["late"]]
    assert listed(robin, "search=2003") == [numbers["new"]]
    assert listed(robin, "search=lantern+2002") == [numbers["waiting"]]
    assert len(listed(robin, f"customer={hall.account.public_id}")) == 3
    assert listed(robin, f"customer={hall.site.account.public_id}") == []


def test_it_is_sorted_by_age_money_and_clock(office: Office, three: dict[str, DisputeRow]) -> None:
    desk = office.desk_of("read_only")
    late, waiting, new = (three[name].number for name in ("late", "waiting", "new"))
    assert listed(desk) == [late, new, waiting]
    assert listed(desk, "sort=filed") == [late, waiting, new]
    assert listed(desk, "sort=-filed") == [new, waiting, late]
    assert listed(desk, "sort=stake") == [new, late, waiting]
    assert listed(desk, "sort=-stake") == [waiting, late, new]


def test_what_is_closed_is_shown_only_where_it_is_asked_for(
    hall: Hall, office: Office, three: dict[str, DisputeRow]
) -> None:
    desk = office.desk_of("collector")
    _post(desk, three["late"], "decision", verdict="reject", words="It was delivered.")
    assert three["late"].number not in listed(desk)
    assert listed(desk, "state=closed") == listed(desk, "state=rejected") == [three["late"].number]
    assert len(listed(desk, "state=all")) == 3
    (closed,) = rows(desk.get(f"{QUEUE}?state=closed").text)[1:]
    assert closed[3:] == ["–", "15 days", "–", "–", "Rejected"]


def test_the_list_is_summed_up_as_it_is_filtered(office: Office, three: dict[str, DisputeRow]) -> None:
    desk = office.desk_of("read_only")
    assert "At stake: $540.00" in words(desk.get(QUEUE).text)
    assert "At stake: $324.00" in words(desk.get(f"{QUEUE}?turn=seller").text)
    assert "At stake: $0.00" in words(desk.get(f"{QUEUE}?state=closed").text)
    assert "Money at stake $540.00" in words(desk.get(f"{QUEUE}?state=closed").text)


@pytest.mark.parametrize("query", ["state=x", "turn=%00x", "sort=nothing", "assignee=1", "page=9999999", "clock=%27"])
def test_what_makes_no_sense_is_left_out(office: Office, three: dict[str, DisputeRow], query: str) -> None:
    answer = office.desk_of("read_only").get(f"{QUEUE}?{query}")
    assert answer.status_code in (200, 400)
    if answer.status_code == 200:
        assert len(rows(answer.text)) == 4


def test_it_goes_out_as_a_table(hall: Hall, office: Office, three: dict[str, DisputeRow]) -> None:
    desk = office.desk_of("read_only")
    assert "Export 2 disputes" in words(desk.get(f"{QUEUE}/export?turn=seller").text)
    answer = desk.post(f"{QUEUE}/export?turn=seller&sort=-stake")
    late, new = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert late["reference"] == three["late"].number
    assert (late["at_stake"], late["disputed"], late["approved"]) == ("216.00", "216.00", "0.00")
    assert (late["age_days"], late["turn"], late["answer_by"], late["is_overdue"]) == (
        "15",
        "seller",
        "2026-03-12",
        "yes",
    )
    assert (new["reasons"], new["is_overdue"], new["state"]) == ("Short delivery", "no", "new")
    mine = desk.post(f"{QUEUE}/export?assignee=mine").content.decode("utf-8-sig").splitlines()
    assert len(mine) == 1


def test_ticked_ones_are_given_to_somebody_even_if_one_has_moved(
    hall: Hall, office: Office, three: dict[str, DisputeRow]
) -> None:
    desk, robin = office.desk_of("collector"), office.add("collector", name="Kit")
    _post(desk, three["late"], "review")
    picked = [three["late"].public_id, three["new"].public_id, three["new"].public_id, "0" * 24]
    typed = {"picked": picked, "assignee": robin.public_id}
    answer = desk.post(f"{QUEUE}/assign?turn=seller&sort=-stake", data=typed)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"{QUEUE}?turn=seller&sort=-stake&")
    page = desk.get(answer.headers["location"])
    assert "2 disputes belong to Kit now." in words(page.text)
    assert [row[6] for row in rows(page.text)[1:]] == ["Kit", "Kit"]
    again = desk.post(f"{QUEUE}/assign", data=typed)
    assert "Nothing had to change" in words(desk.get(again.headers["location"]).text)
    with hall.resources.reading() as session:
        acts = [act for act in of_account(session, hall.account.id) if act.action == "dispute.assigned"]
    assert len(acts) == 2
    desk.post(f"{QUEUE}/assign", data={**typed, "assignee": ""})
    assert hall.current(three["new"]).assignee_id is None


def test_nobody_who_is_gone_and_nobody_unknown_gets_any(
    hall: Hall, office: Office, three: dict[str, DisputeRow]
) -> None:
    typed = {"picked": three["new"].public_id, "assignee": "0" * 24}
    assert office.desk_of("collector").post(f"{QUEUE}/assign", data=typed).status_code == 404
    assert hall.current(three["new"]).assignee_id is None


def test_whoever_may_only_look_has_nothing_to_tick(hall: Hall, office: Office, three: dict[str, DisputeRow]) -> None:
    desk = office.desk_of("read_only")
    page = desk.get(QUEUE).text
    assert "row-tick" not in page
    assert "Assign" not in words(page).replace("Assignee", "")
    typed = {"picked": three["new"].public_id, "assignee": ""}
    assert desk.post(f"{QUEUE}/assign", data=typed).status_code == 403


@pytest.mark.parametrize("canary", [*CANARIES, "=cmd|' /C calc'!NAME", "@NAME"])
def test_nothing_that_was_written_runs_in_the_list_or_the_table(site: Site, office: Office, canary: str) -> None:
    hall = Hall(site, name=canary)
    hall.file(charge_id=hall.invoice(canary[:64])[0])
    desk = office.desk_of("owner")
    page = desk.get(QUEUE, params={"search": canary.split()[0][:20], "reason": canary, "assignee": canary}).text
    assert not LIVE.search(page)
    (line,) = csv.DictReader(io.StringIO(desk.post(f"{QUEUE}/export").content.decode("utf-8-sig")))
    for cell in (line["customer"], line["invoice"]):
        assert "NAME" in cell
        assert not cell.startswith(("=", "+", "-", "@"))


def test_two_thousand_ask_the_database_no_more_than_three(
    hall: Hall, office: Office, three: dict[str, DisputeRow]
) -> None:
    desk = office.desk_of("read_only")
    few = asked(hall, desk, QUEUE)
    _many(hall, three["new"], 2_000)
    assert asked(hall, desk, QUEUE) == few
    page = desk.get(f"{QUEUE}?page=3&sort=-stake")
    assert "101 to 150 of 2,003 disputes" in words(page.text)
    assert len(rows(page.text)) == 51


def _many(hall: Hall, like: DisputeRow, count: int) -> None:
    """So many more, written straight into the books."""
    values = [
        {**like._asdict(), "public_id": new_public_id(), "number": f"M-{place:05}", "filed_on": date(2026, 3, 19)}
        for place in range(count)
    ]
    for row in values:
        del row["id"]
    with hall.resources.writing() as session:
        session.execute(insert(disputes), values)
        lines = records.lines(session, like.id)
        made = session.execute(disputes.select().where(disputes.c.number.like("M-%"))).all()
        session.execute(
            insert(dispute_lines), [{**line._asdict(), "dispute_id": row.id} for row in made for line in lines]
        )
