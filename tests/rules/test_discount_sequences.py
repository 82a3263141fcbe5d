"""money.md 4 as properties: whatever the sequence of payments, no discount is lost, doubled or invented."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from portal.rules.discounts import (
    Base,
    Clock,
    Mode,
    Settled,
    discount_for,
    full_discount_cents,
    offer,
    tax_part_cents,
)
from tests.rules.examples import TOTAL, example, march

CENTS = st.integers(0, 5_000_000)
MODES: st.SearchStrategy[Mode] = st.sampled_from(["full", "pro_rata"])
BASES: st.SearchStrategy[Base] = st.sampled_from(["net", "gross", "gross_tax_follows"])


@given(st.integers(1, 5_000_000), CENTS, BASES, MODES, st.lists(st.integers(1, 400_000), max_size=6))
def test_however_it_is_split_in_the_window_the_whole_discount_comes(
    net: int, tax: int, base: Base, mode: Mode, amounts: list[int]
) -> None:
    """Conservation over any sequence of payments in one window, ended by the one that settles."""
    settled: tuple[Settled, ...] = ()
    open_cents, tax_cents = net + tax, 0
    for amount in [*amounts, None]:
        facts = example(net_cents=net, tax_cents=tax, base=base, mode=mode, settled=settled)
        settles = offer(facts, payable_cents=open_cents, on=march(5)).pay_cents
        paid = settles if amount is None else min(amount, settles)
        came = discount_for(facts, payable_cents=open_cents, amount_cents=paid, on=march(5))
        tax_part = tax_part_cents(facts, came)
        assert 0 <= tax_part <= came
        tax_cents += tax_part
        open_cents -= paid + came
        settled += (Settled(march(5), paid, came),)
        assert open_cents >= 0
    assert open_cents == 0
    given_cents = sum(each.discount_cents for each in settled)
    assert given_cents == full_discount_cents(example(net_cents=net, tax_cents=tax, base=base))
    if base == "gross_tax_follows":
        assert tax_cents == tax_part_cents(example(net_cents=net, tax_cents=tax, base=base), given_cents)


@given(
    st.integers(1, 1_000_000),
    st.integers(0, 200_000),
    MODES,
    st.lists(st.tuples(st.integers(1, 20), st.integers(1, 300_000)), max_size=5),
    st.integers(1, 30),
)
def test_discounts_never_pass_the_full_one(
    net: int, tax: int, mode: Mode, payments: list[tuple[int, int]], on: int
) -> None:
    """Any days, two steps, either mode: 0 <= discount, and in all at most the best step on all (invariant 5)."""
    settled: tuple[Settled, ...] = ()
    open_cents = net + tax
    for day, amount in [*sorted(payments), (max(on, 20), 10**9)]:
        facts = example(terms="3/5, 2/10, net 30", net_cents=net, tax_cents=tax, mode=mode, settled=settled)
        paid = min(amount, offer(facts, payable_cents=open_cents, on=march(day)).pay_cents)
        came = discount_for(facts, payable_cents=open_cents, amount_cents=paid, on=march(day))
        assert 0 <= came <= open_cents - paid
        open_cents -= paid + came
        settled += (Settled(march(day), paid, came),)
        assert sum(each.discount_cents for each in settled) <= full_discount_cents(facts)
    assert open_cents == 0


@given(st.integers(0, 200_000), st.integers(0, 16_000), st.integers(1, 11), st.integers(0, 30), MODES)
def test_a_disputed_part_never_costs_or_brings_more_than_in_time(
    net: int, tax: int, filed: int, decided_after: int, mode: Mode
) -> None:
    """Paying the rest at filing and the part on the last day of its clock brings what paying at once would."""
    net, tax = min(net, 920_00), min(tax, 80_00)
    rest = offer(example(disputed=(net, tax), mode=mode), payable_cents=TOTAL - net - tax, on=march(filed))
    decided = date.fromordinal(march(filed).toordinal() + decided_after)
    clock = Clock(net, tax, filed_on=march(filed), decided_on=decided)
    settled = (Settled(march(filed), rest.pay_cents, rest.discount_cents),)
    facts = example(settled=settled, clocks=(clock,), mode=mode)
    last = date.fromordinal(decided.toordinal() + 11 - filed)
    part = offer(facts, payable_cents=net + tax, on=last)
    assert abs(rest.discount_cents + part.discount_cents - 18_40) <= 1
    assert rest.discount_cents + part.discount_cents <= 18_40
    after = offer(facts, payable_cents=net + tax, on=date.fromordinal(last.toordinal() + 1))
    assert after.discount_cents == 0
