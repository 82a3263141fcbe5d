"""The example invoice of money.md 4: net 920.00, tax 80.00, dated 1 March 2026, `2/10 net 30`."""

from datetime import date

from portal.rules.allocation import OpenItem
from portal.rules.discounts import Base, Clock, Facts, Mode, Repay, Settled
from portal.rules.terms import parse_terms, steps

NET, TAX, TOTAL = 920_00, 80_00, 1_000_00
ISSUED = date(2026, 3, 1)


def march(day: int) -> date:
    return date(2026, 3, day)


def example(
    *,
    terms: str = "2/10 net 30",
    base: Base = "net",
    mode: Mode = "full",
    net_cents: int = NET,
    tax_cents: int = TAX,
    credited: tuple[int, int] = (0, 0),
    disputed: tuple[int, int] = (0, 0),
    settled: tuple[Settled, ...] = (),
    clocks: tuple[Clock, ...] = (),
    repay: Repay | None = None,
) -> Facts:
    return Facts(
        net_cents=net_cents,
        tax_cents=tax_cents,
        steps=steps(parse_terms(terms), ISSUED),
        base=base,
        mode=mode,
        credited_net_cents=credited[0],
        credited_tax_cents=credited[1],
        disputed_net_cents=disputed[0],
        disputed_tax_cents=disputed[1],
        settled=settled,
        clocks=clocks,
        repay=repay,
    )


def open_item(
    charge_id: int,
    *,
    open_cents: int = TOTAL,
    payable_cents: int | None = None,
    due_on: date | None = None,
    facts: Facts | None = None,
) -> OpenItem:
    return OpenItem(
        charge_id=charge_id,
        number=f"A-{charge_id}",
        issued_on=ISSUED,
        due_on=due_on or date(2026, 3, 31),
        open_cents=open_cents,
        payable_cents=open_cents if payable_cents is None else payable_cents,
        facts=facts,
    )
