"""The invariants of money.md 2: each breach is named, and a random business never makes one."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from portal.rules import invariants, ledger
from portal.rules.balance import Balance, Parts, balance, parts
from portal.rules.discounts import Base, Mode, full_discount_cents
from portal.rules.invariants import Breach
from portal.rules.ledger import Movement
from portal.rules.statement import Activity, Item, activity, statement
from tests.rules.book import Book
from tests.rules.examples import march

ON = march(5)
INVOICE = ledger.invoice_issued(1, net_cents=920_00, tax_cents=80_00, on=ON)
PAYMENT = ledger.payment_received(4, amount_cents=500_00, on=ON)
APPLIED = ledger.applied(7, 1, amount_cents=500_00, on=ON, payment_id=4)
RECEIVED, AMOUNTS = {4: 500_00}, {1: 1_000_00}


def subjects(found: list[Breach]) -> list[tuple[int, str]]:
    assert all(breach.sentence for breach in found)
    return [(breach.invariant, breach.subject) for breach in found]


def test_shape() -> None:
    good = [(each.source, each.debit, each.credit, each.amount_cents) for each in (*INVOICE, *PAYMENT)]
    assert invariants.shape_breaches(good) == []
    bad = [("x", "bank", "bank", 5), ("y", "bank", "unapplied", 0), ("y", "bank", "unapplied", 1)]
    assert subjects(invariants.shape_breaches(bad)) == [(1, "x"), (1, "y"), (1, "y")]


def test_open_amounts() -> None:
    assert invariants.open_breaches(AMOUNTS, (*INVOICE, *PAYMENT, *APPLIED)) == []
    over = ledger.applied(8, 1, amount_cents=500_01, on=ON, payment_id=4)
    assert subjects(invariants.open_breaches(AMOUNTS, (*INVOICE, *APPLIED, *over))) == [(2, "charge 1")]
    freed = ledger.released(1, 1, amount_cents=1, on=ON, payment_id=4)
    assert subjects(invariants.open_breaches(AMOUNTS, (*INVOICE, *freed))) == [(2, "charge 1")]
    lost = [replace(INVOICE[0], charge_id=None)]
    assert subjects(invariants.open_breaches(AMOUNTS, lost)) == [(2, "charge 0")]


def test_payments() -> None:
    freed = ledger.released(1, 1, amount_cents=200_00, on=ON, payment_id=4)
    assert invariants.payment_breaches(RECEIVED, (*PAYMENT, *APPLIED, *freed)) == []
    over = ledger.applied(8, 1, amount_cents=1, on=ON, payment_id=4)
    assert subjects(invariants.payment_breaches(RECEIVED, (*PAYMENT, *APPLIED, *over))) == [(3, "payment 4")]
    assert subjects(invariants.payment_breaches(RECEIVED, ())) == [(3, "payment 4")]
    assert subjects(invariants.payment_breaches({}, PAYMENT)) == [(3, "payment 4")]


def test_discounts() -> None:
    given_once = ledger.discount_given(7, 1, discount_cents=18_40, on=ON)
    assert invariants.discount_breaches({1: 18_40}, given_once) == []
    twice = (*given_once, *ledger.discount_given(8, 1, discount_cents=1, on=ON))
    assert subjects(invariants.discount_breaches({1: 18_40}, twice)) == [(5, "charge 1")]
    reversed_only = ledger.discount_reversed(7, 1, discount_cents=1, on=ON)
    assert subjects(invariants.discount_breaches({1: 18_40}, reversed_only)) == [(5, "charge 1")]


def test_parts_and_balance() -> None:
    assert invariants.parts_breaches(1, 100, Parts(10, 20, 30, 40)) == []
    assert subjects(invariants.parts_breaches(1, 101, Parts(10, 20, 30, 40))) == [(6, "charge 1")]
    assert subjects(invariants.parts_breaches(1, 0, Parts(10, 0, 0, -10))) == [(6, "charge 1")]
    book = (*INVOICE, *PAYMENT)
    right = balance([parts(1_000_00)], credit_cents=500_00)
    assert invariants.balance_breaches("Acme", right, book) == []
    wrong = Balance(1_000_00, 1_000_00, 0, 0, 0, credit_cents=0)
    assert subjects(invariants.balance_breaches("Acme", wrong, book)) == [(6, "Acme")]
    overdrawn = balance([parts(500_00)], credit_cents=-500_00)
    assert subjects(invariants.balance_breaches("Acme", overdrawn, (*INVOICE, *APPLIED))) == [(6, "Acme")]


def test_late_fees() -> None:
    assert invariants.late_fee_breaches({1: 20_00}, {1: 20_00}) == []
    assert subjects(invariants.late_fee_breaches({1: 20_00, 2: 5_00}, {1: 20_01, 2: 5_00})) == [(5, "charge 1")]


def test_statement() -> None:
    item = Item(1, "A-1", "invoice", ON, march(31), 1_000_00, parts(1_000_00))
    page = statement([item], credit_cents=500_00, on=ON)
    lines = activity((*INVOICE, *PAYMENT), since=march(1), until=ON)
    assert invariants.statement_breaches("Acme", page, lines) == []
    assert subjects(invariants.statement_breaches("Acme", page, Activity(1, lines.lines, 500_00))) == [(8, "Acme")]
    assert subjects(invariants.statement_breaches("Acme", page, Activity(0, (), 0))) == [(8, "Acme")]


DAYS = st.integers(0, 12)
EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("issue"), DAYS, st.integers(1, 100_000), st.integers(0, 10_000)),
        st.tuples(st.just("pay_all"), DAYS, st.integers(0, 5), st.integers(0, 500)),
        st.tuples(st.just("pay_some"), DAYS, st.integers(1, 150_000), st.integers(0, 5)),
        st.tuples(st.just("credit_memo"), DAYS, st.integers(0, 5), st.integers(1, 60_000)),
    ),
    max_size=14,
)


MODES: st.SearchStrategy[Mode] = st.sampled_from(["full", "pro_rata"])
BASES: st.SearchStrategy[Base] = st.sampled_from(["net", "gross", "gross_tax_follows"])


@given(EVENTS, MODES, BASES)
def test_a_random_business_keeps_every_invariant(
    events: list[tuple[str, int, int, int]], mode: Mode, base: Base
) -> None:
    book = Book(mode=mode, base=base)
    for event, days, first, second in events:
        book.wait(days)
        getattr(book, event)(first, second)
        assert _breaches(book, book.today) == []


def _breaches(book: Book, on: date) -> list[Breach]:
    moved: list[Movement] = book.movements
    opens = {key: book.open_cents(key) for key in book.charges}
    items = [
        Item(key, f"A-{key}", "invoice", charge.issued_on, charge.due_on, charge.total_cents, parts(opens[key]))
        for key, charge in book.charges.items()
    ]
    page = statement(items, credit_cents=book.credit_cents(), on=on)
    return [
        *invariants.shape_breaches((m.source, m.debit, m.credit, m.amount_cents) for m in moved),
        *invariants.open_breaches({key: charge.total_cents for key, charge in book.charges.items()}, moved),
        *invariants.payment_breaches(book.received, moved),
        *invariants.discount_breaches({key: full_discount_cents(book.facts(key)) for key in book.charges}, moved),
        *(b for each in items for b in invariants.parts_breaches(each.charge_id, opens[each.charge_id], each.parts)),
        *invariants.balance_breaches("Acme", page.balance, moved),
        *invariants.statement_breaches("Acme", page, activity(moved, since=march(1), until=on)),
    ]
