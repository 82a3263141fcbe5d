"""`portal account`, and who CUSTOMER can be."""

import json
from pathlib import Path

import pytest

from tests.admin.conftest import CommandLine

FILE = """\
customer,customer_number,email,number,issued_on,terms,description,quantity,unit_price,tax,paid_on,paid_amount
Northwind Traders,C-1,ap@northwind.example,INV-1,2026-03-01,2/10 net 30,Rope,1,920.00,80.00,,
Northwind Traders,C-1,,INV-2,2026-02-01,net 30,Chain,2,50.00,0,2026-02-20,40.00
Blue Fern Café,,hello@bluefern.example,INV-3,2026-02-01,net 30,Cups,1,10.00,0,,
Twin,,one@twin.example,INV-4,2026-02-01,net 30,Cups,1,10.00,0,,
Twin,,two@twin.example,INV-5,2026-02-01,net 30,Cups,1,10.00,0,,
"""


@pytest.fixture
def filled(portal: CommandLine, tmp_path: Path) -> CommandLine:
    return _fill(portal, tmp_path)


@pytest.fixture
def sqlite_filled(sqlite_portal: CommandLine, tmp_path: Path) -> CommandLine:
    return _fill(sqlite_portal, tmp_path)


def _fill(portal: CommandLine, folder: Path) -> CommandLine:
    file = folder / "invoices.csv"
    file.write_text(FILE)
    assert portal("import", str(file)).code == 0
    return portal


def test_json_has_exactly_these_keys_in_this_order(filled: CommandLine) -> None:
    said = filled("account", "C-1", "--on", "2026-03-11", "--json")
    assert said.code == 0
    assert list(json.loads(said.out).items()) == [
        ("customer", "Northwind Traders"),
        ("on", "2026-03-11"),
        ("currency", "USD"),
        ("balance_cents", 106_000),
        ("payable_cents", 106_000),
        ("pending_cents", 0),
        ("disputed_cents", 0),
        ("on_plan_cents", 0),
        ("credit_cents", 0),
        ("charges", json.loads(said.out)["charges"]),
    ]
    older, newer = json.loads(said.out)["charges"]
    assert (older["number"], older["open_cents"], older["discount_until"]) == ("INV-2", 6_000, None)
    assert list(newer.items()) == [
        ("number", "INV-1"),
        ("kind", "invoice"),
        ("issued_on", "2026-03-01"),
        ("due_on", "2026-03-31"),
        ("amount_cents", 100_000),
        ("open_cents", 100_000),
        ("payable_cents", 100_000),
        ("pending_cents", 0),
        ("disputed_cents", 0),
        ("on_plan_cents", 0),
        ("discount_cents", 1_840),
        ("discount_until", "2026-03-11"),
        ("pay_cents", 98_160),
    ]


def test_a_past_day_is_as_it_was(filled: CommandLine) -> None:
    before = json.loads(filled("account", "C-1", "--on", "2026-02-19", "--json").out)
    assert (before["balance_cents"], [charge["number"] for charge in before["charges"]]) == (10_000, ["INV-2"])
    assert (
        json.loads(filled("account", "C-1", "--on", "2026-03-12", "--json").out)["charges"][1]["pay_cents"] == 100_000
    )


@pytest.mark.parametrize("customer", ["C-1", "AP@northwind.example", "Northwind Traders"])
def test_number_email_or_name(sqlite_filled: CommandLine, customer: str) -> None:
    said = sqlite_filled("account", customer, "--on", "2026-03-01")
    assert said.out.startswith("Northwind Traders on 2026-03-01\n")
    assert "$1,060.00" in said.out
    assert "INV-1" in said.out
    assert "$981.60 until 2026-03-11" in said.out


def test_nobody_and_several_are_refused_with_a_sentence(sqlite_filled: CommandLine) -> None:
    nobody = sqlite_filled("account", "Northwind")
    assert (nobody.code, nobody.out) == (1, "")
    assert nobody.err == "No customer has the number, e-mail address or name “Northwind”.\n"
    several = sqlite_filled("account", "Twin")
    assert several.code == 1
    assert "“Twin” means 2 customers" in several.err
    assert "one@twin.example" in several.err
    assert "two@twin.example" in several.err


def test_a_bad_date_is_refused(sqlite_portal: CommandLine) -> None:
    said = sqlite_portal("account", "C-1", "--on", "soon")
    assert (said.code, said.out) == (1, "")
    assert "“soon” is not a date" in said.err
