"""Transactions in each other's way on PostgreSQL: whoever loses is done again, and the customer sees nothing of it."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import psycopg
import pytest
from sqlalchemy import event as engine_event
from sqlalchemy import text
from starlette.responses import PlainTextResponse, Response
from structlog.testing import capture_logs

from portal.records import engine, open_database
from portal.web.visit import Visit, resource
from tests.pages.test_stripe_webhook import event, post, states
from tests.support.clock import MovableClock
from tests.support.house import open_house
from tests.support.paying import PayingSite

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Locks are waited for a tenth of a second."""
    limits = engine._POSTGRES_LIMITS.replace("lock_timeout=5s", "lock_timeout=100ms")
    assert limits != engine._POSTGRES_LIMITS
    monkeypatch.setattr(engine, "_POSTGRES_LIMITS", limits)


@pytest.fixture
def slow_to_look(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever waits looks for a deadlock once, after two seconds: long enough for another to begin to wait."""
    limits = engine._POSTGRES_LIMITS + " -c deadlock_timeout=2s"
    monkeypatch.setattr(engine, "_POSTGRES_LIMITS", limits)


@pytest.fixture
def shop(postgresql_url: str, clock: MovableClock) -> Iterator[PayingSite]:
    database = open_database(postgresql_url)
    with open_house(database, clock) as house:
        yield PayingSite(house)
    database.dispose()


@pytest.fixture
def other(postgresql_url: str) -> Iterator[psycopg.Connection]:
    """Somebody else's transaction."""
    with psycopg.connect(postgresql_url) as connection:
        yield connection
        connection.rollback()


def contended(logs: Sequence[Mapping[str, object]]) -> list[object]:
    return [entry["why"] for entry in logs if entry["event"] == "database.contended"]


@pytest.mark.usefixtures("slow_to_look")
def test_a_page_that_loses_a_deadlock_is_done_again(
    shop: PayingSite, other: psycopg.Connection, postgresql_url: str
) -> None:
    browser = shop.visitor()
    page = shop.check(browser, shop.example)
    other.execute("SELECT 1 FROM charges WHERE id = %s FOR UPDATE", [shop.example.id])
    with ThreadPoolExecutor(1) as threads, capture_logs() as logs:
        pressed = threads.submit(shop.press, browser, page)
        wait_until_somebody_waits(postgresql_url)
        # The page has the account and waits for our charge; we never look, so it is the one that is ended.
        other.execute("SET deadlock_timeout = '60s'")
        other.execute("SELECT 1 FROM accounts WHERE id = %s FOR UPDATE", [shop.account.id])
        other.rollback()
        answer = pressed.result()
    assert answer.status_code == 303, answer.text
    assert contended(logs) == ["deadlock"]
    assert [attempt.state for attempt in shop.attempts()] == ["open"]
    assert len(shop.house.stripe.all("checkout.session")) == 1


@pytest.mark.usefixtures("impatient")
def test_a_page_that_waited_too_long_for_a_lock_is_done_again(shop: PayingSite, other: psycopg.Connection) -> None:
    browser = shop.visitor()
    page = shop.check(browser, shop.example)
    other.execute("SELECT 1 FROM accounts WHERE id = %s FOR UPDATE", [shop.account.id])
    engine_event.listen(shop.resources.database.writer, "handle_error", lambda context: other.rollback())
    with capture_logs() as logs:
        answer = shop.press(browser, page)
    assert answer.status_code == 303, answer.text
    assert contended(logs) == ["lock timeout"]
    assert [attempt.state for attempt in shop.attempts()] == ["open"]


@pytest.mark.usefixtures("impatient")
def test_a_lock_that_is_never_let_go_ends_in_a_page_that_says_to_come_back(
    shop: PayingSite, other: psycopg.Connection
) -> None:
    browser = shop.visitor()
    page = shop.check(browser, shop.example)
    other.execute("SELECT 1 FROM accounts WHERE id = %s FOR UPDATE", [shop.account.id])
    with capture_logs() as logs:
        answer = shop.press(browser, page)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "30")
    assert "We will be back shortly" in answer.text
    assert contended(logs) == ["lock timeout"] * 4
    assert shop.attempts() == []
    other.rollback()
    assert shop.press(browser, page).status_code == 303


@pytest.mark.usefixtures("impatient")
def test_a_webhook_waits_for_a_lock_again_before_stripe_is_told_to_come_again(
    shop: PayingSite, other: psycopg.Connection
) -> None:
    other.execute("LOCK TABLE inbox IN EXCLUSIVE MODE")
    with capture_logs() as logs:
        refused = post(shop, event("1"))
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "30")
    assert contended(logs) == ["lock timeout"] * 4
    engine_event.listen(shop.resources.database.writer, "handle_error", lambda context: other.rollback())
    assert post(shop, event("2")).status_code == 200
    assert states(shop) == ["foreign"]


@pytest.mark.parametrize(
    ("code", "times", "status", "runs"),
    [
        ("40001", 1, 200, 2),
        ("40P01", 4, 200, 5),
        ("55P03", 4, 200, 5),
        ("40001", 5, 503, 5),
        # Nobody knows what became of a transaction whose connection broke.
        ("08006", 1, 503, 1),
        ("57P01", 1, 503, 1),
    ],
)
def test_only_what_left_nothing_behind_is_done_again(
    shop: PayingSite, code: str, times: int, status: int, runs: int
) -> None:
    ran = []

    def page(visit: Visit) -> Response:
        ran.append(visit)
        with visit.resources.writing() as session:
            if len(ran) <= times:
                session.execute(text(f"DO $$ BEGIN RAISE EXCEPTION 'so' USING ERRCODE = '{code}'; END $$"))
        return PlainTextResponse("done")

    shop.app.router.routes.append(resource("/again", get=page))
    with capture_logs():
        answer = shop.browser().get("/again")
    assert (answer.status_code, len(ran)) == (status, runs)


def wait_until_somebody_waits(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as watching:
        wait_until(lambda: watching.execute(WAITING).fetchone() == (1,))


def wait_until(stands: Callable[[], bool]) -> None:
    for _ in range(2_000):
        if stands():
            return
        Event().wait(0.005)
    raise TimeoutError("it never came to be")
