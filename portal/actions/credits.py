"""Account credit put on charges because the customer chose so."""

from datetime import datetime

from portal.actions import history
from portal.actions.allocations import Source, Terms, put_on_charges
from portal.actions.policies import Policy
from portal.actions.statements import Standing
from portal.records import Session, ledger
from portal.rules.allocation import Application, Quote


def use_credit(session: Session, standing: Standing, found: Quote, *, policy: Policy, now: datetime) -> None:
    """Settle by credit alone what was quoted; the discounts are today's. The account must be locked by the caller."""
    account = standing.account
    applications = [Application(line.charge_id, 0, line.discount_cents, line.credit_cents) for line in found.lines]
    terms = Terms(policy.today, policy.today, policy.today, now)
    posted = put_on_charges(session, account, Source(), applications, standing.items, terms)
    ledger.post(session, posted, account_id=account.id, currency=account.currency, posted_at=now)
    history.write(
        session,
        action="credit.used",
        actor="customer",
        now=now,
        account_id=account.id,
        detail={"amount_cents": found.credit_cents, "charges": [line.charge_id for line in found.lines]},
    )
