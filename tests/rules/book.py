"""A business in memory, made only of the rules: invoices, payments by quote, credit memos; for property tests."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from portal.rules import ledger
from portal.rules.allocation import OpenItem, QuoteLine, apply, quote_lump_sum, quote_selection
from portal.rules.discounts import Base, Facts, Mode, Settled, taken_back_cents, tax_part_cents
from portal.rules.ledger import Movement
from portal.rules.money import share
from portal.rules.terms import due_on, parse_terms, steps
from tests.rules.examples import ISSUED

TERMS = parse_terms("3/5, 2/10, net 30")


@dataclass(slots=True)
class Charge:
    issued_on: date
    net_cents: int
    tax_cents: int
    credited_net_cents: int = 0
    credited_tax_cents: int = 0

    @property
    def total_cents(self) -> int:
        return self.net_cents + self.tax_cents

    @property
    def due_on(self) -> date:
        return due_on(TERMS, self.issued_on)


@dataclass(slots=True)
class Allocation:
    """discount_cents is what stands of it; tax_cents its part that debits tax payable."""

    charge_id: int
    started_on: date
    amount_cents: int
    discount_cents: int
    tax_cents: int
    payment_id: int


@dataclass(slots=True)
class Book:
    mode: Mode
    base: Base
    today: date = ISSUED
    movements: list[Movement] = field(default_factory=list)
    charges: dict[int, Charge] = field(default_factory=dict)
    allocations: dict[int, Allocation] = field(default_factory=dict)
    received: dict[int, int] = field(default_factory=dict)
    last_id: int = 0

    def wait(self, days: int) -> None:
        self.today += timedelta(days=days)

    def issue(self, net_cents: int, tax_cents: int) -> None:
        key = self._next()
        self.charges[key] = Charge(self.today, net_cents, tax_cents)
        self.movements += ledger.invoice_issued(key, net_cents=net_cents, tax_cents=tax_cents, on=self.today)

    def pay_all(self, choice: int, too_much_cents: int) -> None:
        """Choose the open charges from that place on, and pay what they cost, or more."""
        chosen = [item.charge_id for item in self._items()][choice:]
        if chosen:
            quote = quote_selection(self._items(), chosen, today=self.today, currency="usd", minimum_cents=0)
            self._post(quote.total_cents + too_much_cents, quote.lines)

    def pay_some(self, amount_cents: int, too_little_cents: int) -> None:
        """A lump sum, of which something may be missing when it arrives."""
        items = self._items()
        if not items:
            return
        everything = quote_selection(
            items, [i.charge_id for i in items], today=self.today, currency="usd", minimum_cents=0
        )
        amount_cents = min(amount_cents, everything.total_cents)
        if amount_cents > too_little_cents:
            quote = quote_lump_sum(items, amount_cents, today=self.today, currency="usd", minimum_cents=0)
            self._post(amount_cents - too_little_cents, quote.lines)

    def credit_memo(self, choice: int, amount_cents: int) -> None:
        """Credit a part of a charge: its discount's share goes back, the charge is served first."""
        if choice >= len(self.charges):
            return
        key = list(self.charges)[choice]
        charge = self.charges[key]
        left_net = charge.net_cents - charge.credited_net_cents
        left_tax = charge.tax_cents - charge.credited_tax_cents
        amount_cents = min(amount_cents, left_net + left_tax)
        if amount_cents == 0:
            return
        tax_cents = share(left_tax, amount_cents, left_net + left_tax)
        credit_id = self._next()
        charge.credited_net_cents += amount_cents - tax_cents
        charge.credited_tax_cents += tax_cents
        self.movements += ledger.credit_issued(
            credit_id, net_cents=amount_cents - tax_cents, tax_cents=tax_cents, on=self.today
        )
        self._take_back(key, credit_id)
        applied = min(amount_cents, self.open_cents(key))
        self.movements += ledger.applied(self._next(), key, amount_cents=applied, on=self.today, credit_id=credit_id)

    def facts(self, key: int) -> Facts:
        charge = self.charges[key]
        return Facts(
            net_cents=charge.net_cents,
            tax_cents=charge.tax_cents,
            steps=steps(TERMS, charge.issued_on),
            base=self.base,
            mode=self.mode,
            credited_net_cents=charge.credited_net_cents,
            credited_tax_cents=charge.credited_tax_cents,
            settled=tuple(
                Settled(each.started_on, each.amount_cents, each.discount_cents)
                for each in self.allocations.values()
                if each.charge_id == key
            ),
        )

    def open_cents(self, key: int) -> int:
        return sum(ledger.receivable_cents(each) for each in self.movements if each.charge_id == key)

    def credit_cents(self) -> int:
        return sum(map(ledger.unapplied_cents, self.movements))

    def _next(self) -> int:
        self.last_id += 1
        return self.last_id

    def _items(self) -> list[OpenItem]:
        return [
            OpenItem(key, f"A-{key}", charge.issued_on, charge.due_on, left, left, facts=self.facts(key))
            for key, charge in self.charges.items()
            if (left := self.open_cents(key))
        ]

    def _post(self, received_cents: int, lines: Sequence[QuoteLine]) -> None:
        if received_cents <= 0:
            return
        payment_id = self._next()
        self.received[payment_id] = received_cents
        self.movements += ledger.payment_received(payment_id, amount_cents=received_cents, on=self.today)
        for done in apply(received_cents, lines, self._items(), started_on=self.today).applications:
            key, allocation_id = done.charge_id, self._next()
            tax_cents = tax_part_cents(self.facts(key), done.discount_cents)
            self.allocations[allocation_id] = Allocation(
                key, self.today, done.amount_cents, done.discount_cents, tax_cents, payment_id
            )
            self.movements += ledger.applied(
                allocation_id, key, amount_cents=done.amount_cents, on=self.today, payment_id=payment_id
            )
            self.movements += ledger.discount_given(
                allocation_id, key, discount_cents=done.discount_cents, tax_cents=tax_cents, on=self.today
            )

    def _take_back(self, key: int, credit_id: int) -> None:
        left = taken_back_cents(self.facts(key))
        for allocation_id, each in reversed(self.allocations.items()):
            part = min(left, each.discount_cents) if each.charge_id == key else 0
            if part:
                tax_cents = share(each.tax_cents, part, each.discount_cents)
                self.movements += ledger.discount_reversed(
                    allocation_id,
                    key,
                    discount_cents=part,
                    tax_cents=tax_cents,
                    because=f"credit:{credit_id}",
                    on=self.today,
                )
                each.discount_cents -= part
                each.tax_cents -= tax_cents
                left -= part
