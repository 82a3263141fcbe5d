"""What money that comes back does to its charges, by table and by property (money.md 2)."""

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.ledger import Movement, unapplied_cents
from portal.rules.reversal_movements import (
    chargeback_lost,
    chargeback_moved,
    chargeback_reinstated,
    other_charge,
    paid_back,
    payment_returned,
    recovered,
    stripe_fee,
    stripe_refund,
    stripe_refund_failed,
    written_off,
)
from portal.rules.reversals import (
    Applied,
    DisputeFact,
    Moved,
    RefundFact,
    Release,
    Step,
    Verdict,
    missing,
    put_back,
    take_back,
)

DAY = date(2026, 3, 10)


def applied(place: int, cents: int, discount: int = 0, *, tax: int = 0, pro_rata: bool = False) -> Applied:
    return Applied(place, place, cents, discount, tax, pro_rata, DAY, DAY)


@pytest.mark.parametrize(
    ("amount", "unapplied", "standing", "reverses", "expected"),
    [
        # Its unapplied part first …
        (500, 800, [(1000, 0)], False, (500, [], 0)),
        # … then its allocations, the newest first; a refund keeps the discount.
        (1500, 500, [(700, 14), (400, 8)], False, (500, [(2, 400, 0), (1, 600, 0)], 0)),
        # A return takes the discount with the money, wholly in full mode.
        (98160, 0, [(98160, 1840)], True, (0, [(1, 98160, 1840)], 0)),
        (100, 0, [(98160, 1840)], True, (0, [(1, 100, 1840)], 0)),
        # What was refunded before is owed by a debit note.
        (1000, 0, [(400, 0)], True, (0, [(1, 400, 0)], 600)),
        (1000, 0, [], True, (0, [], 1000)),
    ],
)
def test_money_leaves_by_these_ways(
    amount: int,
    unapplied: int,
    standing: Sequence[tuple[int, int]],
    reverses: bool,
    expected: tuple[int, list[tuple[int, int, int]], int],
) -> None:
    found = take_back(
        amount,
        unapplied_cents=unapplied,
        applied=[applied(place + 1, *each) for place, each in enumerate(standing)],
        reverses_discounts=reverses,
    )
    releases = [(each.charge_id, each.amount_cents, each.discount_cents) for each in found.releases]
    assert (found.unapplied_cents, releases, found.debit_note_cents) == expected


def test_in_pro_rata_the_discount_goes_by_its_share_and_its_tax_with_it() -> None:
    found = take_back(
        49_080,
        unapplied_cents=0,
        applied=[applied(1, 98_160, 2_000, tax=160, pro_rata=True)],
        reverses_discounts=True,
    )
    (release,) = found.releases
    assert (release.discount_cents, release.discount_tax_cents) == (1_000, 80)


amounts = st.integers(1, 100_000)
standings = st.lists(st.tuples(amounts, st.integers(0, 2_000), st.booleans()), max_size=6)


@given(amounts, st.integers(0, 50_000), standings, st.booleans())
def test_nothing_is_lost_on_the_way_out(
    amount: int, unapplied: int, standing: list[tuple[int, int, bool]], reverses: bool
) -> None:
    there = [applied(place, cents, given_, pro_rata=rata) for place, (cents, given_, rata) in enumerate(standing)]
    found = take_back(amount, unapplied_cents=unapplied, applied=there, reverses_discounts=reverses)
    freed = sum(each.amount_cents for each in found.releases)
    assert found.unapplied_cents + freed + found.debit_note_cents == amount
    for each in found.releases:
        assert 0 < each.amount_cents <= there[each.allocation_id].amount_cents
        assert 0 <= each.discount_cents <= there[each.allocation_id].discount_cents
    if found.debit_note_cents:
        assert freed == sum(each.amount_cents for each in there)


