"""money.md 4 and 5: quotes of chosen charges and lump sums, and posting what was received."""

from dataclasses import replace
from datetime import date
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.rules.allocation import (
    Application,
    OpenItem,
    Posting,
    Quote,
    QuoteLine,
    apply,
    quote_lump_sum,
    quote_selection,
)
from portal.rules.discounts import Facts, Mode, Settled
from portal.rules.refusals import Conflict, Refusal
from tests.rules.examples import TOTAL, example, march, open_item

OLDER = open_item(1, facts=example())
YOUNGER = open_item(2, open_cents=600_00, due_on=date(2026, 4, 30), facts=example(net_cents=600_00, tax_cents=0))
PAID_ON = march(5)
PLAIN = open_item(3, open_cents=50_00, due_on=date(2026, 2, 1))


def selection(*chosen: int, credit_cents: int = 0, on: date = PAID_ON) -> Quote:
    return quote_selection(
        [YOUNGER, PLAIN, OLDER], chosen, today=on, currency="usd", minimum_cents=50, credit_cents=credit_cents
    )


def lump(amount_cents: int, *items: OpenItem) -> Quote:
    return quote_lump_sum(items, amount_cents, today=march(5), currency="usd", minimum_cents=50)


def test_chosen_charges_are_paid_wholly_oldest_due_first() -> None:
    assert selection(2, 1, 3) == Quote(
        lines=(QuoteLine(3, 50_00), QuoteLine(1, 981_60, 18_40), QuoteLine(2, 588_00, 12_00)),
        total_cents=1_619_60,
        discount_cents=30_40,
        credit_cents=0,
        until_on=march(11),
    )
    assert selection(1, on=march(12)) == Quote((QuoteLine(1, TOTAL),), TOTAL, 0, 0, None)


def test_account_credit_counts_as_payment() -> None:
    """300.00 account credit and 681.60 in time: discount 18.40; open 0.00."""
    quote = selection(1, credit_cents=300_00)
    assert quote.lines == (QuoteLine(1, 681_60, 18_40, credit_cents=300_00),)
    posting = apply(681_60, quote.lines, [OLDER], started_on=march(5), credit_cents=300_00)
    assert posting == Posting((Application(1, 681_60, 18_40, credit_cents=300_00),), 0)


def test_credit_that_is_gone_by_then_clears_nothing() -> None:
    quote = selection(1, credit_cents=300_00)
    posting = apply(681_60, quote.lines, [OLDER], started_on=march(5), credit_cents=0)
    assert posting == Posting((Application(1, 681_60, 0),), 0)


def test_lump_sum_over_two() -> None:
    """1,500.00: 981.60 + 518.40; second open 81.60 (money.md 4)."""
    quote = lump(1_500_00, YOUNGER, OLDER)
    assert quote.lines == (QuoteLine(1, 981_60, 18_40), QuoteLine(2, 518_40))
    assert quote.total_cents == 1_500_00
    posting = apply(1_500_00, quote.lines, [OLDER, YOUNGER], started_on=march(5))
    assert posting == Posting((Application(1, 981_60, 18_40), Application(2, 518_40, 0)), 0)


def test_lump_sum_in_pro_rata_gives_each_its_share() -> None:
    item = open_item(1, facts=example(mode="pro_rata"))
    assert lump(490_80, item).lines == (QuoteLine(1, 490_80, 9_20),)


@pytest.mark.parametrize(
    ("amount", "says"),
    [
        (0, r"smallest payment is \$0.50"),
        (49, r"smallest payment is \$0.50"),
        (1_569_61, r"\$1,569.60 pays everything"),
    ],
)
def test_lump_sums_that_are_refused(amount: int, says: str) -> None:
    with pytest.raises(Refusal, match=says) as refused:
        lump(amount, OLDER, YOUNGER)
    assert refused.value.field == "amount"


def test_choices_that_are_refused() -> None:
    with pytest.raises(Refusal, match="at least one"):
        selection()
    with pytest.raises(Conflict, match="no longer open"):
        selection(1, 99)
    held = replace(OLDER, payable_cents=0)
    with pytest.raises(Conflict, match="Nothing of invoice A-1"):
        quote_selection([held], [1], today=march(5), currency="usd", minimum_cents=50)
    with pytest.raises(Conflict, match="Nothing can be paid now"):
        lump(100, held)
    small = open_item(5, open_cents=29)
    with pytest.raises(Refusal, match=r"\$0.29 is below the smallest payment, \$0.50"):
        quote_selection([small], [5], today=march(5), currency="usd", minimum_cents=50)


@pytest.mark.parametrize(
    ("case", "received", "item", "expected"),
    [
        ("as quoted", 981_60, OLDER, Posting((Application(1, 981_60, 18_40),), 0)),
        ("990.00 in time: 8.40 is credit", 990_00, OLDER, Posting((Application(1, 981_60, 18_40),), 8_40)),
        ("a cent short", 981_59, OLDER, Posting((Application(1, 981_59, 0),), 0)),
        ("already paid", 981_60, replace(OLDER, open_cents=0, payable_cents=0), Posting((), 981_60)),
        (
            "half paid meanwhile",
            981_60,
            open_item(1, open_cents=500_00, facts=example(settled=(Settled(march(5), 500_00),))),
            Posting((Application(1, 481_60, 18_40),), 500_00),
        ),
        (
            "a line credited meanwhile",
            981_60,
            open_item(1, open_cents=784_00, facts=example(credited=(200_00, 16_00))),
            Posting((Application(1, 769_60, 14_40),), 212_00),
        ),
        (
            "the discount taken meanwhile, then reopened",
            981_60,
            open_item(1, open_cents=500_00, facts=example(settled=(Settled(march(4), 481_60, 18_40),))),
            Posting((Application(1, 500_00, 0),), 481_60),
        ),
        (
            "a line disputed meanwhile: it was paid all the same",
            981_60,
            open_item(1, payable_cents=784_00, facts=example(disputed=(200_00, 16_00))),
            Posting((Application(1, 981_60, 18_40),), 0),
        ),
        (
            "the rest while a debit is under way",
            981_60,
            open_item(1, payable_cents=509_20, facts=example(settled=(Settled(march(5), 490_80),))),
            Posting((Application(1, 981_60, 18_40),), 0),
        ),
    ],
)
def test_posting(case: str, received: int, item: OpenItem, expected: Posting) -> None:
    lines = selection(1).lines
    assert apply(received, lines, [item, PLAIN], started_on=march(5)) == expected, case


