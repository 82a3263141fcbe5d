"""Lists: found by words, filters and order that stand in the address, page by page, and as a CSV."""

import csv
import io
import re

import pytest
from sqlalchemy import func, insert, select
from starlette.testclient import TestClient

from portal.records import accounts
from portal.records.tables import accounts as accounts_table
from portal.records.tables import history
from portal.records.types import new_public_id
from tests.support.books import add_customer
from tests.support.reading import rows as page_rows
from tests.support.site import Site
from tests.support.staff import Office

LISTS = ("customers", "invoices", "payments", "credits", "notices", "letters", "events", "breaks", "history")


def names(desk: TestClient, query: str = "") -> list[str]:
    """The first cell of each row of the customers' list."""
    answer = desk.get(f"/admin/customers?{query}")
    assert answer.status_code == 200
    return [row[0] for row in page_rows(answer.text)[1:]]


@pytest.fixture
def desk(site: Site, office: Office) -> TestClient:
    """A read-only desk; beside Northwind Traders there are three more customers."""
    for name, number in (("Acme 100% Rope", "C-2"), ("Blue_Fern", "C-3"), ("Åse & Sons", "C-1")):
        with site.resources.writing() as session:
            accounts.add(session, number=number, name=name, currency="usd", now=site.clock.now())
    return office.desk_of("read_only")


def test_customers_are_found_by_name_number_and_address(desk: TestClient) -> None:
    assert names(desk, "search=northwind") == ["Northwind Traders"]
    assert names(desk, "search=C-3") == ["Blue_Fern"]
    assert names(desk, "search=ap%40northwind.example") == ["Northwind Traders"]
    assert names(desk, "search=traders+north") == ["Northwind Traders"]
    assert names(desk, "search=nobody") == []
    for typed in ("åse", "ÅSE", "Åse", "sons"):
        assert desk.get("/admin/customers", params={"search": typed}).text.count("Åse &amp; Sons") == 1


def test_a_search_is_words_and_nothing_else(desk: TestClient) -> None:
    assert names(desk, "search=100%25") == ["Acme 100% Rope"]
    assert names(desk, "search=%25") == ["Acme 100% Rope"]
    assert names(desk, "search=_") == ["Blue_Fern"]
    for attack in ("' OR 1=1 --", '"; DROP TABLE accounts; --', "\\", "/%", "x" * 5000):
        assert desk.get("/admin/customers", params={"search": attack}).status_code == 200
    assert len(names(desk)) == 4


def test_the_order_stands_in_the_address_and_turns_round(desk: TestClient) -> None:
    assert names(desk, "sort=number")[:3] == ["Åse & Sons", "Acme 100% Rope", "Blue_Fern"]
    assert names(desk, "sort=-number")[:3] == ["Blue_Fern", "Acme 100% Rope", "Åse & Sons"]
    # What has no number comes last, whichever way it is sorted.
    assert names(desk, "sort=number")[3] == names(desk, "sort=-number")[3] == "Northwind Traders"
    page = desk.get("/admin/customers?sort=-open&search=o").text
    assert 'aria-sort="descending"><a class="sort" href="/admin/customers?search=o&amp;sort=open">' in page
    assert names(desk, "sort=-open")[0] == "Northwind Traders"


def test_filters_keep_and_sentences_say_what_was_left_out(desk: TestClient) -> None:
    assert names(desk, "owes=open") == ["Northwind Traders"]
    page = desk.get("/admin/customers?owes=nonsense&sort=password_hash&page=-4").text
    assert "There is no such choice of “Who”: all are shown." in page
    assert len(names(desk, "owes=nonsense")) == 4
    page = desk.get("/admin/invoices?from=yesterday&until=2026-13-45&status=paid").text
    assert page.count("is not a day such as 2026-03-31") == 2
    for bad in ("page=99999999999999999999", "page=½", "page=0", "sort=-", "search=%ff", "from=9999-99-99"):
        assert desk.get(f"/admin/invoices?{bad}").status_code == 200


def test_days_choose_invoices(desk: TestClient) -> None:
    for query, said in (
        ("from=2026-02-10&until=2026-02-10", "2 invoices"),
        ("from=2026-02-11", "No invoices"),
        ("until=2026-02-09", "No invoices"),
    ):
        assert said in desk.get(f"/admin/invoices?{query}").text


@pytest.mark.parametrize("name", LISTS)
def test_an_empty_list_says_so_in_words(office: Office, name: str) -> None:
    page = office.desk_of("read_only").get(f"/admin/{name}?search=nothing-of-this-kind")
    assert "Nothing fits this search" in page.text
    assert "<table" not in page.text


