"""`portal payment`: what each command prints, what the books say afterwards, and what it refuses to do by halves."""

from datetime import date

import pytest

from tests.admin.desk import Desk
from tests.support.books import add_customer, add_invoice
from tests.support.paid import Paid


def test_a_cheque_goes_to_the_oldest_first_and_says_where_it_went(desk: Desk) -> None:
    said = desk.record("1,500.00", "--reference", "1187")
    assert (said.code, said.err) == (0, "")
    assert said.out == (
        "R-00001: $1,500.00 from Northwind Traders by cheque, received 2026-03-02\n"
        "  1001                    $981.60, and $18.40 of discount; nothing is open\n"
        "  1002                    $518.40; $81.60 is open\n"
        "  balance                  $81.60\n"
    )
    assert (desk.shop.opens(), desk.credit) == ({"1002": 8_160}, 0)


def test_it_goes_where_the_owner_says_and_the_rest_is_credit(desk: Desk) -> None:
    said = desk.record("$600.00", "--invoice", "1002")
    assert "  1002                    $588.00, and $12.00 of discount; nothing is open\n" in said.out
    assert said.out.endswith("  account credit           $12.00\n  balance                 $988.00\n")
    assert (desk.shop.opens(), desk.credit) == ({"1001": 100_000}, 1_200)


def test_two_invoices_by_name(desk: Desk) -> None:
    assert desk.record("1569.60", "--invoice", "1002", "--invoice", "1001").code == 0
    assert (desk.shop.opens(), desk.credit) == ({}, 0)


def test_kept_it_is_credit_until_it_is_allocated(desk: Desk) -> None:
    said = desk.record("700.00", "--keep")
    assert said.out.endswith("  account credit          $700.00\n  balance                 $900.00\n")
    assert desk("payment", "allocate", "r-1", "--invoice", "1002").out == (
        "R-00001: $588.00 more is on invoices of Northwind Traders\n"
        "  1002                    $588.00, and $12.00 of discount; nothing is open\n"
        "  account credit          $112.00\n"
        "  balance                 $888.00\n"
    )
    assert desk("payment", "allocate", "1").code == 0
    assert (desk.shop.opens(), desk.credit) == ({"1001": 88_800}, 0)
    assert "portal payment release R-00001" in desk.refuses("payment", "allocate", "R-00001")


def test_a_part_is_allocated(sqlite_desk: Desk) -> None:
    sqlite_desk.record("700.00", "--keep")
    said = sqlite_desk("payment", "allocate", "R-00001", "--invoice", "1002", "--amount", "100.00")
    assert said.out.startswith("R-00001: $100.00 more")
    assert (sqlite_desk.shop.opens(), sqlite_desk.credit) == ({"1001": 100_000, "1002": 50_000}, 60_000)


def test_taken_off_an_invoice_it_is_credit_without_the_discount(desk: Desk) -> None:
    desk.record("981.60", "--invoice", "1001")
    assert desk("payment", "release", "R-00001", "--invoice", "1001").out == (
        "R-00001: $981.60 is off 1001, and account credit now\n"
        "  1001                      $0.00; $1,000.00 is open\n"
        "  account credit          $981.60\n"
        "  balance                 $618.40\n"
    )
    assert "It pays no invoice." in desk.refuses("payment", "release", "R-00001", "--invoice", "1001")


def test_a_part_is_taken_off(desk: Desk) -> None:
    desk.record("300.00", "--invoice", "1002")
    assert desk("payment", "release", "R-00001", "--invoice", "1002", "--amount", "100").code == 0
    assert (desk.shop.opens(), desk.credit) == ({"1001": 100_000, "1002": 40_000}, 10_000)
    assert "$200.00 of this payment" in desk.refuses(
        "payment", "release", "R-00001", "--invoice", "1002", "--amount", "200.01"
    )
    assert "It pays 1002." in desk.refuses("payment", "release", "R-00001", "--invoice", "1001")


def test_a_cheque_that_came_back_opens_what_it_had_paid_and_costs_a_fee(desk: Desk) -> None:
    desk.record("981.60")
    desk.shop.house.clock.move(days=4)
    said = desk("payment", "return", "R-00001", "--fee", "25", "--on", "2026-03-05")
    assert said.out == (
        "R-00001: $981.60 of Northwind Traders came back on 2026-03-05\n"
        "  1001                      $0.00; $1,000.00 is open\n"
        "  returned                $981.60\n"
        "  FEE-00001                $25.00 is charged for it\n"
        "  balance               $1,625.00\n"
    )
    assert desk.shop.opens() == {"1001": 100_000, "1002": 60_000, "FEE-00001": 2_500}
    assert "already" in desk.refuses("payment", "return", "R-00001")
    assert desk.kinds() == ["cheque", "returned"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--on", "2026-03-03"), "still ahead"),
        (("--fee", "(5.00)"), "below zero"),
        (("--fee", "much"), "“much” is not an amount"),
    ],
)
def test_a_return_that_cannot_be(sqlite_desk: Desk, arguments: tuple[str, ...], sentence: str) -> None:
    sqlite_desk.record("981.60")
    assert sentence in sqlite_desk.refuses("payment", "return", "R-00001", *arguments)


def test_the_same_cheque_is_refused_by_its_number_unless_it_is_another(desk: Desk) -> None:
    desk.record("500.00", "--reference", "1187")
    again = ["payment", "record", "Northwind Traders", "500", "--method", "cheque", "--received", "2026-03-02"]
    again += ["--reference", " 1187 "]
    sentence = desk.refuses(*again)
    assert "R-00001" in sentence
    assert "--another" in sentence
    assert desk(*again, "--another").out.startswith("R-00002: $500.00")
    assert desk.shop.opens() == {"1002": 58_160}


