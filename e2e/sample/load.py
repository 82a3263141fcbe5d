"""Bringing the sample company into a house by its real doors: policies, an import, payments at the stand-in, letters.

It begins two days ago, so that a bank debit is under way when the clock comes back to now.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Literal

from e2e.clock import SharedClock
from e2e.sample import company
from e2e.sample.company import Customer
from e2e.stripe import StripeWorld
from portal import links as tokens
from portal.actions import access, checkouts, imports, letters, links, payments, policies, quotes, statements
from portal.actions.checkouts import Payer, Wish
from portal.actions.quotes import Choice
from portal.records import Session, accounts, attempts, charges
from portal.records.accounts import AccountRow
from portal.records.links import LinkRow
from portal.resources import Resources
from portal.rules.dates import local_day

_LONG_AGO = timedelta(days=400)
_LETTERS_TO = (company.NORTHWIND, company.BLUE_FERN, company.WINDROW, company.LANTERN, company.RIDGELINE)


def load(resources: Resources, world: StripeWorld, clock: SharedClock) -> None:
    """Fill an empty house. Letters are staged only: the worker sends them."""
    started_at = clock.move(days=-2)
    with resources.writing() as session:
        for key, value in company.POLICIES.items():
            since = (started_at - _LONG_AGO).date()
            policies.set_policy(session, key, value, effective_on=since, now=started_at, actor="sample")
    # The real today of the seller: what is dated two days ago is not dated ahead.
    today = local_day(started_at + timedelta(days=2), company.POLICIES["time_zone"])
    bring_in(resources, company.CUSTOMERS, now=started_at, today=today)
    _pay(resources, world, company.WINDROW, "INV-2068", "us_bank_account", now=started_at)
    _pay(resources, world, company.SALTMARSH, "INV-2065", "card", now=started_at)
    now = clock.move(days=2)
    with resources.writing() as session:
        for customer in _LETTERS_TO:
            write_statement(session, customer, now=now)


def address(resources: Resources, customer: Customer, *, now: datetime) -> str:
    """A working pay link of the customer."""
    with resources.writing() as session:
        made = _link(session, _account(session, customer), now=now)
    return f"{resources.settings.base_url}/l/{tokens.sign(resources.keys, made.public_id, made.version)}"


def bring_in(resources: Resources, customers: Iterable[Customer], *, now: datetime, today: date) -> None:
    """Import the customers and what they bought, dated in days before the seller's `today`."""
    invoices = company.csv_file(today, customers)
    report = imports.import_file(
        resources, invoices, file_name="harbor-supply.csv", now=now, today=today, actor="sample"
    )
    if report.problems:
        raise ValueError(f"the sample company does not import: {report.problems[0]}")


def write_statement(session: Session, customer: Customer, *, now: datetime) -> None:
    """Stage the letter with the pay link to the customer's first contact."""
    account = _account(session, customer)
    contact = accounts.contacts_of(session, account.id)[0]
    letters.stage(
        session,
        kind="statement",
        key=f"statement:{contact.id}:sample",
        account_id=account.id,
        contact_id=contact.id,
        now=now,
    )


def _pay(
    resources: Resources,
    world: StripeWorld,
    customer: Customer,
    number: str,
    method: Literal["card", "us_bank_account"],
    *,
    now: datetime,
) -> None:
    """As a customer does: open a link, choose an invoice, press the button, fill in Stripe's page."""
    with resources.writing() as session:
        account = _account(session, customer)
        policy = policies.load(session, now=now)
        made = _link(session, account, now=now)
        token = tokens.LinkToken(made.public_id, made.version)
        opened = access.open_link(session, token, secret=None, now=now, session_hours=policy.session_hours)
        assert opened is not None
        visitor = access.find_access(session, opened.secret, account.public_id, now=now)
        assert visitor is not None
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


def _link(session: Session, account: AccountRow, *, now: datetime) -> LinkRow:
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


def _account(session: Session, customer: Customer) -> AccountRow:
    return accounts.find(session, customer.number)[0]
