"""The ground that other tests stand on: every test gets a database of its own, of the kind it asked for."""

from datetime import UTC, datetime

import psycopg
import pytest
from sqlalchemy import text

from portal.records import Database, open_database
from tests.support.clock import MovableClock


@pytest.mark.parametrize("turn", [1, 2])
def test_every_test_starts_with_a_migrated_database_of_its_own(database: Database, turn: int) -> None:
    with database.writing() as session:
        assert session.execute(text("SELECT count(*) FROM marks")).scalar() == 0
        session.execute(text("INSERT INTO marks VALUES ('events', '2026-03-02 15:00:00+00:00')"))
    with database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM marks")).scalar() == 1


def test_a_postgresql_address_leads_to_postgresql(postgresql_url: str) -> None:
    with psycopg.connect(postgresql_url) as connection:
        version = connection.execute("SHOW server_version").fetchone()
    assert version is not None


def test_an_unmigrated_database_is_empty(unmigrated_url: str) -> None:
    database = open_database(unmigrated_url)
    with pytest.raises(Exception, match="marks"), database.reading() as session:
        session.execute(text("SELECT 1 FROM marks"))
    database.dispose()


def test_the_clock_stands_still_until_moved(clock: MovableClock) -> None:
    assert clock.now() == clock.now() == datetime(2026, 3, 2, 15, 0, tzinfo=UTC)
    assert clock.move(days=1, hours=-15) == datetime(2026, 3, 3, tzinfo=UTC)
