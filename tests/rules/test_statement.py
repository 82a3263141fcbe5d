"""money.md 8: the open-item statement of a day, its aging, and the account's activity."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules import ledger
from portal.rules.balance import Parts, parts
from portal.rules.discounts import Offer
from portal.rules.statement import Aging, Item, Line, Status, activity, aging, statement, status
from tests.rules.examples import march

TODAY = march(10)


@pytest.mark.parametrize(
    ("due", "held", "expected"),
    [
        (march(1), Parts(0, 0, 0, 0), Status.PAID),
        (march(1), Parts(0, 0, 0, 1), Status.OVERDUE),
        (march(9), Parts(5, 5, 5, 5), Status.OVERDUE),
        (march(10), Parts(0, 0, 0, 5), Status.DUE_SOON),
        (march(17), Parts(0, 0, 0, 5), Status.DUE_SOON),
        (march(18), Parts(0, 0, 0, 5), Status.OPEN),
        (march(1), Parts(5, 0, 0, 0), Status.PENDING),
        (march(1), Parts(5, 5, 0, 0), Status.PENDING),
        (march(1), Parts(0, 5, 5, 0), Status.DISPUTED),
        (march(1), Parts(0, 0, 5, 0), Status.ON_PLAN),
    ],
)
def test_status(due: date, held: Parts, expected: Status) -> None:
    assert status(due_on=due, parts=held, on=TODAY) is expected


@pytest.mark.parametrize(
    ("days_past_due", "bucket"),
    [(-5, 0), (0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4), (400, 4)],
)
def test_aging_buckets(days_past_due: int, bucket: int) -> None:
    found = aging([(TODAY - timedelta(days=days_past_due), 7)], unapplied_cents=3, on=TODAY)
    buckets = [
        found.current_cents,
        found.days_1_30_cents,
        found.days_31_60_cents,
        found.days_61_90_cents,
        found.over_90_cents,
    ]
    assert buckets == [7 if place == bucket else 0 for place in range(5)]
    assert (found.open_cents, found.total_cents) == (7, 4)


def item(charge_id: int, due_on: date, held: Parts, offer: Offer | None = None) -> Item:
    return Item(charge_id, f"A-{charge_id}", "invoice", march(1), due_on, held.open_cents, held, offer)


def test_a_statement_adds_up() -> None:
    found = statement(
        [
            item(1, march(31), parts(1_000_00), Offer(18_40, march(11), 981_60, 200)),
            item(2, march(1), parts(500_00, disputed_cents=100_00)),
            item(3, march(12), parts(60_00)),
            item(4, march(2), parts(0)),
        ],
        credit_cents=30_00,
        on=TODAY,
    )
    assert [(row.item.charge_id, row.status, row.days_past_due) for row in found.rows] == [
        (2, Status.OVERDUE, 9),
        (3, Status.DUE_SOON, 0),
        (1, Status.OPEN, 0),
    ]
    assert found.balance.balance_cents == 1_530_00
    assert (found.overdue_cents, found.due_soon_cents) == (400_00, 60_00)
    assert (found.discount_cents, found.pay_cents) == (18_40, 1_441_60)
    assert found.aging == Aging(1_060_00, 500_00, 0, 0, 0, 30_00)


def test_activity_has_no_lines_for_applications() -> None:
    book = [
        *ledger.invoice_issued(1, net_cents=920_00, tax_cents=80_00, on=march(1)),
        *ledger.stripe_payment("ch_1", 4, amount_cents=990_00, on=march(5)),
        *ledger.applied(7, 1, amount_cents=981_60, on=march(5), payment_id=4),
        *ledger.discount_given(7, 1, discount_cents=18_40, on=march(5), payment_id=4),
        *ledger.credit_issued(3, net_cents=200_00, tax_cents=16_00, on=march(8)),
        *ledger.discount_reversed(7, 1, discount_cents=4_00, because="credit:3", on=march(8)),
        *ledger.applied(8, 1, amount_cents=4_00, on=march(8), credit_id=3),
    ]
    found = activity(book, since=march(1), until=march(31))
    assert found.opening_cents == 0
    assert [(line.kind, line.amount_cents, line.balance_cents) for line in found.lines] == [
        ("invoice", 1_000_00, 1_000_00),
        ("payment", -990_00, 10_00),
        ("discount", -18_40, -8_40),
        ("credit", -216_00, -224_40),
        ("discount_reversed", 4_00, -220_40),
    ]
    assert found.closing_cents == -220_40
    assert found.lines[0] == Line(march(1), "invoice", "invoice:1", 1_000_00, 1_000_00, 1, None, None)

    later = activity(book, since=march(6), until=march(7))
    assert (later.opening_cents, later.lines, later.closing_cents) == (-8_40, (), -8_40)


@given(
    st.lists(st.tuples(st.integers(1, 31), st.integers(1, 10**6), st.booleans()), max_size=20),
    st.integers(1, 31),
    st.integers(1, 31),
)
def test_opening_and_lines_lead_to_closing(events: list[tuple[int, int, bool]], first: int, last: int) -> None:
    """Invariant 8, and two statements in a row join."""
    first, last = sorted((first, last))
    book = [
        movement
        for key, (day, cents, is_invoice) in enumerate(events, start=1)
        for movement in (
            ledger.invoice_issued(key, net_cents=cents, tax_cents=cents // 10, on=march(day))
            if is_invoice
            else ledger.payment_received(key, amount_cents=cents, on=march(day))
        )
    ]
    before = activity(book, since=march(1), until=march(first) - timedelta(days=1))
    found = activity(book, since=march(first), until=march(last))
    assert found.opening_cents == before.closing_cents
    assert found.opening_cents + sum(line.amount_cents for line in found.lines) == found.closing_cents
    by_then = [ledger.balance_cents(each) for each in book if each.effective_on <= march(last)]
    assert found.closing_cents == sum(by_then)
