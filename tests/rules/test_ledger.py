"""money.md 2: each business event's movements, and what they do to receivable and account credit."""

from datetime import date

import pytest

from portal.rules import ledger
from portal.rules.ledger import LedgerAccount, Movement, Movements

ON = date(2026, 3, 5)


@pytest.mark.parametrize(
    ("movements", "expected"),
    [
        (
            ledger.invoice_issued(1, net_cents=920_00, tax_cents=80_00, on=ON),
            [
                ("invoice:1", "receivable", "revenue", 920_00),
                ("invoice:1/tax", "receivable", "tax_payable", 80_00),
            ],
        ),
        (
            ledger.invoice_issued(1, net_cents=920_00, tax_cents=0, on=ON),
            [("invoice:1", "receivable", "revenue", 920_00)],
        ),
        (
            ledger.stripe_payment("ch_1", 4, amount_cents=981_60, on=ON),
            [("stripe:ch_1", "clearing", "unapplied", 981_60)],
        ),
        (
            ledger.payment_received(4, amount_cents=981_60, on=ON),
            [("payment:4", "bank", "unapplied", 981_60)],
        ),
        (
            ledger.applied(7, 1, amount_cents=981_60, on=ON, payment_id=4),
            [("allocation:7", "unapplied", "receivable", 981_60)],
        ),
        (
            ledger.released(2, 1, amount_cents=981_60, on=ON, payment_id=4),
            [("release:2", "receivable", "unapplied", 981_60)],
        ),
        (
            ledger.discount_given(7, 1, discount_cents=18_40, on=ON),
            [("discount:7", "discounts_given", "receivable", 18_40)],
        ),
        (
            ledger.discount_given(7, 1, discount_cents=20_00, tax_cents=1_60, on=ON),
            [
                ("discount:7", "discounts_given", "receivable", 18_40),
                ("discount:7/tax", "tax_payable", "receivable", 1_60),
            ],
        ),
        (
            ledger.discount_reversed(7, 1, discount_cents=20_00, tax_cents=1_60, on=ON),
            [
                ("discount:7/reversed", "receivable", "discounts_given", 18_40),
                ("discount:7/tax/reversed", "receivable", "tax_payable", 1_60),
            ],
        ),
        (
            ledger.discount_reversed(7, 1, discount_cents=4_00, because="credit:3", on=ON),
            [("discount:7/reversed/credit:3", "receivable", "discounts_given", 4_00)],
        ),
        (
            ledger.credit_issued(3, net_cents=200_00, tax_cents=16_00, on=ON),
            [
                ("credit:3", "credits_given", "unapplied", 200_00),
                ("credit:3/tax", "tax_payable", "unapplied", 16_00),
            ],
        ),
    ],
)
def test_events_and_their_movements(movements: Movements, expected: list[tuple[str, str, str, int]]) -> None:
    assert [(each.source, each.debit, each.credit, each.amount_cents) for each in movements] == expected
    assert {each.effective_on for each in movements} == {ON}


def test_what_a_movement_does_to_the_customer() -> None:
    invoice, tax = ledger.invoice_issued(1, net_cents=920_00, tax_cents=80_00, on=ON)
    (payment,) = ledger.payment_received(4, amount_cents=990_00, on=ON)
    (applied,) = ledger.applied(7, 1, amount_cents=981_60, on=ON, payment_id=4)
    (discount,) = ledger.discount_given(7, 1, discount_cents=18_40, on=ON)
    all_of_it = (invoice, tax, payment, applied, discount)
    assert [ledger.receivable_cents(each) for each in all_of_it] == [920_00, 80_00, 0, -981_60, -18_40]
    assert [ledger.unapplied_cents(each) for each in all_of_it] == [0, 0, 990_00, -981_60, 0]
    assert [ledger.balance_cents(each) for each in all_of_it] == [920_00, 80_00, -990_00, 0, -18_40]


@pytest.mark.parametrize(
    ("source", "debit", "credit", "amount"),
    [
        ("x", LedgerAccount.BANK, LedgerAccount.BANK, 1),
        ("x", LedgerAccount.BANK, LedgerAccount.UNAPPLIED, 0),
        ("x", LedgerAccount.BANK, LedgerAccount.UNAPPLIED, -1),
        ("", LedgerAccount.BANK, LedgerAccount.UNAPPLIED, 1),
    ],
)
def test_what_is_no_movement(source: str, debit: LedgerAccount, credit: LedgerAccount, amount: int) -> None:
    with pytest.raises(ValueError, match="not a movement"):
        Movement(source, debit, credit, amount, ON)
