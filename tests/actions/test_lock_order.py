"""The order of locks on PostgreSQL: first the account, then what belongs to it, whoever comes."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from threading import Event, current_thread

import pytest
from sqlalchemy import select

from e2e.mailbox import start_mailbox
from e2e.stripe import Fault
from portal.actions import collection_endings, payments, saved_methods
from portal.actions.checkouts import Wish, begin
from portal.actions.quotes import Choice
from portal.gateways.mailer import open_mailer
from portal.jobs.letters import send_waiting
from portal.records import Session, collections, ledger, open_database
from portal.records import saved_methods as records
from portal.records.attempts import AttemptRow
from portal.records.tables import attempts as table
from portal.records.tables import letters
from tests.support.clock import MovableClock
from tests.support.collecting import Collected
from tests.support.house import House, open_house
from tests.support.saving import CONSENT, Saving


@pytest.fixture
def house(postgresql_url: str, clock: MovableClock) -> Iterator[House]:
    """On PostgreSQL alone: SQLite has one writer at a time."""
    database = open_database(postgresql_url)
    with open_house(database, clock) as opened:
        yield opened
    database.dispose()


@pytest.fixture
def saving(house: House) -> Saving:
    return Saving(house)


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
    done = records.saving_done
    # Whatever the news changes before it asks for the account, it has by then.
    asks = _asked_by_others(monkeypatch)

    def saving_done(session: Session, attempt_id: int) -> None:
        # The worker has the account; only now the news comes, and the worker goes on when the news wants the account.
        arrived.append(news.submit(payments.sync_payment, resources, attempt.id, now=now))
        assert asks.wait(timeout=30)
        done(session, attempt_id)

    monkeypatch.setattr(records, "saving_done", saving_done)
    with ThreadPoolExecutor(1) as news:
        assert saved_methods.save_waiting(resources, now=now) == 1
        (arrival,) = arrived
        arrival.result()
    assert [method.kind for method in saving.methods()] == ["us_bank_account"]
    assert [each.state for each in saving.attempts()] == ["succeeded"]
    assert saving.opens() == {"1002": 60_000}


def test_an_attempt_is_ended_by_whoever_holds_its_account(
    collected: Collected, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempt = _without_intent(collected)
    resources, now = collected.house.resources, collected.house.clock.now()
    asked = _asked_by_others(monkeypatch)
    with ThreadPoolExecutor(1) as worker, resources.writing() as session:
        ledger.lock_account(session, attempt.account_id)
        ending = worker.submit(collection_endings.end, resources, collected.stripe, attempt, now=now)
        assert asked.wait(timeout=20)
        # The worker waits for the account, and has nothing of it yet.
        session.execute(select(table.c.id).where(table.c.id == attempt.id).with_for_update(nowait=True)).one()
        session.commit()
        ending.result()
    assert collected.attempts()[0].state == "cancelled"


def test_a_notice_is_asked_whether_it_still_holds_by_whoever_holds_its_account(
    collected: Collected, monkeypatch: pytest.MonkeyPatch
) -> None:
    collected.charged_plan()
    collected.is_post_slow = True
    asked = _asked_by_others(monkeypatch)
    with start_mailbox() as mailbox, ThreadPoolExecutor(1) as post:
        mailer = open_mailer(mailbox.smtp_url, "Club Supply", "billing@club.example")
        resources = replace(collected.house.resources, mailer=mailer)
        while send_waiting(resources, now=collected.house.clock.now()):
            pass
        collected.days(3, 29, 29)
        with resources.writing() as session:
            ledger.lock_account(session, collected.account.id)
            sending = post.submit(send_waiting, resources, now=collected.house.clock.now())
            assert asked.wait(timeout=20)
            (row,) = collections.of_account(session, collected.account.id)
            assert collections.change(session, row, state="stopped", why="by_hand")
        sending.result()
        assert "will be charged" not in " ".join(letter.subject for letter in mailbox.messages())
    with resources.reading() as session:
        found = select(letters.c.state).where(letters.c.kind == "collect_notice")
        assert session.execute(found).scalar_one() == "dropped"


def _without_intent(collected: Collected) -> AttemptRow:
    """A charge that was begun; Stripe was away when its intent was to be made."""
    collected.charged_plan()
    collected.days(3, 29, 30)
    collected.house.stripe.fault(Fault("server_error", method="POST", path="/v1/payment_intents", times=None))
    assert collected.days(3, 31, 31) == []
    collected.house.stripe.heal()
    (attempt,) = collected.attempts()
    assert (attempt.state, attempt.payment_intent_id) == ("created", None)
    return attempt


def _asked_by_others(monkeypatch: pytest.MonkeyPatch) -> Event:
    """Set once another thread is about to hold an account."""
    lock, holder, asked = ledger.lock_account, current_thread(), Event()

    def lock_account(session: Session, account_id: int) -> None:
        if current_thread() is not holder:
            asked.set()
        lock(session, account_id)

    monkeypatch.setattr(ledger, "lock_account", lock_account)
    return asked