def test_two_thousand_customers_are_shown_a_page_at_a_time(site: Site, office: Office) -> None:
    now = site.clock.now()
    rows = [
        {
            "public_id": new_public_id(),
            "number": f"N-{n:04d}",
            "name": f"Customer {n:04d}",
            "currency": "usd",
            "created_at": now,
        }
        for n in range(2_000)
    ]
    with site.resources.writing() as session:
        session.execute(insert(accounts_table), rows)
    desk = office.desk_of("read_only")
    first = desk.get("/admin/customers")
    assert "1 to 50 of 2,001 customers" in first.text
    assert len(page_rows(first.text)) == 51
    assert names(desk, "page=2")[0] == "Customer 0050"
    assert names(desk, "page=41") == ["Northwind Traders"]
    # Beyond the end there is the end.
    assert names(desk, "page=5000") == ["Northwind Traders"]
    last = desk.get("/admin/customers?page=41").text
    assert 'rel="prev"' in last
    assert 'rel="next"' not in last
    seen: set[str] = set()
    for page in range(1, 42):
        seen.update(names(desk, f"page={page}&sort=-credit"))
    assert len(seen) == 2_001


def exported(desk: TestClient, address: str) -> list[dict[str, str]]:
    answer = desk.post(address)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(r'attachment; filename="[a-z]+-2026-03-0\d\.csv"', answer.headers["content-disposition"])
    assert answer.content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


def test_a_csv_has_what_the_list_shows(desk: TestClient) -> None:
    asked = desk.get("/admin/customers?owes=open&search=north")
    assert 'href="/admin/customers/export?search=north&amp;owes=open"' in asked.text
    page = desk.get("/admin/customers/export?search=north&owes=open")
    assert "Export 1 customer" in page.text
    (row,) = exported(desk, "/admin/customers/export?search=north&owes=open")
    assert (row["customer"], row["open"], row["credit"], row["currency"]) == (
        "Northwind Traders",
        "1550.00",
        "0.00",
        "USD",
    )
    assert len(exported(desk, "/admin/customers/export")) == 4


def test_no_cell_of_a_csv_is_a_formula(site: Site, office: Office) -> None:
    texts = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "  =1", "\uff1d1+1", "\u200b=1", "plain"]
    with site.resources.writing() as session:
        for number, name in enumerate(texts):
            accounts.add(session, number=f"={number}", name=name, currency="usd", now=site.clock.now())
    rows = exported(office.desk_of("read_only"), "/admin/customers/export?sort=number")
    written = {row["customer"].removeprefix("'") for row in rows}
    assert written >= set(texts)
    for row in rows:
        assert row["customer"] in ("plain", "Northwind Traders") or row["customer"].startswith("'")
        assert row["number"] == "" or row["number"].startswith("'=")
        assert re.fullmatch(r"\d+\.\d\d", row["open"])


def test_an_export_is_an_act_of_somebody(site: Site, office: Office) -> None:
    desk = office.desk_of("collector")
    desk.get("/admin/invoices/export")
    assert acts(site) == []
    exported(desk, "/admin/invoices/export?status=unpaid")
    assert acts(site) == [{"list": "invoices", "rows": 2, "asked": "/admin/invoices?status=unpaid"}]


def test_an_export_asks_for_the_second_factor(office: Office) -> None:
    desk = office.desk_of("read_only")
    office.clock.move(minutes=6)
    for answer in (desk.get("/admin/invoices/export"), desk.post("/admin/invoices/export")):
        assert answer.headers["location"].startswith("/admin/confirm?next=/admin/invoices/export")


@pytest.mark.parametrize("name", LISTS)
def test_every_list_goes_out_as_a_csv(office: Office, name: str) -> None:
    answer = office.desk_of("read_only").post(f"/admin/{name}/export")
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/csv")


def test_a_get_writes_nothing(site: Site, office: Office) -> None:
    desk = office.desk_of("owner")
    with site.resources.writing() as session:
        add_customer(session, site.clock.now(), name="Other", email="")
        before = session.execute(select(func.count()).select_from(history)).scalar()
    for name in LISTS:
        for address in (f"/admin/{name}", f"/admin/{name}/export"):
            assert desk.get(address).status_code == 200
    with site.resources.reading() as session:
        assert session.execute(select(func.count()).select_from(history)).scalar() == before


def acts(site: Site) -> list[dict[str, object]]:
    with site.resources.reading() as session:
        found = select(history.c.detail).where(history.c.action == "list.exported").order_by(history.c.id)
        return list(session.execute(found).scalars())
