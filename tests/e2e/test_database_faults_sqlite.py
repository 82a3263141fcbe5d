"""SQLite locked by another process, on a full disk, and under two portals at once."""

import secrets
import subprocess
import sys
import threading
from collections.abc import Iterator, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event as engine_event
from sqlalchemy import text
from structlog.testing import capture_logs

from e2e.portal_process import PortalProcess
from e2e.soak.crash_rig import WEBHOOK_SECRET, Rig, open_rig
from e2e.soak.customers import Customer
from portal.actions.check import check_books
from portal.records import Database, engine, open_database
from tests.e2e.test_database_faults import wait_until
from tests.pages.test_stripe_webhook import event, post, states
from tests.support.clock import MovableClock
from tests.support.dump import dump
from tests.support.house import open_house
from tests.support.paying import PayingSite
from tests.support.reading import words

HOLDER = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
held.execute("ROLLBACK")
"""
UNLIMITED = 2**30


@pytest.fixture(autouse=True)
def logs() -> Iterator[list[MutableMapping[str, Any]]]:
    """Kept: printing what went wrong, as structlog does for a person, takes seconds."""
    with capture_logs() as kept:
        yield kept


@contextmanager
def open_shop(url: str, clock: MovableClock) -> Iterator[PayingSite]:
    with closing_database(open_database(url)) as database, open_house(database, clock) as house:
        yield PayingSite(house)


@contextmanager
def closing_database(database: Database) -> Iterator[Database]:
    yield database
    database.dispose()


@contextmanager
def locked(url: str) -> Iterator["subprocess.Popen[str]"]:
    """Another process writes, until its standard input is closed."""
    path = url.removeprefix("sqlite:///")
    command = [sys.executable, "-c", HOLDER, path]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        yield holder


def let_go(holder: "subprocess.Popen[str]") -> None:
    assert holder.stdin is not None
    holder.stdin.close()
    holder.wait()


def test_a_lock_held_too_long_is_an_answer_to_come_again(
    sqlite_url: str, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "_BUSY_TIMEOUT_MS", 100)
    with open_shop(sqlite_url, clock) as shop:
        browser = shop.visitor()
        page = shop.check(browser, shop.example)
        before = dump(shop.resources.database)
        with locked(sqlite_url) as holder:
            answers = [post(shop, event("1")), shop.press(browser, page)]
            assert [answer.status_code for answer in answers] == [503, 503]
            assert [answer.headers["retry-after"] for answer in answers] == ["30", "30"]
            assert "We will be back shortly" in answers[1].text
            assert browser.get(shop.base).status_code == 200
            assert dump(shop.resources.database) == before
            let_go(holder)
        assert post(shop, event("1")).status_code == 200
        assert states(shop) == ["foreign"]
        assert shop.press(browser, page).status_code == 303


def test_a_lock_held_for_a_moment_is_waited_for(sqlite_url: str, clock: MovableClock) -> None:
    released_at_begin: list[bool] = []
    released = threading.Event()

    with open_shop(sqlite_url, clock) as shop, locked(sqlite_url) as holder:

        def release() -> None:
            released.set()
            let_go(holder)

        # How long the lock is held; nothing here waits for it but the portal.
        moment = threading.Timer(0.3, release)

        def begins(connection: object, cursor: object, statement: str, *rest: object) -> None:
            if statement == "BEGIN IMMEDIATE" and not released_at_begin:
                released_at_begin.append(released.is_set())
                moment.start()

        engine_event.listen(shop.resources.database.writer, "before_cursor_execute", begins)
        assert post(shop, event("1")).status_code == 200
        assert released_at_begin == [False]
        assert released.is_set()
        moment.join()
        assert states(shop) == ["foreign"]


def test_a_full_disk_stops_what_writes_and_nothing_else(sqlite_url: str, clock: MovableClock) -> None:
    with open_shop(sqlite_url, clock) as shop:
        pages = UNLIMITED

        def limit(connection: object, record: object, proxy: object) -> None:
            with closing(connection.cursor()) as cursor:  # type: ignore[attr-defined]
                cursor.execute(f"PRAGMA max_page_count = {pages}")

        engine_event.listen(shop.resources.database.writer, "checkout", limit)
        browser = shop.visitor()
        page = shop.check(browser, shop.example)
        # No less than there are already: what still fits into those is used up first.
        pages = 1
        for number in range(1_000):
            before = dump(shop.resources.database)
            answer = post(shop, event(f"full{number}", noise=secrets.token_hex(3_000)))
            if answer.status_code != 200:
                break
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
        assert dump(shop.resources.database) == before
        while (pressed := shop.press(browser, page)).status_code == 303:
            before = dump(shop.resources.database)
            shop.house.stripe.expire_session(str(shop.attempts()[-1].checkout_id))
            shop.sync(shop.attempts()[-1])
        assert (pressed.status_code, pressed.headers["retry-after"]) == (503, "30")
        assert browser.get(shop.base).status_code == 200
        with shop.resources.reading() as session:
            assert check_books(session, now=clock.now()).breaches == ()

        pages = UNLIMITED
        assert post(shop, event(f"full{number}", noise="")).status_code == 200
        attempt = shop.pay(browser, shop.example)
        shop.sync(attempt)
        assert "1001" not in words(browser.get(shop.base).text)


def test_two_portals_on_one_file_each_have_their_own_connections(sqlite_url: str, tmp_path: Path) -> None:
    with open_rig(sqlite_url, tmp_path, portal_writes=False) as rig:
        with rig.resources.writing() as session:
            session.execute(text("SELECT 1"))
        second = PortalProcess(rig.portal.settings, clock_file=tmp_path / "clock")
        second.start()
        # Forked from a process whose starter has the database open, it has nothing of that.
        assert files_of(second.pid, tmp_path / "portal.db") == 0
        second.release()
        rig.world.add_endpoint(f"{second.url}/stripe/webhook", WEBHOOK_SECRET)
        customers = [rig.customer() for _ in range(3)]
        with ThreadPoolExecutor(3) as threads:
            for paid in [threads.submit(pay_everything, rig, customer) for customer in customers]:
                paid.result()
        # Once the clock is moved, one that is on its way may have too old a signature.
        wait_until(lambda: not rig.under_way().get("deliveries"))
        assert {attempt.status for each in rig.world.deliveries for attempt in each.attempts} == {200}
        rig.quiet()
        assert files_of(second.pid, tmp_path / "portal.db") > 0
        assert files_of(rig.portal.pid, tmp_path / "portal.db") > 0
        assert rig.breaches() == []
        second.stop()


def files_of(pid: int, path: Path) -> int:
    """How often a process has this file open."""
    found = 0
    for link in Path(f"/proc/{pid}/fd").iterdir():
        try:
            found += link.readlink() == path
        except FileNotFoundError:
            continue
    return found


def pay_everything(rig: Rig, customer: Customer) -> None:
    assert customer.open_link()
    for bill in customer.bills:
        rig.world.pay_by_card(customer.press(bill, "card"))
