"""What an account owes on a day: facts from the records, parts and offers by the rules.

Pages, PDFs, CSV, letters, quotes and postings all start from the same `Standing`, so they cannot disagree.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from portal.actions.policies import Policy
from portal.records import Session, charges, disputes, ledger, plan_money, reversals, spoken_for
from portal.records.accounts import AccountRow
from portal.records.charges import ChargeRow, SettlementRow
from portal.records.spoken_for import DebitRow, PromiseRow
from portal.rules.allocation import OpenItem
from portal.rules.balance import Parts, parts
from portal.rules.dates import day_ends_at, local_day
from portal.rules.discounts import Clock, Facts, Offer, Repay, Settled, offer, repay_until
from portal.rules.money import share
from portal.rules.statement import Item, Statement, statement
from portal.rules.terms import Step, parse_terms, steps


@dataclass(frozen=True, slots=True)
class Standing:
    """An account on a day: its open charges, the statement made of them, and the same as items to be paid.

    `promised` is account credit that payments which have not ended are to use, `asked_back_cents` what is about to be
    paid back; `under_way` are the attempts of bank debits, oldest first; `planned` the charges that a kept plan covers,
    in whole or in part.
    """

    account: AccountRow
    on: date
    charges: Mapping[int, ChargeRow]
    statement: Statement
    items: tuple[OpenItem, ...]
    promised: tuple[PromiseRow, ...]
    asked_back_cents: int
    under_way: tuple[int, ...]
    planned: frozenset[int]

    @property
    def spare_credit_cents(self) -> int:
        """The account credit that nothing else is waiting for."""
        return self.spare_credit_for(())

    def spare_credit_for(self, charge_ids: Collection[int]) -> int:
        """The account credit that may be used for these charges: an attempt that has one of them makes way."""
        gives_way = {each.attempt_id for each in self.promised if each.charge_id in charge_ids}
        kept = sum(each.credit_cents for each in self.promised if each.attempt_id not in gives_way)
        return max(0, self.statement.balance.credit_cents - kept - self.asked_back_cents)


@dataclass(frozen=True, slots=True)
class Held:
    """What of a charge is disputed now, and the clocks of parts that were decided for the customer."""

    net_cents: int = 0
    tax_cents: int = 0
    clocks: tuple[Clock, ...] = ()

    def __add__(self, other: "Held") -> "Held":
        net_cents, tax_cents = self.net_cents + other.net_cents, self.tax_cents + other.tax_cents
        return Held(net_cents, tax_cents, self.clocks + other.clocks)

    @property
    def cents(self) -> int:
        return self.net_cents + self.tax_cents


NOTHING_HELD = Held()


@lru_cache(maxsize=4096)
def discount_steps(terms: str, issued_on: date) -> tuple[Step, ...]:
    """The discount steps of a charge's terms, in dates."""
    return steps(parse_terms(terms), issued_on)


def load(
    session: Session,
    account: AccountRow,
    *,
    on: date,
    policy: Policy,
    without_attempt: int | None = None,
    started_on: date | None = None,
    supposing: Mapping[int, Held] = MappingProxyType({}),
) -> Standing:
    """The standing of an account at the end of that day.

    A posting leaves out the pending money of its own attempt (`without_attempt`), which is about to arrive, and
    needs the discounts of the day it was started on. `supposing` is by charge what a dispute would hold that is not
    filed yet.
    """
    rows = charges.open_on(session, account.id, on)
    debits = _debits(session, account.id, on, policy.time_zone, without_attempt)
    held = held_by_disputes(session, account.id, on)
    for charge_id, more in supposing.items():
        held[charge_id] = held.get(charge_id, NOTHING_HELD) + more
    facts = _facts(session, rows, debits, held, on=on, from_day=started_on or on, zone=policy.time_zone)
    planned = _on_plans(session, account.id, on, debits)
    statement_items, open_items = [], []
    for row in rows:
        under_way = sum(p.pay_cents + p.discount_cents + p.credit_cents for p in debits.under_way.get(row.id, ()))
        disputed = held.get(row.id, NOTHING_HELD).cents
        row_parts = parts(
            row.open_cents,
            pending_cents=under_way,
            disputed_cents=disputed,
            on_plan_cents=planned.get(row.id, 0),
        )
        statement_items.append(_statement_item(row, row_parts, facts.get(row.id), on))
        open_items.append(_open_item(row, row_parts, facts.get(row.id)))
    credit_cents = ledger.credit_on(session, account.id, on)
    return Standing(
        account=account,
        on=on,
        charges={row.id: row for row in rows},
        statement=statement(statement_items, credit_cents=credit_cents, on=on),
        items=tuple(open_items),
        promised=tuple(spoken_for.promised_credit(session, account.id)) if credit_cents else (),
        asked_back_cents=reversals.asked_cents(session, account.id) if credit_cents else 0,
        under_way=tuple(sorted({debit.attempt_id for each in debits.under_way.values() for debit in each})),
        planned=frozenset(planned),
    )


def held_by_disputes(session: Session, account_id: int, on: date) -> dict[int, Held]:
    """By charge: what open disputes hold at the end of that day, and the clocks that closed ones left running."""
    held: dict[int, Held] = {}
    for move in disputes.standing_on(session, account_id, on):
        clocks: tuple[Clock, ...] = ()
        if move.clock_filed_on is not None and move.clock_decided_on is not None:
            clock = Clock(move.clock_net_cents, move.clock_tax_cents, move.clock_filed_on, move.clock_decided_on)
            clocks = (clock,)
        more = Held(move.disputed_net_cents, move.disputed_tax_cents, clocks)
        held[move.charge_id] = held.get(move.charge_id, NOTHING_HELD) + more
    return held


