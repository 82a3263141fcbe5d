"""`portal reconcile`: what it says, and that its exit code tells."""

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from e2e.clock import SharedClock
from e2e.serving import serve
from e2e.stripe import TEST_KEY, Fault, StripeWorld, stripe_app
from portal.actions import checkouts
from portal.actions.checkouts import Payer, Wish
from portal.actions.quotes import Choice
from portal.records import sessions
from portal.resources import Resources, open_resources
from portal.settings import read_settings
from tests.admin.conftest import CommandLine
from tests.support.books import add_customer, add_invoice


@pytest.fixture
def stripe(portal: CommandLine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[StripeWorld]:
    """A stand-in in which the customer has paid 600.00, of which nobody has told the portal."""
    world = StripeWorld(SharedClock(tmp_path / "clock"))
    with serve(stripe_app(world), host="localhost") as serving:
        world.base_url = serving.url
        monkeypatch.setenv("PORTAL_STRIPE_SECRET_KEY", TEST_KEY)
        monkeypatch.setenv("PORTAL_STRIPE_API_BASE", serving.url)
        monkeypatch.setenv("PORTAL_STRIPE_PAGES", serving.url)
        monkeypatch.setenv("PORTAL_STRIPE_WEBHOOK_SECRETS", "whsec_" + "t" * 32)
        resources = open_resources(read_settings(), online=True)
        _pay(resources)
        resources.close()
        world.pay_by_card(world.all("checkout.session")[0]["id"])
        yield world


def _pay(resources: Resources) -> None:
    # Bills are dated by the seller's day, which may be another one than here.
    now = resources.clock()
    with resources.writing() as session:
        account = add_customer(session, now)
        yesterday = now.date() - timedelta(days=1)
        invoice = add_invoice(session, account, "1002", issued_on=yesterday, net_cents=60_000, now=now)
        session_id = sessions.add(session, b"a" * 32, now=now, expires_at=now)
    wish = Wish(Choice((invoice.public_id,)), "card", 60_000)
    checkouts.begin(resources, Payer(account.id, session_id, None), wish, now=now)


def test_what_was_missed_is_posted_and_told(portal: CommandLine, stripe: StripeWorld) -> None:
    said = portal("reconcile")
    assert said.code == 0
    assert "repaired: payment pi_" in said.out
    assert "the books had nothing posted, Stripe 600.00 USD" in said.out
    assert said.out.endswith("repaired, 0 differ.\n")
    assert "0 repaired, 0 differ." in portal("reconcile", "--since", "2026-01-01").out
    assert portal("account", "Northwind Traders").out.count("0.00") >= 1


def test_a_break_is_exit_code_1(portal: CommandLine, stripe: StripeWorld) -> None:
    portal("reconcile")
    stripe.corrupt(stripe.all("balance_transaction")[0]["id"], 1)
    said = portal("reconcile")
    assert said.code == 1
    assert "the books have 600.00 USD, Stripe 600.01 USD" in said.out
    told = json.loads(portal("reconcile", "--json").out)
    assert [each["kind"] for each in told["breaks"]] == ["booking"]
    assert told["repaired"] == []


def test_stripe_that_does_not_answer_is_exit_code_2(portal: CommandLine, stripe: StripeWorld) -> None:
    stripe.fault(Fault("rate_limit", method="GET", path="/v1/balance_transactions", times=None))
    said = portal("reconcile")
    assert (said.code, said.out) == (2, "")
    assert "Stripe could not be read" in said.err


def test_without_a_key_nothing_can_be_compared(sqlite_portal: CommandLine) -> None:
    said = sqlite_portal("reconcile")
    assert said.code == 2
    assert "No Stripe key is set" in said.err