def test_another_amount_goes_to_the_oldest_due_first() -> None:
    lines = selection(1, 2, 3).lines
    posting = apply(1_100_00, lines, [OLDER, YOUNGER, PLAIN], started_on=march(5))
    assert posting.applications == (
        Application(3, 50_00, 0),
        Application(1, 981_60, 18_40),
        Application(2, 68_40, 0),
    )
    more = apply(1_620_00, lines, [OLDER, YOUNGER, PLAIN], started_on=march(5))
    assert more.unapplied_cents == 40


def test_what_was_not_quoted_is_left_alone() -> None:
    posting = apply(2_000_00, selection(1).lines, [OLDER, YOUNGER], started_on=march(5))
    assert posting == Posting((Application(1, 981_60, 18_40),), 1_018_40)


def test_more_than_was_quoted_leaves_what_is_under_way_or_disputed() -> None:
    """300.00 was quoted, 900.00 came; 500.00 of the charge is on its way already."""
    item = open_item(1, open_cents=1_000_00, payable_cents=500_00)
    posting = apply(900_00, [QuoteLine(1, 300_00)], [item], started_on=march(5))
    assert posting == Posting((Application(1, 500_00, 0),), 400_00)


MODES: st.SearchStrategy[Mode] = st.sampled_from(["full", "pro_rata"])


@st.composite
def charges(draw: st.DrawFn) -> list[OpenItem]:
    mode = draw(MODES)
    items = []
    for charge_id in range(1, draw(st.integers(1, 4)) + 1):
        net, tax = draw(st.integers(1, 200_000)), draw(st.integers(0, 20_000))
        facts: Facts | None = example(net_cents=net, tax_cents=tax, mode=mode) if draw(st.booleans()) else None
        due = march(draw(st.integers(1, 31)))
        items.append(open_item(charge_id, open_cents=net + tax, due_on=due, facts=facts))
    return items


@given(charges(), st.integers(1, 900_000), st.integers(0, 900_000), st.integers(0, 20_000))
def test_posting_conserves_and_never_overfills(items: list[OpenItem], wanted: int, received: int, credit: int) -> None:
    everything = quote_selection(
        items, [i.charge_id for i in items], today=march(5), currency="usd", minimum_cents=0, credit_cents=credit
    )
    most = sum(line.pay_cents + line.credit_cents for line in everything.lines)
    part = lump(max(50, min(wanted, most)), *items) if most >= 50 else everything
    assert part.total_cents == sum(line.pay_cents for line in part.lines)
    for quote in (everything, part):
        for money in (quote.total_cents, received):
            posting = apply(money, quote.lines, items, started_on=march(5), credit_cents=credit)
            assert sum(each.amount_cents for each in posting.applications) + posting.unapplied_cents == money
            assert sum(each.credit_cents for each in posting.applications) <= credit
            assert posting.unapplied_cents >= 0
            opens = {item.charge_id: item.open_cents for item in items}
            quoted = {line.charge_id: line.discount_cents for line in quote.lines}
            for each in posting.applications:
                taken = each.amount_cents + each.credit_cents + each.discount_cents
                assert 0 < taken <= opens[each.charge_id]
                assert 0 <= each.discount_cents <= quoted[each.charge_id]
        as_quoted = apply(quote.total_cents, quote.lines, items, started_on=march(5), credit_cents=credit)
        assert as_quoted.unapplied_cents == 0
    cleared = apply(everything.total_cents, everything.lines, items, started_on=march(5), credit_cents=credit)
    assert sum(a.amount_cents + a.credit_cents + a.discount_cents for a in cleared.applications) == sum(
        item.open_cents for item in items
    )


@given(charges(), st.lists(st.sets(st.integers(1, 4), min_size=1), min_size=2, max_size=3))
def test_the_order_in_which_payments_arrive_changes_nothing(items: list[OpenItem], choices: list[set[int]]) -> None:
    """Checkouts opened at once on the same charges, posted in any order: the same open amounts and credit."""
    known = {item.charge_id for item in items}
    quotes = [
        quote_selection(items, chosen & known, today=march(5), currency="usd", minimum_cents=0)
        for chosen in choices
        if chosen & known
    ]
    ends = set()
    for order in permutations(quotes):
        left, credit = {item.charge_id: item for item in items}, 0
        for quote in order:
            posting = apply(quote.total_cents, quote.lines, list(left.values()), started_on=march(5))
            credit += posting.unapplied_cents
            for each in posting.applications:
                left[each.charge_id] = _after(left[each.charge_id], each)
        ends.add((tuple(item.open_cents for item in left.values()), credit))
    assert len(ends) == 1


def _after(item: OpenItem, done: Application) -> OpenItem:
    open_cents = item.open_cents - done.amount_cents - done.discount_cents
    facts = item.facts
    if facts:
        paid = Settled(march(5), done.amount_cents, done.discount_cents)
        facts = replace(facts, settled=(*facts.settled, paid))
    return replace(item, open_cents=open_cents, payable_cents=open_cents, facts=facts)
