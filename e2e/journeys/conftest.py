"""One house and one browser for each worker; each journey gets its own customers and browsers in a town.

A journey ends well only if no browser complained, none left this machine, the stand-in was asked and answered in
Stripe's own types, the books are right, and nobody tampered with the history.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from e2e.house import House
from e2e.journeys.town import PATIENCE_S, Town
from portal.actions import history_seals
from portal.actions.check import check_books

expect.set_options(timeout=PATIENCE_S * 1000)


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """What `make run` starts, with the sample company."""
    opened = House(tmp_path_factory.mktemp("house"))
    yield opened
    opened.stop()


@pytest.fixture(scope="session")
def whole_town(house: House, chromium: Browser) -> Iterator[Town]:
    resources = house.resources()
    yield Town(house, resources, chromium)
    resources.close()


@pytest.fixture
def town(whole_town: Town) -> Iterator[Town]:
    whole_town.get_ready()
    yield whole_town
    assert whole_town.send_home() == []
    assert whole_town.world.type_errors == []
    with whole_town.resources.reading() as session:
        assert check_books(session, now=whole_town.house.clock.now()).breaches == ()
        assert history_seals.walk(session, now=whole_town.house.clock.now()).broken == ""
