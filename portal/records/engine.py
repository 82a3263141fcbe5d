"""Opening the database: SQLite that waits and loses no update, PostgreSQL that does not wait for ever.

One engine to read, one to write. On SQLite a transaction that may write takes the
write lock at its start (`BEGIN IMMEDIATE`): an upgrade half way fails at once, whatever the busy timeout says.
"""

import os
import select
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.pool import QueuePool

Session = Connection

_BUSY_TIMEOUT_MS = 10_000
_POSTGRES_LIMITS = (
    "-c lock_timeout=5s -c statement_timeout=60s -c idle_in_transaction_session_timeout=30s -c timezone=UTC"
)


@dataclass(frozen=True, slots=True)
class Database:
    """`reading()` sees one moment and changes nothing; `writing()` commits, or leaves no trace.

    It belongs to the process that opened it, by number `owner`: a fork of that must open its own.
    """

    reader: Engine
    writer: Engine
    owner: int = field(default_factory=os.getpid)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        self._refuse_others()
        with self.reader.connect() as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        self._refuse_others()
        with self.writer.begin() as session:
            yield session

    @contextmanager
    def rehearsing(self) -> Iterator[Session]:
        """As `writing()`, and then nothing of it has happened: to see what an act would do by doing it."""
        self._refuse_others()
        with self.writer.connect() as session:
            try:
                yield session
            finally:
                session.rollback()

    def dispose(self) -> None:
        self._refuse_others()
        self.reader.dispose()
        self.writer.dispose()

    def _refuse_others(self) -> None:
        # SQLite's locks are a process's, PostgreSQL's answers go to whoever reads first: neither survives a fork.
        if self.owner != os.getpid():
            raise RuntimeError(f"process {os.getpid()} must open the database itself: {self.owner} opened this one")


@contextmanager
def undone(session: Session) -> Iterator[None]:
    """What is done inside has not happened afterwards, while the transaction around it goes on."""
    savepoint = session.begin_nested()
    try:
        yield
    finally:
        savepoint.rollback()


def open_database(url: str) -> Database:
    """Open `sqlite:////path/file.db` or `postgresql://…`; the driver is psycopg 3, whatever the address says."""
    parsed = make_url(url)
    if is_sqlite(parsed):
        reader = _sqlite_engine(url, begin="BEGIN", query_only=True)
        writer = _sqlite_engine(url, begin="BEGIN IMMEDIATE")
    else:
        reader = _postgresql_engine(
            parsed, isolation_level="REPEATABLE READ", execution_options={"postgresql_readonly": True}
        )
        writer = _postgresql_engine(parsed)
    return Database(reader, writer)


def open_for_migrations(url: str) -> Engine:
    """An engine that may rebuild tables: no foreign keys on SQLite, or a rebuild would delete the children."""
    parsed = make_url(url)
    if is_sqlite(parsed):
        return _sqlite_engine(url, begin="BEGIN IMMEDIATE", foreign_keys=False)
    return create_engine(psycopg(parsed), hide_parameters=True)


def is_sqlite(url: URL) -> bool:
    return url.get_backend_name() == "sqlite"


def psycopg(url: URL) -> URL:
    """The same address with psycopg 3 as its driver."""
    return url.set(drivername="postgresql+psycopg")


def _postgresql_engine(url: URL, **options: Any) -> Engine:
    # Errors get into logs, what they were about stays out: addresses of people, mostly.
    engine = create_engine(psycopg(url), hide_parameters=True, connect_args={"options": _POSTGRES_LIMITS}, **options)

    @event.listens_for(engine, "checkout")
    def look(connection: Any, record: Any, proxy: Any) -> None:
        # An idle connection has nothing to say but that it has ended; asking the server would cost a round trip.
        sockets = select.poll()
        sockets.register(connection.fileno(), select.POLLIN)
        # One that was only just made and has ended says so itself, as an error that tells of a database away.
        if record.info.get("was_idle") and sockets.poll(0):
            raise DisconnectionError
        record.info["was_idle"] = True

    return engine


def _sqlite_engine(url: str, *, begin: str, query_only: bool = False, foreign_keys: bool = True) -> Engine:
    engine = create_engine(
        url,
        hide_parameters=True,
        poolclass=QueuePool,
        connect_args={
            "isolation_level": None,
            "check_same_thread": False,
            "timeout": _BUSY_TIMEOUT_MS / 1000,
        },
    )

    @event.listens_for(engine, "connect")
    def prepare(connection: Any, record: Any) -> None:
        cursor = connection.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = FULL")
        # Without it INSERT OR REPLACE would remove rows behind the back of the triggers that keep the books.
        cursor.execute("PRAGMA recursive_triggers = ON")
        cursor.execute(f"PRAGMA foreign_keys = {'ON' if foreign_keys else 'OFF'}")
        if query_only:
            cursor.execute("PRAGMA query_only = ON")
        cursor.close()

    @event.listens_for(engine, "begin")
    def start(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
