"""The customer's site on a real database, without Stripe and mail: a browser, and what it may open."""

import hashlib
from datetime import date, timedelta
from secrets import token_urlsafe

from starlette.testclient import TestClient

from e2e.files import MemoryFiles
from portal import links
from portal.actions.links import create_link
from portal.app import create_app
from portal.records import Database, Session, step_up
from portal.records.accounts import AccountRow, contacts_of
from portal.records.links import LinkRow
from portal.resources import Resources
from portal.rules.step_up import DEVICE_LASTS
from portal.settings import Settings
from portal.web.cookies import DEVICES
from tests.support.books import Invoice, add_customer, add_invoice
from tests.support.browsing import Browser
from tests.support.clock import MovableClock

BASE_URL = "http://127.0.0.1:8000"


class Site:
    """One customer with two invoices ($1,250.00 and $300.00), and the means to make links and browsers."""

    def __init__(self, database: Database, clock: MovableClock, **settings: object) -> None:
        self.clock = clock
        self._files = MemoryFiles()
        self.serve(database, **settings)
        with database.writing() as session:
            self.account = add_customer(session, clock.now())
            self.invoice = self._invoice(session, "INV-1", 125_000)
            self.other_invoice = self._invoice(session, "INV-2", 30_000)

    def serve(self, database: Database, **settings: object) -> None:
        """Start the site anew, on this database with these settings; what was opened before stays open."""
        self.settings = Settings.model_validate({"base_url": BASE_URL, **settings})
        self.resources = Resources(
            settings=self.settings,
            database=database,
            keys=("k" * 32,),
            stripe=None,
            mailer=None,
            files=self._files,
            clock=self.clock.now,
        )
        self.app = create_app(self.resources)

    def _invoice(self, session: Session, number: str, cents: int) -> Invoice:
        issued_on = date(2026, 2, 10)
        return add_invoice(session, self.account, number, issued_on=issued_on, net_cents=cents, now=self.clock.now())

    def add_account(self, name: str, email: str = "") -> AccountRow:
        with self.resources.writing() as session:
            return add_customer(session, self.clock.now(), name=name, email=email)

    def link(self, account: AccountRow | None = None, *, charge_id: int | None = None) -> LinkRow:
        """A link for the account's contact, good for 30 days."""
        account = account or self.account
        now = self.clock.now()
        with self.resources.writing() as session:
            contact = next(iter(contacts_of(session, account.id)), None)
            return create_link(
                session,
                account_id=account.id,
                contact_id=contact.id if contact else None,
                charge_id=charge_id,
                now=now,
                expires_at=now + timedelta(days=30),
            )

    def path(self, link: LinkRow) -> str:
        return f"/l/{links.sign(self.resources.keys, link.public_id, link.version)}"

    def browser(self, *, peer: str = "203.0.113.7", **headers: str) -> TestClient:
        """A browser of its own that follows no redirect; its forms come from our pages unless headers differ."""
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return Browser(
            self.app,
            base_url=self.settings.base_url,
            headers={"sec-fetch-site": "same-origin", **given},
            follow_redirects=False,
            raise_server_exceptions=False,
            client=(peer, 50_000),
        )

    def visitor(self, account: AccountRow | None = None, *, charge_id: int | None = None) -> TestClient:
        """A browser that has opened a link already."""
        browser = self.browser()
        assert browser.post(self.path(self.link(account, charge_id=charge_id))).status_code == 303
        return browser

    def trust(self, browser: TestClient, account: AccountRow | None = None) -> TestClient:
        """The same browser, confirmed by a code for the account's contact, which a link alone is not enough for."""
        name, now = DEVICES.name(self.settings), self.clock.now()
        secret = browser.cookies.get(name) or token_urlsafe(32)
        with self.resources.writing() as session:
            step_up.confirm_device(
                session,
                contacts_of(session, (account or self.account).id)[0].id,
                hashlib.sha256(secret.encode()).digest(),
                user_agent="Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
                now=now,
                expires_at=now + DEVICE_LASTS,
            )
        browser.cookies.set(name, secret, domain="127.0.0.1")
        return browser
