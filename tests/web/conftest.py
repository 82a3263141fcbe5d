"""The site on SQLite: what these tests look at is the same on every database."""

import pytest

from portal.records import Database
from tests.support.clock import MovableClock
from tests.support.site import Site


@pytest.fixture
def site(sqlite_database: Database, clock: MovableClock) -> Site:
    return Site(sqlite_database, clock)