@given(amounts, standings)
def test_what_went_comes_back_to_where_it_was(amount: int, standing: list[tuple[int, int, bool]]) -> None:
    there = [applied(place, cents, given_) for place, (cents, given_, _) in enumerate(standing)]
    out = take_back(amount, unapplied_cents=0, applied=there, reverses_discounts=True)
    opens = {each.charge_id: each.amount_cents + each.discount_cents for each in out.releases}
    back = put_back(amount - out.debit_note_cents, released=out.releases, open_cents=opens)
    assert [(each.charge_id, each.amount_cents, each.discount_cents) for each in back] == [
        (each.charge_id, each.amount_cents, each.discount_cents) for each in out.releases
    ]


@given(amounts, st.lists(st.tuples(amounts, st.integers(0, 2_000), st.integers(0, 100_000)), max_size=6))
def test_no_more_comes_back_than_is_open(amount: int, taken: list[tuple[int, int, int]]) -> None:
    released = [Release(place, place, cents, off, 0, DAY) for place, (cents, off, _) in enumerate(taken)]
    opens = {place: open_cents for place, (_, _, open_cents) in enumerate(taken)}
    back = put_back(amount, released=released, open_cents=opens)
    assert sum(each.amount_cents for each in back) <= amount
    for each in back:
        assert each.amount_cents > 0
        assert each.amount_cents + each.discount_cents <= opens[each.charge_id]


def dispute(verdict: Verdict, *moved: int) -> DisputeFact:
    return DisputeFact("du", verdict, tuple(Moved(f"txn{n}", cents, DAY) for n, cents in enumerate(moved)), DAY)


def kinds(steps: Sequence[Step]) -> list[tuple[str, int, int]]:
    return [(each.kind, each.amount_cents, each.times) for each in steps]


LOST = chargeback_lost("du", 1, 1, amount_cents=500, on=DAY)
TAKEN = chargeback_moved("txn0", 1, amount_cents=-500, on=DAY)
WON_BACK = chargeback_moved("txn1", 1, amount_cents=500, on=DAY)
REINSTATED = chargeback_reinstated("du", 1, 1, amount_cents=500, on=DAY)
REFUNDED = stripe_refund("re", 1, amount_cents=300, on=DAY)


@pytest.mark.parametrize(
    ("posted", "said", "expected"),
    [
        ([], dispute("open", -500), [("moved", -500, 0)]),
        ([], dispute("open"), []),
        (TAKEN, dispute("open", -500), []),
        (TAKEN, dispute("lost", -500), [("lost", 500, 1)]),
        # An ACH return: opened and lost at once.
        ([], dispute("lost", -500), [("moved", -500, 0), ("lost", 500, 1)]),
        ([*TAKEN, *LOST], dispute("lost", -500), []),
        (TAKEN, dispute("won", -500, 500), [("moved", 500, 0)]),
        ([*TAKEN, *LOST], dispute("won", -500, 500), [("moved", 500, 0), ("reinstated", 500, 1)]),
        # Lost, won on appeal, and lost again.
        ([*TAKEN, *LOST, *WON_BACK, *REINSTATED], dispute("won", -500, 500), []),
        (
            [*TAKEN, *LOST, *WON_BACK, *REINSTATED],
            dispute("lost", -500, 500, -500),
            [("moved", -500, 0), ("lost", 500, 2)],
        ),
        # A word that nobody knows leaves what was decided.
        ([*TAKEN, *LOST], dispute("unknown", -500), []),
        (TAKEN, dispute("unknown", -500), []),
    ],
)
def test_what_is_missing_of_a_dispute(
    posted: Sequence[Movement], said: DisputeFact, expected: list[tuple[str, int, int]]
) -> None:
    assert kinds(missing(posted, refunds=[], disputes=[said])) == expected