def test_the_day_it_came_decides_its_discount_and_the_owner_may_allow_an_earlier_one(desk: Desk) -> None:
    desk.shop.house.clock.move(days=20)
    late = ("--received", "2026-03-20", "--deposited", "2026-03-22", "--invoice", "1001")
    assert "discount" not in desk.record("100.00", *late).out
    said = desk.record("881.60", *late, "--terms-of", "2026-03-11")
    assert "$18.40 of discount; nothing is open" in said.out
    listed = desk("payment", "list", "Northwind Traders").out
    assert listed.splitlines()[0] == "R-00002  2026-03-22  cheque                 $881.60"


@pytest.mark.parametrize(
    ("amount", "how", "sentence"),
    [
        ("0", (), "more than nothing"),
        ("(5.00)", (), "below zero"),
        ("ten", (), "“ten” is not an amount"),
        ("1,234", (), "can be read as"),
        ("€5.00", (), "is not in USD"),
        ("5.00", ("--received", "2026-03-03"), "still ahead"),
        ("5.00", ("--received", "3/2/2026"), "Say whether the day comes first"),
        ("5.00", ("--deposited", "2026-03-01"), "or later"),
        ("5.00", ("--terms-of", "2026-03-03"), "or an earlier one"),
        ("5.00", ("--keep", "--invoice", "1001"), "one of --keep and --invoice"),
        ("5.00", ("--invoice", "9999"), "There is no invoice “9999”."),
        ("5.00", ("--invoice", "1001", "--invoice", "2001"), "Invoice “2001” is Blue Fern Café's"),
    ],
)
def test_what_cannot_be_recorded(sqlite_desk: Desk, amount: str, how: tuple[str, ...], sentence: str) -> None:
    _blue_fern(sqlite_desk)
    received = () if "--received" in how else ("--received", "2026-03-02")
    arguments = ("payment", "record", "Northwind Traders", amount, "--method", "wire", *received, *how)
    assert sentence in sqlite_desk.refuses(*arguments)


def test_money_for_a_paid_invoice_is_refused_and_not_kept(desk: Desk) -> None:
    desk.record("981.60", "--invoice", "1001")
    wire = ("--method", "wire", "--received", "2026-03-02", "--invoice", "1001")
    sentence = desk.refuses("payment", "record", "Northwind Traders", "700.00", *wire)
    assert "Nothing of 1001 can be paid now" in sentence
    assert "--keep" in sentence
    assert "1001" in desk.refuses("payment", "record", "Northwind Traders", "700.00", *wire, "--invoice", "1002")


def test_an_unknown_way_of_paying_and_a_missing_day_are_named(sqlite_desk: Desk) -> None:
    shells = sqlite_desk(
        "payment", "record", "Northwind Traders", "5", "--method", "shells", "--received", "2026-03-02"
    )
    assert (shells.code, "'cheque'" in shells.err) == (2, True)
    undated = sqlite_desk("payment", "record", "Northwind Traders", "5", "--method", "cash")
    assert (undated.code, "--received" in undated.err) == (2, True)
    assert sqlite_desk.kinds() == []


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        ("R-00007", "There is no payment R-00007. `portal payment list CUSTOMER`"),
        ("7", "There is no payment R-00007."),
        ("999999999", "There is no payment R-999999999."),
        ("R-99999999999999999999", "is not a payment's number. Write it like R-00012."),
        ("R-0", "is not a payment's number"),
        ("cheque", "is not a payment's number"),
        ("", "is not a payment's number"),
    ],
)
@pytest.mark.parametrize("command", [("allocate",), ("return",), ("release", "--invoice", "1001")])
def test_a_payment_that_is_not(desk: Desk, command: tuple[str, ...], number: str, sentence: str) -> None:
    assert sentence in desk.refuses("payment", *command, number)


def test_payments_are_listed_with_what_is_left_and_what_went_back(desk: Desk) -> None:
    assert desk("payment", "list", "ap@northwind.example").out == "Northwind Traders has no payments.\n"
    desk.record("700.00", "--keep", "--reference", "1187")
    desk.record("20.00", "--invoice", "1001")
    desk.record("30.00", "--invoice", "1001")
    desk("payment", "return", "R-00003")
    desk("refund", "R-00001", "--amount", "50.00")
    assert desk("payment", "list", "Northwind Traders").out == (
        "R-00003  2026-03-02  cheque                  $30.00  $30.00 returned\n"
        "R-00002  2026-03-02  cheque                  $20.00\n"
        "R-00001  2026-03-02  cheque                 $700.00  1187  $650.00 account credit, $50.00 refunded\n"
    )


def test_a_payment_through_stripe_is_listed_released_and_not_returned_by_hand(desk: Desk) -> None:
    Paid(desk.shop)
    assert desk("payment", "list", "Northwind Traders").out.startswith("R-00001  2026-03-02  card ")
    assert "Stripe tells by itself" in desk.refuses("payment", "return", "R-00001")
    assert desk("payment", "release", "R-00001", "--invoice", "1001").code == 0
    assert (desk.shop.opens(), desk.credit) == ({"1001": 100_000, "1002": 60_000}, 98_160)


def _blue_fern(desk: Desk) -> None:
    """Another customer, with an invoice."""
    now = desk.shop.house.clock.now()
    with desk.shop.house.resources.writing() as session:
        other = add_customer(session, now, name="Blue Fern Café", email="")
        add_invoice(session, other, "2001", issued_on=date(2026, 3, 1), net_cents=5_000, now=now)