@dataclass(frozen=True, slots=True)
class _Debits:
    """Bank debits by charge: those under way, and the re-pay window that the first to fail has opened."""

    under_way: Mapping[int, Sequence[DebitRow]]
    repay: Mapping[int, Repay]


def _debits(session: Session, account_id: int, on: date, zone: str, without_attempt: int | None) -> _Debits:
    under_way: dict[int, list[DebitRow]] = defaultdict(list)
    repay: dict[int, Repay] = {}
    for row in spoken_for.debits(session, account_id, before=day_ends_at(on, zone)):
        if row.failed_at is not None:
            until_on = repay_until(local_day(row.failed_at, zone))
            # One window: a debit that fails in it opens no other.
            repay.setdefault(row.charge_id, Repay(local_day(row.quoted_at, zone), row.discount_cents, until_on))
        elif row.attempt_id != without_attempt:
            under_way[row.charge_id].append(row)
    return _Debits(under_way, repay)


def _on_plans(session: Session, account_id: int, on: date, debits: _Debits) -> dict[int, int]:
    """By charge: what of it a plan being kept at the end of that day was still to pay, less what is under way for it.

    A plan may cover a part of a charge: only its own money lowers that part.
    """
    return {
        row.charge_id: row.covered_cents
        - row.paid_cents
        - sum(each.pay_cents for each in debits.under_way.get(row.charge_id, ()) if each.plan_id == row.plan_id)
        for row in plan_money.on_plans(session, account_id, on)
    }


def _facts(
    session: Session,
    rows: Sequence[ChargeRow],
    debits: _Debits,
    held: Mapping[int, Held],
    *,
    on: date,
    from_day: date,
    zone: str,
) -> Mapping[int, Facts]:
    """What decides the discounts, for the charges that may still bring one; the others cost no query."""
    alive = [
        row
        for row in rows
        if _may_bring_a_discount(row, debits.repay.get(row.id), held.get(row.id, NOTHING_HELD), from_day)
    ]
    settled: dict[int, list[SettlementRow]] = defaultdict(list)
    # Nothing was ever put on a charge that is open as a whole.
    touched = [row.id for row in alive if row.open_cents != row.amount_cents]
    for settlement in charges.settlements(session, touched, on):
        settled[settlement.charge_id].append(settlement)
    return {
        row.id: charge_facts(
            row,
            settled.get(row.id, ()),
            debits.under_way.get(row.id, ()),
            zone,
            repay=debits.repay.get(row.id),
            held=held.get(row.id, NOTHING_HELD),
        )
        for row in alive
    }


def _may_bring_a_discount(row: ChargeRow, repay: Repay | None, held: Held, day: date) -> bool:
    promised = discount_steps(row.terms, row.issued_on)
    if not promised:
        return False
    is_repaid_in_time = repay is not None and repay.until_on >= day
    # A clock that stood still runs longer than the terms say; there are few, so all of them are asked.
    return promised[-1].until_on >= day or is_repaid_in_time or bool(held.clocks)


def charge_facts(
    row: ChargeRow,
    settlements: Sequence[SettlementRow],
    debits: Sequence[DebitRow],
    zone: str,
    *,
    repay: Repay | None = None,
    held: Held = NOTHING_HELD,
) -> Facts:
    """Facts of one charge for the discount rules (money.md 4)."""
    lowering = [s for s in settlements if s.lowers_base]
    credited_tax = sum(share(s.amount_cents, s.credit_tax_cents, s.credit_amount_cents) for s in lowering)
    received = [Settled(s.started_on, s.amount_cents, s.discount_cents) for s in settlements if not s.lowers_base]
    under_way = [
        Settled(local_day(debit.quoted_at, zone), debit.pay_cents + debit.credit_cents, debit.discount_cents)
        for debit in debits
    ]
    return Facts(
        net_cents=row.amount_cents - row.tax_cents,
        tax_cents=row.tax_cents,
        steps=discount_steps(row.terms, row.issued_on),
        base=row.discount_base,  # type: ignore[arg-type]
        mode=row.discount_mode,  # type: ignore[arg-type]
        credited_net_cents=sum(s.amount_cents for s in lowering) - credited_tax,
        credited_tax_cents=credited_tax,
        disputed_net_cents=held.net_cents,
        disputed_tax_cents=held.tax_cents,
        settled=(*received, *under_way),
        clocks=held.clocks,
        repay=repay,
    )


def _statement_item(row: ChargeRow, row_parts: Parts, facts: Facts | None, on: date) -> Item:
    return Item(
        charge_id=row.id,
        number=row.number,
        kind=row.kind,
        issued_on=row.issued_on,
        due_on=row.due_on,
        amount_cents=row.amount_cents,
        parts=row_parts,
        offer=_offer(facts, row_parts, on) if facts else None,
    )


def _open_item(row: ChargeRow, row_parts: Parts, facts: Facts | None) -> OpenItem:
    return OpenItem(
        charge_id=row.id,
        number=row.number,
        issued_on=row.issued_on,
        due_on=row.due_on,
        open_cents=row.open_cents,
        payable_cents=row_parts.payable_cents,
        facts=facts,
        on_plan_cents=row_parts.on_plan_cents,
    )


def _offer(facts: Facts, row_parts: Parts, on: date) -> Offer:
    return offer(facts, payable_cents=row_parts.payable_cents, on=on, on_plan_cents=row_parts.on_plan_cents)
