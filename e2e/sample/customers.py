"""What people of the sample company do: open a link, choose an invoice, press the button, fill in Stripe's page."""

from datetime import datetime, timedelta
from typing import Literal

from e2e.sample.company import Customer
from e2e.stripe import StripeWorld
from portal import links as tokens
from portal.actions import access, checkouts, links, payments, policies, quotes, statements
from portal.actions.access import Access
from portal.actions.checkouts import Payer, Wish
from portal.actions.quotes import Choice
from portal.records import Session, accounts, attempts, charges
from portal.records.accounts import AccountRow
from portal.records.attempts import AttemptRow
from portal.records.links import LinkRow
from portal.resources import Resources


def pay(
    resources: Resources,
    world: StripeWorld,
    customer: Customer,
    number: str,
    method: Literal["card", "us_bank_account"],
    *,
    now: datetime,
) -> AttemptRow:
    """Pay one invoice as a customer does; answers the attempt as it stands then."""
    with resources.writing() as session:
        policy = policies.load(session, now=now)
        visitor = enter(session, customer, now=now)
        account = visitor.account
        charge_id = charges.id_of_number(session, account.id, number)
        standing = statements.load(session, account, on=policy.today, policy=policy)
        choice = Choice(charges=tuple(row.public_id for row in standing.charges.values() if row.id == charge_id))
        shown_cents = quotes.quote(standing, choice, policy=policy).total_cents
    payer = Payer(account_id=account.id, session_id=visitor.session_id, contact_id=visitor.contact_id)
    page = checkouts.begin(resources, payer, Wish(choice, method, shown_cents), now=now)
    assert page is not None
    checkout_id = page.rpartition("/")[2].partition("#")[0]
    submit = world.pay_by_card if method == "card" else world.pay_by_bank
    submit(checkout_id, name=customer.name, email=customer.emails[0])
    with resources.reading() as session:
        attempt = attempts.by_stripe_id(session, checkout_id)
    assert attempt is not None
    payments.sync_payment(resources, attempt.id, now=now)
    with resources.reading() as session:
        return attempts.by_id(session, attempt.id)


def enter(session: Session, customer: Customer, *, now: datetime) -> Access:
    """The customer's browser, after opening a link."""
    account = account_of(session, customer)
    made = link_to(session, account, now=now)
    hours = policies.load(session, now=now).session_hours
    token = tokens.LinkToken(made.public_id, made.version)
    opened = access.open_link(session, token, secret=None, now=now, session_hours=hours)
    assert opened is not None
    visitor = access.find_access(session, opened.secret, account.public_id, now=now)
    assert visitor is not None
    return visitor


def link_to(session: Session, account: AccountRow, *, now: datetime) -> LinkRow:
    """A pay link to the whole account, for its address on file."""
    policy = policies.load(session, now=now)
    return links.create_link(
        session,
        account_id=account.id,
        contact_id=accounts.contacts_of(session, account.id)[0].id,
        charge_id=None,
        now=now,
        expires_at=now + timedelta(days=policy.link_days),
        actor="sample",
    )


def account_of(session: Session, customer: Customer) -> AccountRow:
    """The customer's account, once the import has brought it in."""
    return accounts.find(session, customer.number)[0]
