"""The history page: everything that was done, found by who, what, whom and when."""

import re

import pytest
from starlette.testclient import TestClient

from portal.actions import history
from portal.records import Database
from tests.support.clock import MovableClock
from tests.support.site import Site
from tests.support.staff import Office

CANARY = "<img src=x onerror=alert(1)>"


@pytest.fixture
def desk(database: Database, clock: MovableClock) -> TestClient:
    """One act by each kind of actor, a day between them."""
    site = Site(database, clock)
    office = Office(site.resources, clock)
    kim = office.add("collector", name="kim")
    contact = f"contact:{site.link().contact_id}"
    for actor, action in (
        ("cli", "policy.set"),
        (contact, "payment.started"),
        ("stripe", "refund.made"),
        (f"staff:{kim.id}", "staff.confirmed"),
    ):
        with site.resources.writing() as session:
            history.write(
                session,
                action=action,
                actor=actor,
                now=clock.now(),
                account_id=site.account.id if action == "payment.started" else None,
                charge_id=site.invoice.id if action == "payment.started" else None,
                detail={"words": CANARY, "cents": 5, "nothing": None},
            )
        clock.move(days=1)
    return office.desk_of("read_only")


def acts(desk: TestClient, query: str = "") -> list[str]:
    answer = desk.get(f"/admin/history{query}")
    assert answer.status_code == 200
    return re.findall(r"(Policy: set|Payment: started|Refund: made|Staff: confirmed)", answer.text)


def test_the_latest_act_comes_first_and_says_who_and_about_whom(desk: TestClient) -> None:
    assert acts(desk) == ["Staff: confirmed", "Refund: made", "Payment: started", "Policy: set"]
    page = desk.get("/admin/history").text
    assert "kim" in page
    assert "INV-1" in page
    assert "Northwind Traders" in page
    assert CANARY not in page
    assert "cents: 5" in page
    assert "nothing" not in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("?who=staff", ["Staff: confirmed"]),
        ("?who=customers", ["Payment: started"]),
        ("?who=cli", ["Policy: set"]),
        ("?who=others", ["Refund: made"]),
        ("?topic=refund", ["Refund: made"]),
        ("?search=kim", ["Staff: confirmed"]),
        ("?search=northwind+inv-1", ["Payment: started"]),
        ("?search=%25", []),
        ("?from=2026-03-04", ["Staff: confirmed", "Refund: made"]),
        ("?until=2026-03-03", ["Payment: started", "Policy: set"]),
        ("?from=2026-03-03&until=2026-03-04", ["Refund: made", "Payment: started"]),
        ("?from=0001-01-01", ["Staff: confirmed", "Refund: made", "Payment: started", "Policy: set"]),
        ("?sort=when", ["Policy: set", "Payment: started", "Refund: made", "Staff: confirmed"]),
    ],
)
def test_it_is_found_by_who_what_whom_and_when(desk: TestClient, query: str, found: list[str]) -> None:
    assert acts(desk, query) == found


@pytest.mark.parametrize("query", ["?who=x", "?from=nonsense", "?until=9999-12-31", "?page=999999", "?topic=;"])
def test_what_makes_no_sense_is_left_out(desk: TestClient, query: str) -> None:
    assert len(acts(desk, query)) == 4
