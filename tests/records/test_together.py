"""Rows of many threads in one transaction: each returns when its row stands, or with the error that kept it out."""

from threading import Thread

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from portal.records import Database
from tests.support.shop import together

LEASE = text("INSERT INTO leases VALUES (:name, 'somebody', '2026-03-02 15:00:00+00:00')")


def names(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.execute(text("SELECT name FROM leases ORDER BY name")).scalars())


def test_each_row_stands_when_its_thread_returns(database: Database) -> None:
    numbers = iter(range(40))

    def add() -> None:
        name = f"{next(numbers):02}"
        database.together.execute(LEASE, {"name": name})
        assert name in names(database)

    together(40, add)
    assert names(database) == [f"{number:02}" for number in range(40)]


def test_threads_that_wait_share_a_commit(database: Database) -> None:
    commits = 0
    first = None

    @event.listens_for(database.writer, "commit")
    def count(connection: object) -> None:
        nonlocal commits
        commits += 1

    others = [Thread(target=database.together.execute, args=(LEASE, {"name": str(n)})) for n in range(10)]

    @event.listens_for(database.writer, "begin")
    def let_the_others_come(connection: object) -> None:
        nonlocal first
        if first is None:
            first = connection
            for thread in others:
                thread.start()
            while len(database.together._waiting) < len(others):
                others[0].join(0.001)

    database.together.execute(LEASE, {"name": "first"})
    for thread in others:
        thread.join()
    assert len(names(database)) == 11
    assert commits == 2


def test_an_error_reaches_whoever_shared_the_transaction_and_nobody_else(database: Database) -> None:
    database.together.execute(LEASE, {"name": "taken"})
    with pytest.raises(IntegrityError):
        database.together.execute(LEASE, {"name": "taken"})
    database.together.execute(LEASE, {"name": "free"})
    assert names(database) == ["free", "taken"]
