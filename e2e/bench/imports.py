"""Importing a file, beside the same rows, already parsed, put into the same tables by the driver's quickest means.

The portal's side is the whole action: decoding, parsing, comparing with what is on file, deciding, writing. The
floor is one transaction of `executemany` on SQLite, of COPY on PostgreSQL. Each time the database is a fresh one.
"""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, closing
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlsplit

import psycopg

from e2e.bench.books import as_csv, opened
from e2e.bench.figures import Comparison, in_turns
from portal.actions.imports import import_file
from portal.resources import Resources

_ROWS = 5_000
_CUSTOMERS = 250
_ROUNDS = 3
# Parents before children.
_TABLES = ("accounts", "contacts", "charges", "charge_lines", "payments", "credits", "allocations", "movements")
# A table's columns and its rows, as the driver reads them: what the database computes itself is left out.
Contents = Mapping[str, tuple[Sequence[str], Sequence[Any]]]
Fresh = Callable[[], AbstractContextManager[str]]


def compare(fresh: Fresh, kind: str) -> list[Comparison]:
    """`fresh` gives the address of a migrated, empty database, for as long as the context lasts."""
    data = _file(date(2026, 1, 5))
    is_sqlite = kind == "SQLite"
    with ExitStack() as stack:
        sample = opened(stack.enter_context(fresh()))
        _import(sample, data)
        url = sample.settings.database_url
        sample.close()
        contents = _read_sqlite(url) if is_sqlite else _read_postgresql(url)
        write = _executemany if is_sqlite else _copy
        urls = [stack.enter_context(fresh()) for _ in range(2 * (_ROUNDS + 1))]
        houses = [opened(url) for url in urls[::2]]
        for house in houses:
            stack.callback(house.close)
        floors, portals = iter(urls[1::2]), iter(houses)
        floor, portal = in_turns(
            lambda: write(next(floors), contents),
            lambda: _import(next(portals), data),
            rounds=_ROUNDS,
        )
    written = sum(len(rows) for _, rows in contents.values())
    name = f"import of {_ROWS:,} invoices, {written:,} rows written, {kind}"
    return [Comparison(name, "ms", floor, portal, "wall", 0.25)]


def _file(first: date) -> bytes:
    """Invoices of one line, every other one paid."""
    rows = []
    for place in range(_ROWS):
        customer, issued_on = place % _CUSTOMERS, first + timedelta(days=place % 180)
        paid_on = (issued_on + timedelta(days=20)).isoformat() if place % 2 else ""
        rows.append(
            (
                f"Customer {customer}", f"C-{customer}", f"ap@c{customer}.example", f"INV-{place:06}",
                issued_on.isoformat(), "net 30", "Rope, 12 mm, by the meter", f"{place % 900 + 10}.{place % 100:02}",
                paid_on,
            )
        )  # fmt: skip
    return as_csv(rows)


def _import(resources: Resources, data: bytes) -> None:
    report = import_file(resources, data, file_name="invoices.csv", now=resources.clock())
    assert report.invoices == _ROWS, report.problems


def _read_sqlite(url: str) -> Contents:
    with closing(_connect(url)) as connection:
        # Computed columns are not in table_info.
        columns = {name: [row[1] for row in connection.execute(f"PRAGMA table_info({name})")] for name in _TABLES}
        return {
            name: (columns[name], connection.execute(f"SELECT {', '.join(columns[name])} FROM {name}").fetchall())
            for name in _TABLES
        }


def _executemany(url: str, contents: Contents) -> None:
    with closing(_connect(url)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        for name, (columns, rows) in contents.items():
            marks = ", ".join("?" * len(columns))
            connection.executemany(f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({marks})", rows)
        connection.execute("COMMIT")


def _connect(url: str) -> sqlite3.Connection:
    """As strict and as safe as the portal's own connection."""
    connection = sqlite3.connect(urlsplit(url).path, isolation_level=None)
    connection.executescript("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")
    return connection


def _read_postgresql(url: str) -> Contents:
    question = (
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position"
    )
    with psycopg.connect(url) as connection:
        columns = {name: [row[0] for row in connection.execute(question, (name,))] for name in _TABLES}
        return {
            name: (columns[name], connection.execute(f"SELECT {', '.join(columns[name])} FROM {name}").fetchall())
            for name in _TABLES
        }


def _copy(url: str, contents: Contents) -> None:
    with psycopg.connect(url) as connection, connection.cursor() as cursor:
        for name, (columns, rows) in contents.items():
            with cursor.copy(f"COPY {name} ({', '.join(columns)}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
