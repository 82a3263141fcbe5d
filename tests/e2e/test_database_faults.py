"""The database goes away, is locked, is full, or restarts under load: nothing that was acknowledged is lost."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import select

from e2e.postgres import NoServerError, Server, own_server
from e2e.soak.crash_rig import Rig, open_rig
from e2e.soak.customers import Customer
from portal.records.tables import inbox

PAYERS = 3
RESTARTS = 4


@pytest.fixture
def server(run_folder: Path) -> Iterator[Server]:
    try:
        with own_server(run_folder) as found:
            yield found
    except NoServerError as reason:
        pytest.skip(str(reason))


@pytest.fixture
def rig(server: Server, tmp_path: Path) -> Iterator[Rig]:
    """A portal on a server of its own."""
    with open_rig(server.url, tmp_path, portal_writes=False) as found:
        yield found


def test_a_server_that_is_away_is_an_answer_to_come_again(rig: Rig, server: Server) -> None:
    customer = rig.customer()
    assert customer.open_link()
    checkout_id = customer.press(customer.bills[0], "card")
    wait_until(lambda: not rig.under_way().get("events") and not rig.under_way().get("deliveries"))

    server.stop()
    page = customer.get()
    assert (page.status_code, page.headers["retry-after"]) == (503, "30")
    assert "We will be back shortly" in page.text
    assert customer.press(customer.bills[1], "card") == ""
    rig.world.pay_by_card(checkout_id)
    wait_until(lambda: all(each.attempts for each in rig.world.deliveries))
    refused = [each for each in rig.world.deliveries if each.attempts[-1].status != 200]
    assert {each.attempts[-1].status for each in refused} == {503}
    assert "payment_intent.succeeded" in {each.event["type"] for each in refused}

    server.start()
    assert customer.get().status_code == 200
    rig.world.pay_by_card(customer.press(customer.bills[1], "card"))
    rig.quiet()
    assert rig.breaches() == []
    assert acknowledged(rig) <= stored(rig)
    assert rig.keeper.kills == []


def test_a_server_that_restarts_again_and_again_loses_nothing(rig: Rig, server: Server) -> None:
    customers = [rig.customer() for _ in range(PAYERS)]
    is_over = threading.Event()
    statuses: set[int] = set()

    def look(customer: Customer) -> None:
        while not is_over.is_set():
            statuses.add(customer.get().status_code)

    with ThreadPoolExecutor(2 * PAYERS) as threads:
        paying = [threads.submit(pay_all, rig, customer) for customer in customers]
        looking = [threads.submit(look, customer) for customer in customers]
        for _ in range(RESTARTS):
            before = len(acknowledged(rig))
            wait_until(lambda before=before: len(acknowledged(rig)) > before or all(each.done() for each in paying))  # type: ignore[misc]
            server.stop()
            server.start()
        for each in paying:
            each.result()
        is_over.set()
        for each in looking:
            each.result()

    assert statuses <= {200, 404, 503}
    assert 503 in {attempt.status for each in rig.world.deliveries for attempt in each.attempts} | statuses
    assert {attempt.status for each in rig.world.deliveries for attempt in each.attempts} <= {200, 503}
    assert acknowledged(rig) <= stored(rig)
    rig.quiet()
    assert rig.breaches() == []
    assert len([each for each in rig.world.all("charge") if each["status"] == "succeeded"]) == 4 * PAYERS
    assert rig.keeper.kills == []


def pay_all(rig: Rig, customer: Customer) -> None:
    """Each bill by card, pressing again as long as it takes."""
    while not customer.open_link():
        pass
    for bill in customer.bills:
        while not (checkout_id := customer.press(bill, "card")):
            pass
        rig.world.pay_by_card(checkout_id)


def acknowledged(rig: Rig) -> set[str]:
    """Events that were answered with 2xx."""
    with rig.world.lock:
        return {each.event["id"] for each in rig.world.deliveries if each.state == "delivered"}


def stored(rig: Rig) -> set[str]:
    with rig.resources.reading() as session:
        return set(session.execute(select(inbox.c.event_id)).scalars())


def wait_until(stands: Callable[[], bool]) -> None:
    for _ in range(3_000):
        if stands():
            return
        threading.Event().wait(0.01)
    raise TimeoutError("it never came to be")