@pytest.mark.parametrize(
    ("posted", "is_live", "expected"),
    [
        ([], True, [("refund", 300, 0)]),
        (REFUNDED, True, []),
        (REFUNDED, False, [("refund_failed", 300, 0)]),
        ([], False, []),
        ([*REFUNDED, *stripe_refund_failed("re", 1, amount_cents=300, on=DAY)], False, []),
        # Late news that it was alive undoes nothing.
        ([*REFUNDED, *stripe_refund_failed("re", 1, amount_cents=300, on=DAY)], True, []),
    ],
)
def test_what_is_missing_of_a_refund(
    posted: Sequence[Movement], is_live: bool, expected: list[tuple[str, int, int]]
) -> None:
    said = RefundFact("re", 300, is_live, DAY)
    assert kinds(missing(posted, refunds=[said], disputes=[])) == expected


def test_money_is_given_back_before_more_is_taken() -> None:
    refunds = [RefundFact("re", 300, False, DAY), RefundFact("re2", 200, True, DAY)]
    steps = missing([*REFUNDED, *TAKEN, *LOST], refunds=refunds, disputes=[dispute("won", -500, 500)])
    assert [each.kind for each in steps] == ["moved", "refund_failed", "reinstated", "refund"]


def test_the_movements_of_money_md() -> None:
    found = [
        *REFUNDED,
        *stripe_refund_failed("re", 1, amount_cents=300, on=DAY),
        *paid_back(4, 1, amount_cents=300, on=DAY),
        *TAKEN,
        *WON_BACK,
        *LOST,
        *REINSTATED,
        *payment_returned(1, amount_cents=300, on=DAY),
        *other_charge(9, "debit_note", amount_cents=300, on=DAY, payment_id=1),
        *other_charge(9, "returned_fee", amount_cents=300, on=DAY),
        *stripe_fee("txn0", fee_cents=59, on=DAY, payment_id=1),
        *stripe_fee("txn1", fee_cents=-59, on=DAY, payment_id=1),
    ]
    assert [(each.source, each.debit.value, each.credit.value) for each in found] == [
        ("stripe:re", "unapplied", "clearing"),
        ("stripe:re/failed", "clearing", "unapplied"),
        ("refund:4", "unapplied", "bank"),
        ("stripe:txn0", "chargebacks_held", "clearing"),
        ("stripe:txn1", "clearing", "chargebacks_held"),
        ("stripe:du/lost/1", "unapplied", "chargebacks_held"),
        ("stripe:du/reinstated/1", "chargebacks_held", "unapplied"),
        ("return:1", "unapplied", "bank"),
        ("charge:9", "receivable", "unapplied"),
        ("charge:9", "receivable", "fee_income"),
        ("fee:txn0", "processing_fees", "clearing"),
        ("fee:txn1", "clearing", "processing_fees"),
    ]
    assert sum(map(unapplied_cents, [*REFUNDED, *stripe_refund_failed("re", 1, amount_cents=300, on=DAY)])) == 0


def test_half_of_the_invoice_written_off_with_its_tax() -> None:
    # money.md 6: 540.00 of 1,080.00 (80.00 of it tax), relief claimed: bad debt 500.00, tax 40.00.
    found = written_off(1, 1, amount_cents=54_000, tax_cents=4_000, on=DAY)
    assert [(each.debit.value, each.amount_cents) for each in found] == [("bad_debt", 50_000), ("tax_payable", 4_000)]
    back = recovered(7, 1, 1, amount_cents=54_000, tax_cents=4_000, on=DAY)
    assert [(each.source, each.credit.value, each.amount_cents) for each in back] == [
        ("recovery:7/1", "bad_debt", 50_000),
        ("recovery:7/1/tax", "tax_payable", 4_000),
    ]


def test_a_second_recovery_by_the_same_payment_has_a_number() -> None:
    (movement,) = recovered(7, 1, 2, amount_cents=100, tax_cents=0, on=DAY)
    assert movement.source == "recovery:7/1/2"


def test_a_movement_of_nothing_is_no_step() -> None:
    assert missing([], refunds=[], disputes=[dispute("open", 0)]) == ()
