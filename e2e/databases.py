"""Fresh, migrated databases of both kinds, copied from a template that is migrated once per run."""

import os
import shutil
import sqlite3
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from e2e import run
from e2e.postgres import server_url
from portal.records.migrate import upgrade


def new_sqlite(folder: Path, path: Path) -> str:
    """Copy the run's migrated template to `path`; returns the address."""
    template = folder / "template.sqlite"
    with run.one_at_a_time(folder, "sqlite"):
        if not template.exists():
            draft = template.with_suffix(".draft")
            upgrade(f"sqlite:///{draft}")
            # What is still in the log beside the file would not be copied.
            with closing(sqlite3.connect(draft)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            draft.rename(template)
    shutil.copyfile(template, path)
    return f"sqlite:///{path}"


@contextmanager
def new_postgresql(folder: Path, *, empty: bool = False) -> Iterator[str]:
    """A database of its own, gone afterwards: a copy of the migrated template, or one without any table."""
    server = server_url(folder)
    template = "template0" if empty else _migrated_template(folder, server)
    name = f"portal_test_{uuid.uuid4().hex}"
    # Copying seven hundred files takes half the time of writing a log of them, but on a disk four times as long.
    strategy = "STRATEGY file_copy" if run.is_in_memory(folder) else ""
    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE {template} {strategy}")
        try:
            yield _at(server, name)
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def drop_template(folder: Path) -> None:
    """On a server that outlives the run, leave nothing behind."""
    if os.environ.get("PORTAL_TEST_DATABASE_URL") and _marker(folder).exists():
        with psycopg.connect(server_url(folder), autocommit=True) as connection:
            connection.execute(f"DROP DATABASE {_marker(folder).read_text()} WITH (FORCE)")


def _migrated_template(folder: Path, server: str) -> str:
    with run.one_at_a_time(folder, "template"):
        if not _marker(folder).exists():
            name = f"portal_test_{uuid.uuid4().hex}"
            with psycopg.connect(server, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
                try:
                    upgrade(_at(server, name))
                except BaseException:
                    connection.execute(f"DROP DATABASE {name} WITH (FORCE)")
                    raise
            _marker(folder).write_text(name)
    return _marker(folder).read_text()


def _marker(folder: Path) -> Path:
    return folder / "template-name"


def _at(server: str, name: str) -> str:
    return urlsplit(server)._replace(path=f"/{name}").geturl()
