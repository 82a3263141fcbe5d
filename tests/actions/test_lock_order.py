"""The order of locks on PostgreSQL: first the account, then what belongs to it, whoever comes."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event, current_thread

import pytest

from e2e.stripe import Fault
from portal.actions import payments, saved_methods
from portal.actions.checkouts import Wish, begin
from portal.actions.quotes import Choice
from portal.records import Session, ledger, open_database
from portal.records import saved_methods as records
from tests.support.clock import MovableClock
from tests.support.house import open_house
from tests.support.saving import CONSENT, Saving


@pytest.fixture
def saving(postgresql_url: str, clock: MovableClock) -> Iterator[Saving]:
    """On PostgreSQL alone: SQLite has one writer at a time."""
    database = open_database(postgresql_url)
    with open_house(database, clock) as house:
        yield Saving(house)
    database.dispose()


def test_a_debit_arrives_while_the_worker_saves_its_bank_account(
    saving: Saving, monkeypatch: pytest.MonkeyPatch
) -> None:
    resources, now = saving.house.resources, saving.house.clock.now()
    wish = Wish(Choice((saving.first.public_id,)), "us_bank_account", 98_160, saves_method=CONSENT)
    begin(resources, saving.payer, wish, now=now)
    attempt = saving.pay_by_bank()
    saving.house.stripe.fault(Fault("server_error", method="GET", path="/v1/payment_methods", times=None))
    saving.sync(attempt)
    saving.house.stripe.heal()
    (attempt,) = saving.attempts()
    assert (attempt.state, saving.methods()) == ("processing", [])
    saving.house.stripe.settle_bank(attempt.payment_intent_id or "")

    arrived: list[Future[None]] = []
    lock, done = ledger.lock_account, records.saving_done
    worker, asks = current_thread(), Event()

    def lock_account(session: Session, account_id: int) -> None:
        if current_thread() is not worker:
            # Whatever the news changes before it asks for the account, it has by now.
            asks.set()
        lock(session, account_id)

    def saving_done(session: Session, attempt_id: int) -> None:
        # The worker has the account; only now the news comes, and the worker goes on when the news wants the account.
        arrived.append(news.submit(payments.sync_payment, resources, attempt.id, now=now))
        assert asks.wait(timeout=30)
        done(session, attempt_id)

    monkeypatch.setattr(ledger, "lock_account", lock_account)
    monkeypatch.setattr(records, "saving_done", saving_done)
    with ThreadPoolExecutor(1) as news:
        assert saved_methods.save_waiting(resources, now=now) == 1
        (arrival,) = arrived
        arrival.result()
    assert [method.kind for method in saving.methods()] == ["us_bank_account"]
    assert [each.state for each in saving.attempts()] == ["succeeded"]
    assert saving.opens() == {"1002": 60_000}
