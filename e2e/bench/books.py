"""A customer with so many open invoices, brought in by the import as an owner would, and a browser that may see it."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from e2e.bench.asking import Ask
from portal.actions.access import open_link
from portal.actions.imports import import_file
from portal.actions.links import create_link
from portal.links import LinkToken
from portal.records import accounts
from portal.resources import Resources, open_resources
from portal.settings import Settings
from portal.web.cookies import CUSTOMERS

WEBHOOK_SECRET = "whsec_" + "b" * 32
_HEADER = ("customer", "customer_number", "email", "number", "issued_on", "terms", "description", "amount", "paid_on")


@dataclass(frozen=True, slots=True)
class Customer:
    """The address of the account's statement, and the cookie that opens it."""

    statement: str
    cookie: str

    def asks(self, ending: str = "") -> Ask:
        return Ask(self.statement + ending, cookie=self.cookie)


def settings_for(url: str) -> Settings:
    return Settings.model_validate(
        {"database_url": url, "secret_keys": "k" * 32, "stripe_webhook_secrets": WEBHOOK_SECRET, "worker": "off"}
    )


def opened(url: str) -> Resources:
    """The portal's resources on a migrated database, without Stripe and mail."""
    return open_resources(settings_for(url), online=False)


def add_customer(resources: Resources, invoices: int) -> Customer:
    """A customer with so many open invoices, a third of them with a discount still to be had."""
    now = resources.clock()
    # Where the seller is, it may still be yesterday, and what is issued tomorrow is not on a statement.
    today = now.date() - timedelta(days=1)
    email = f"ap-{invoices}@northwind.example"
    rows = [
        (
            f"Northwind Traders {invoices}", f"C-{invoices}", email, f"{invoices}-{place:05}",
            (today - timedelta(days=place % 60 if place % 3 else place % 9)).isoformat(),
            "net 30" if place % 3 else "2/10 net 30", "Rope, 12 mm", f"{place * 37 % 9000 + 20}.{place % 100:02}", "",
        )
        for place in range(invoices)
    ]  # fmt: skip
    report = import_file(resources, as_csv(rows), file_name="open.csv", now=now)
    assert report.invoices == invoices, report.problems
    with resources.writing() as session:
        account = accounts.find(session, email)[0]
        contact = accounts.contacts_of(session, account.id)[0]
        ends = now + timedelta(days=30)
        link = create_link(
            session, account_id=account.id, contact_id=contact.id, charge_id=None, now=now, expires_at=ends
        )
        token = LinkToken(link.public_id, link.version)
        found = open_link(session, token, secret=None, now=now, session_hours=12)
    assert found is not None
    return Customer(f"/a/{found.account}", f"{CUSTOMERS.name(resources.settings)}={found.secret}")


def as_csv(rows: Sequence[Sequence[str]]) -> bytes:
    """A file in our own format, its columns as in `_HEADER`."""
    text = io.StringIO()
    csv.writer(text).writerows([_HEADER, *rows])
    return text.getvalue().encode()
