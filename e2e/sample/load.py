"""Bringing the sample company into a house by its real doors: policies, an import, payments at the stand-in, letters.

It begins two days ago, so that a bank debit is under way when the clock comes back to now.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta

from e2e.clock import SharedClock
from e2e.sample import company, disputes, endings, plans
from e2e.sample.company import Customer
from e2e.sample.customers import account_of, link_to, pay
from e2e.stripe import StripeWorld
from portal import links as tokens
from portal.actions import imports, letters, policies
from portal.records import Session, accounts
from portal.resources import Resources
from portal.rules.dates import local_day

_LONG_AGO = timedelta(days=400)
_LETTERS_TO = (
    company.NORTHWIND, company.BLUE_FERN, company.WINDROW, company.LANTERN, company.RIDGELINE, company.COBALT,
)  # fmt: skip


def load(resources: Resources, world: StripeWorld, clock: SharedClock) -> None:
    """Fill an empty house. Letters are staged only: the worker sends them."""
    started_at = clock.move(days=-2)
    with resources.writing() as session:
        for key, value in company.POLICIES.items():
            since = (started_at - _LONG_AGO).date()
            policies.set_policy(session, key, value, effective_on=since, now=started_at, actor="sample")
    # The real today of the seller: what is dated two days ago is not dated ahead.
    today = local_day(started_at + timedelta(days=2), company.POLICIES["time_zone"])
    bring_in(resources, (*company.CUSTOMERS, *disputes.DISPUTING, *plans.PLANNING), now=started_at, today=today)
    pay(resources, world, company.WINDROW, "INV-2068", "us_bank_account", now=started_at)
    pay(resources, world, company.SALTMARSH, "INV-2065", "card", now=started_at)
    gone = endings.begin(resources, world, now=started_at)
    now = clock.move(days=2)
    endings.end(resources, world, gone, now=now)
    with resources.writing() as session:
        for customer in _LETTERS_TO:
            write_statement(session, customer, now=now)


def address(resources: Resources, customer: Customer, *, now: datetime) -> str:
    """A working pay link of the customer."""
    with resources.writing() as session:
        made = link_to(session, account_of(session, customer), now=now)
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
    account = account_of(session, customer)
    contact = accounts.contacts_of(session, account.id)[0]
    letters.stage(
        session,
        kind="statement",
        key=f"statement:{contact.id}:sample",
        account_id=account.id,
        contact_id=contact.id,
        now=now,
    )
