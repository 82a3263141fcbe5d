"""How much a collection is now, line by line, and whether it may be made at all: what is announced, charged, shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.actions import plan_standing, statements
from portal.actions.plan_standing import PlanStanding
from portal.actions.policies import Policy
from portal.actions.statements import Standing
from portal.records import Session, accounts, autopays, plans, saved_methods
from portal.records.attempts import QuotedRow
from portal.records.collections import CollectionRow
from portal.records.saved_methods import MethodRow
from portal.rules.allocation import Quote, quote_plan, quote_selection
from portal.rules.collecting import Kind, is_expired
from portal.rules.money import stripe_minimum_cents, stripe_step_cents
from portal.rules.refusals import Refusal


@dataclass(frozen=True, slots=True)
class Allowed:
    """A charge that may be made now: with this method, for this quote, in the name of this contact."""

    method: MethodRow
    quote: Quote
    contact_id: int | None


def of_instalment(standing: Standing, found: PlanStanding, position: int) -> Quote | None:
    """What is to be collected of an instalment; None where nothing can be."""
    currency = standing.account.currency
    left_cents = min(found.row(position).left_cents, found.on_plan_cents)
    covered = {each.charge_id for each in found.covered if each.on_plan_cents}
    items = [item for item in standing.items if item.charge_id in covered]
    try:
        return quote_plan(items, left_cents - left_cents % stripe_step_cents(currency), currency=currency)
    except Refusal:
        return None


def of_charge(standing: Standing, charge_id: int, *, on: date) -> Quote | None:
    """What an invoice costs on that day, less its discount; None where nothing of it can be charged."""
    currency = standing.account.currency
    try:
        found = quote_selection(
            standing.items, {charge_id}, today=on, currency=currency, minimum_cents=stripe_minimum_cents(currency)
        )
    except Refusal:
        return None
    return None if found.total_cents % stripe_step_cents(currency) else found


def allowed(session: Session, row: CollectionRow, *, policy: Policy) -> Allowed | None:
    """The charge as it may be made today: still wanted, still permitted, and not more than was announced."""
    method = saved_methods.by_id(session, row.method_id)
    if is_expired(method.exp_month, method.exp_year, on=policy.today) or not is_wanted(session, row):
        return None
    standing = statements.load(session, accounts.by_id(session, row.account_id), on=policy.today, policy=policy)
    if row.plan_id is not None and row.position is not None:
        plan = plans.by_id(session, row.plan_id)
        found = plan_standing.load(session, plan, standing, policy=policy)
        if found.row(row.position).due_on > policy.today:
            # Its date was moved or put off since it was announced.
            return None
        quote, contact_id = of_instalment(standing, found, row.position), plan.contact_id
    else:
        autopay = autopays.in_force(session, row.account_id)
        if autopay is None or row.charge_id is None:
            return None
        quote, contact_id = of_charge(standing, row.charge_id, on=policy.today), autopay.contact_id
    if quote is None or quote.total_cents > row.noticed_cents:
        return None
    return Allowed(method, quote, contact_id)


def is_wanted(session: Session, row: CollectionRow) -> bool:
    """Whether it is still agreed that this method is charged for it."""
    if saved_methods.by_id(session, row.method_id).ended_at is not None:
        return False
    if row.plan_id is not None:
        plan = plans.by_id(session, row.plan_id)
        return plan.state == "active" and plan.method_id == row.method_id
    autopay = autopays.in_force(session, row.account_id)
    return autopay is not None and (autopay.id, autopay.method_id) == (row.autopay_id, row.method_id)


def is_quoted(quoted: Sequence[QuotedRow], found: Allowed) -> bool:
    """Whether an attempt asks for exactly this; with another discount it is another attempt."""
    asked = [(line.charge_id, line.pay_cents, line.discount_cents) for line in quoted]
    return asked == [(line.charge_id, line.pay_cents, line.discount_cents) for line in found.quote.lines]


def kind_of(method: MethodRow) -> Kind:
    return "card" if method.kind == "card" else "us_bank_account"
