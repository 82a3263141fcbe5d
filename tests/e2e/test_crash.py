"""The portal is killed between the database and Stripe, at each place once, and started again: one posting.

One payment goes through all of it. The portal is a real process, so that a kill is a kill.
"""

import signal
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import requests
from sqlalchemy import func, select

from e2e.clock import SharedClock
from e2e.mailbox import Mailbox, start_mailbox
from e2e.portal_process import PortalProcess
from e2e.serving import serve
from e2e.stripe import TEST_KEY, StripeWorld, stripe_app
from portal.actions.check import check_books
from portal.actions.links import create_link
from portal.links import sign
from portal.records import Database, charges, inbox
from portal.records.tables import attempts, letters, payments
from tests.support.books import add_customer, add_invoice
from tests.support.clock import A_MONDAY

KEY = "k" * 32
WEBHOOK_SECRET = "whsec_" + "t" * 32


class Rig:
    """A customer with money.md's example invoice, a browser, and everything around the portal."""

    def __init__(self, database: Database, url: str, clock_file: Path, mailbox: Mailbox, stripe: StripeWorld) -> None:
        self.database = database
        self.clock = SharedClock(clock_file)
        self.mailbox = mailbox
        self.stripe = stripe
        self.portal = PortalProcess(
            {
                "database_url": url,
                "secret_keys": KEY,
                "stripe_secret_key": TEST_KEY,
                "stripe_api_base": stripe.base_url,
                "stripe_pages": stripe.base_url,
                "stripe_webhook_secrets": WEBHOOK_SECRET,
                "smtp_url": mailbox.smtp_url,
                "mail_from": "billing@harborsupply.example",
            },
            clock_file=clock_file,
        )
        self.stripe.add_endpoint(f"{self.portal.url}/stripe/webhook", WEBHOOK_SECRET)
        self._browser = requests.Session()
        self._browser.headers["Sec-Fetch-Site"] = "same-origin"
        self._bill()

    def start(self, *, crash: str = "") -> None:
        self.portal.start(crash=crash)
        self.portal.release()

    def died(self) -> bool:
        """Whether the portal killed itself, waiting for it."""
        return self.portal.wait_for_end() == -signal.SIGKILL

    def open_link(self) -> None:
        answer = self._browser.post(f"{self.portal.url}/l/{self.token}", timeout=30)
        answer.raise_for_status()

    def press_pay(self) -> str:
        """Press the button for the invoice; the address of Stripe's page."""
        answer = self._browser.post(
            f"{self.portal.url}/a/{self.account.public_id}/payments",
            data={"charge": self.invoice.public_id, "method": "card", "expected": "98160"},
            allow_redirects=False,
            timeout=30,
        )
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    def _bill(self) -> None:
        now = self.clock.now()
        with self.database.writing() as session:
            self.account = add_customer(session, now)
            self.invoice = add_invoice(
                session,
                self.account,
                "1001",
                issued_on=date(2026, 3, 1),
                net_cents=92_000,
                tax_cents=8_000,
                terms="2/10 net 30",
                now=now,
            )
            link = create_link(
                session,
                account_id=self.account.id,
                contact_id=1,
                charge_id=None,
                now=now,
                expires_at=now.replace(year=2027),
            )
            self.token = sign([KEY], link.public_id, link.version)


@pytest.fixture
def rig(database: Database, database_url: str, tmp_path: Path) -> Iterator[Rig]:
    clock = SharedClock(tmp_path / "clock")
    clock.set(A_MONDAY)
    world = StripeWorld(clock)
    with start_mailbox() as mailbox, serve(stripe_app(world), host="localhost") as serving:
        world.base_url = serving.url
        found = Rig(database, database_url, tmp_path / "clock", mailbox, world)
        world.start_delivery()
        yield found
        found.portal.stop()
        world.stop_delivery()


def test_a_payment_that_is_killed_five_times_is_posted_once(rig: Rig) -> None:
    rig.start(crash="attempt.after_commit")
    rig.open_link()
    with pytest.raises(requests.ConnectionError):
        rig.press_pay()
    assert rig.died()

    rig.start(crash="stripe.create_checkout.after")
    with pytest.raises(requests.ConnectionError):
        rig.press_pay()
    assert rig.died()

    rig.start(crash="webhook.after_commit")
    page = rig.press_pay()
    [checkout] = rig.stripe.all("checkout.session")
    assert checkout["url"] == page
    rig.stripe.pay_by_card(checkout["id"])
    assert rig.died()

    rig.start(crash="posting.before_commit")
    assert rig.died()
    assert counts(rig.database) == (1, 0, 0)

    rig.start(crash="posting.after_commit")
    assert rig.died()
    assert counts(rig.database) == (1, 1, 1)

    rig.start()
    rig.mailbox.wait_for(lambda letter: "ap@northwind.example" in letter.recipients, seconds=30)
    rig.clock.move(days=1)
    rig.stripe.settle()
    rig.portal.stop()
    assert counts(rig.database) == (1, 1, 1)
    assert len(rig.mailbox.messages()) == 1
    with rig.database.reading() as session:
        today = rig.clock.now()
        assert check_books(session, now=today).breaches == ()
        assert charges.open_on(session, rig.account.id, today.date()) == []
        assert inbox.waiting(session, today.replace(year=2027)) == []


def counts(database: Database) -> tuple[int, int, int]:
    """Attempts, payments, receipts."""
    with database.reading() as session:
        found = [
            session.execute(select(func.count()).select_from(table)).scalar_one() for table in (attempts, payments)
        ]
        receipts = select(func.count()).where(letters.c.kind == "receipt")
        return found[0], found[1], session.execute(receipts).scalar_one()
