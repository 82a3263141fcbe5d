"""Walks end at their figures, whatever the movements; what is left out is one opening figure."""

import random
from datetime import date, timedelta

import pytest

from portal.rules.ledger import (
    Movement,
    applied,
    balance_cents,
    credit_issued,
    discount_given,
    invoice_issued,
    payment_received,
    released,
    unapplied_cents,
)
from portal.rules.reversal_movements import (
    chargeback_lost,
    chargeback_reinstated,
    other_charge,
    paid_back,
    payment_returned,
    stripe_refund,
    stripe_refund_failed,
)
from portal.rules.walks import balance_walk, credit_walk

START = date(2026, 3, 1)


def random_book(seed: int) -> list[Movement]:
    """A year of events in no order; ids are shared, so that credit memos and payments pay the same charges."""
    chance = random.Random(seed)
    book: list[Movement] = []
    for number in range(1, chance.randrange(2, 40)):
        on = START + timedelta(days=chance.randrange(60))
        cents = chance.randrange(2, 100_000)
        book += invoice_issued(number, net_cents=cents, tax_cents=chance.choice((0, cents // 10)), on=on)
        if chance.random() < 0.6:
            book += payment_received(number, amount_cents=cents, on=on)
            used = chance.randrange(1, cents)
            book += applied(number, number, amount_cents=used, on=on, payment_id=number)
            book += discount_given(number, number, discount_cents=used // 50, on=on, payment_id=number)
            if chance.random() < 0.4:
                book += released(number, number, amount_cents=used, on=on + timedelta(days=3), payment_id=number)
        if chance.random() < 0.3:
            book += credit_issued(number, net_cents=cents, tax_cents=cents // 12, on=on)
    chance.shuffle(book)
    return book


@pytest.mark.parametrize("seed", range(60))
@pytest.mark.parametrize("most", [1, 7, 200])
def test_the_balance_walk_ends_at_the_balance(seed: int, most: int) -> None:
    book, on = random_book(seed), START + timedelta(days=30)
    walk = balance_walk(book, on=on, most=most)
    assert walk.closing_cents == sum(balance_cents(each) for each in book if each.effective_on <= on)
    assert len(walk.lines) <= most
    running = walk.opening_cents
    for line in walk.lines:
        running += line.amount_cents
        assert line.balance_cents == running
    assert running == walk.closing_cents
    if walk.opening_on is None:
        assert walk.opening_cents == 0
    else:
        assert len(walk.lines) == most
        assert walk.opening_on <= walk.lines[0].on


@pytest.mark.parametrize("seed", range(60))
def test_the_credit_walk_ends_at_the_credit(seed: int) -> None:
    book, on = random_book(seed), START + timedelta(days=30)
    steps = credit_walk(book, on=on)
    assert sum(step.amount_cents for step in steps) == sum(
        unapplied_cents(each) for each in book if each.effective_on <= on
    )
    running = 0
    for step in steps:
        running += step.amount_cents
        assert step.credit_cents == running
    assert [step.on for step in steps] == sorted(step.on for step in steps)


def test_what_is_used_up_is_left_out_of_the_credit() -> None:
    book = [
        *payment_received(1, amount_cents=5_000, on=START),
        *applied(1, 7, amount_cents=5_000, on=START, payment_id=1),
        *credit_issued(2, net_cents=1_000, tax_cents=80, on=START),
        *applied(2, 7, amount_cents=400, on=START + timedelta(days=1), credit_id=2),
    ]
    assert [(step.kind, step.amount_cents, step.credit_cents) for step in credit_walk(book, on=date.max)] == [
        ("credited", 1_080, 1_080),
        ("used", -400, 680),
    ]


def test_each_act_has_its_name() -> None:
    given = {"amount_cents": 10, "on": START}
    book = [
        *payment_received(1, amount_cents=1_000, on=START),
        *stripe_refund("re_1", 1, **given),  # type: ignore[arg-type]
        *stripe_refund_failed("re_1", 1, **given),  # type: ignore[arg-type]
        *paid_back(1, 1, **given),  # type: ignore[arg-type]
        *chargeback_lost("dp_1", 1, 1, **given),  # type: ignore[arg-type]
        *chargeback_reinstated("dp_1", 1, 1, **given),  # type: ignore[arg-type]
        *payment_returned(1, **given),  # type: ignore[arg-type]
        *released(1, 7, amount_cents=10, on=START, payment_id=1),
        *other_charge(8, "debit_note", amount_cents=10, on=START, payment_id=1),
    ]
    assert [step.kind for step in credit_walk(book, on=START)] == [
        "received",
        "refunded",
        "refund_failed",
        "refunded",
        "returned",
        "restored",
        "returned",
        "taken_off",
        "charged_again",
    ]


def test_an_empty_account_has_an_empty_walk() -> None:
    walk = balance_walk([], on=START, most=200)
    assert (walk.opening_cents, walk.lines, walk.closing_cents, credit_walk([], on=START)) == (0, (), 0, ())
