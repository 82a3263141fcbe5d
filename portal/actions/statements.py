"""What an account owes on a day: facts from the records, parts and offers by the rules.

Pages, PDFs, CSV, letters, quotes and postings all start from the same `Standing`, so they cannot disagree.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from portal.actions.policies import Policy
from portal.records import Session, attempts, charges, ledger
from portal.records.accounts import AccountRow
from portal.records.attempts import PendingRow
from portal.records.charges import ChargeRow, SettlementRow
from portal.rules.allocation import OpenItem
from portal.rules.balance import Parts, parts
from portal.rules.dates import day_ends_at, local_day
from portal.rules.discounts import Facts, Settled, offer
from portal.rules.money import share
from portal.rules.statement import Item, Statement, statement
from portal.rules.terms import Step, parse_terms, steps


@dataclass(frozen=True, slots=True)
class Standing:
    """An account on a day: its open charges, the statement made of them, and the same as items to be paid."""

    account: AccountRow
    on: date
    charges: Mapping[int, ChargeRow]
    statement: Statement
    items: tuple[OpenItem, ...]


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
) -> Standing:
    """The standing of an account at the end of that day.

    A posting leaves out the pending money of its own attempt (`without_attempt`), which is about to arrive, and
    needs the discounts of the day it was started on.
    """
    rows = charges.open_on(session, account.id, on)
    pending = _pending(session, account.id, on, policy.time_zone, without_attempt)
    facts = _facts(session, rows, pending, on=on, from_day=started_on or on, zone=policy.time_zone)
    statement_items, open_items = [], []
    for row in rows:
        under_way = sum(p.pay_cents + p.discount_cents for p in pending.get(row.id, ()))
        row_parts = parts(row.open_cents, pending_cents=under_way)
        statement_items.append(_statement_item(row, row_parts, facts.get(row.id), on))
        open_items.append(_open_item(row, row_parts, facts.get(row.id)))
    return Standing(
        account=account,
        on=on,
        charges={row.id: row for row in rows},
        statement=statement(statement_items, credit_cents=ledger.credit_on(session, account.id, on), on=on),
        items=tuple(open_items),
    )


def _pending(
    session: Session, account_id: int, on: date, zone: str, without_attempt: int | None
) -> Mapping[int, Sequence[PendingRow]]:
    found: dict[int, list[PendingRow]] = defaultdict(list)
    for row in attempts.pending(session, account_id, before=day_ends_at(on, zone)):
        if row.attempt_id != without_attempt:
            found[row.charge_id].append(row)
    return found


def _facts(
    session: Session,
    rows: Sequence[ChargeRow],
    pending: Mapping[int, Sequence[PendingRow]],
    *,
    on: date,
    from_day: date,
    zone: str,
) -> Mapping[int, Facts]:
    """What decides the discounts, for the charges that may still bring one; the others cost no query."""
    promised = {row.id: discount_steps(row.terms, row.issued_on) for row in rows}
    alive = [row for row in rows if promised[row.id] and promised[row.id][-1].until_on >= from_day]
    settled: dict[int, list[SettlementRow]] = defaultdict(list)
    # Nothing was ever put on a charge that is open as a whole.
    touched = [row.id for row in alive if row.open_cents != row.amount_cents]
    for settlement in charges.settlements(session, touched, on):
        settled[settlement.charge_id].append(settlement)
    return {row.id: charge_facts(row, settled.get(row.id, ()), pending.get(row.id, ()), zone) for row in alive}


def charge_facts(
    row: ChargeRow, settlements: Sequence[SettlementRow], pending: Sequence[PendingRow], zone: str
) -> Facts:
    """Facts of one charge for the discount rules (money.md 4)."""
    lowering = [s for s in settlements if s.lowers_base]
    credited_tax = sum(share(s.amount_cents, s.credit_tax_cents, s.credit_amount_cents) for s in lowering)
    received = [Settled(s.started_on, s.amount_cents, s.discount_cents) for s in settlements if not s.lowers_base]
    under_way = [Settled(local_day(p.quoted_at, zone), p.pay_cents, p.discount_cents) for p in pending]
    return Facts(
        net_cents=row.amount_cents - row.tax_cents,
        tax_cents=row.tax_cents,
        steps=discount_steps(row.terms, row.issued_on),
        base=row.discount_base,  # type: ignore[arg-type]
        mode=row.discount_mode,  # type: ignore[arg-type]
        credited_net_cents=sum(s.amount_cents for s in lowering) - credited_tax,
        credited_tax_cents=credited_tax,
        settled=(*received, *under_way),
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
        offer=offer(facts, payable_cents=row_parts.payable_cents, on=on) if facts else None,
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
    )
