"""`portal write-off`: an invoice or a part of it given up, its tax claimed back or not, and never more than is owed."""

import pytest

from tests.admin.desk import Desk


def test_all_that_is_payable_of_an_invoice(desk: Desk) -> None:
    said = desk("write-off", "1001", "--reason", "Gone out of business")
    assert (said.code, said.err) == (0, "")
    assert said.out == (
        "1001 of Northwind Traders: $1,000.00 written off\n"
        "  1001                    nothing is open\n"
        "  balance                 $600.00\n"
    )
    assert desk.shop.opens() == {"1002": 60_000}
    assert "$0.00 of it can be written off now." in desk.refuses("write-off", "1001")


def test_in_parts_with_the_tax_claimed_back(desk: Desk) -> None:
    said = desk("write-off", "1001", "--amount", "500.00", "--claim-tax")
    assert said.out.startswith("1001 of Northwind Traders: $500.00 written off, $40.00 of it tax\n")
    assert "  1001                    $500.00 is open\n" in said.out
    again = desk("write-off", "1001", "--claim-tax")
    assert again.out.startswith("1001 of Northwind Traders: $500.00 written off, $40.00 of it tax\n")
    assert desk.shop.opens() == {"1002": 60_000}


def test_the_rest_of_what_was_paid_in_part(desk: Desk) -> None:
    desk.record("100.00", "--invoice", "1002")
    assert "$500.00 written off" in desk("write-off", " 1002 ").out
    assert (desk.shop.opens(), desk.credit) == ({"1001": 100_000}, 0)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("9999",), "There is no invoice “9999”."),
        (("",), "There is no invoice “”."),
        (("1001", "--amount", "1000.01"), "$1,000.00 of it can be written off now."),
        (("1001", "--amount", "0"), "$1,000.00 of it can be written off now."),
        (("1001", "--amount", "(1.00)"), "below zero"),
        (("1001", "--amount", "half"), "“half” is not an amount"),
    ],
)
def test_what_cannot_be_written_off(sqlite_desk: Desk, arguments: tuple[str, ...], sentence: str) -> None:
    assert sentence in sqlite_desk.refuses("write-off", *arguments)


def test_what_is_on_its_way_is_left_alone(desk: Desk) -> None:
    desk.shop.pay_first(method="us_bank_account")
    desk.shop.sync(desk.shop.pay_by_bank())
    assert "$0.00 of it" in desk.refuses("write-off", "1001")


def test_a_fee_has_a_number_too(desk: Desk) -> None:
    desk.record("981.60")
    desk("payment", "return", "R-00001", "--fee", "25")
    assert desk("write-off", "FEE-00001").out.startswith("FEE-00001 of Northwind Traders: $25.00 written off\n")
    assert desk.shop.opens() == {"1001": 100_000, "1002": 60_000}
