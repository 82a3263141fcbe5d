"""Databases with the town's people in them: filled once, then copied for each town."""

import shutil
import sqlite3
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from e2e.databases import new_postgresql, new_sqlite
from e2e.files import MemoryFiles
from e2e.machine.clock import StillClock
from e2e.machine.people import settle_in
from portal.records import open_database
from portal.resources import Resources
from portal.settings import Settings

# Where it exists a commit waits for no disk; nothing here is to outlive its process.
_MEMORY = Path("/dev/shm")


class Ground:
    """`new` is the address of one more town's database, gone when its context ends."""

    def __init__(self, kind: str, folder: Path, template: str) -> None:
        self.kind = kind
        self._folder = folder
        self._template = template

    @contextmanager
    def new(self) -> Iterator[str]:
        name = f"town_{uuid.uuid4().hex}"
        if self.kind == "sqlite":
            path = self._folder / f"{name}.db"
            shutil.copyfile(self._template, path)
            try:
                yield f"sqlite:///{path}"
            finally:
                for left in self._folder.glob(f"{name}.db*"):
                    left.unlink()
            return
        address = urlsplit(self._template)
        with psycopg.connect(address._replace(path="/postgres").geturl(), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {address.path[1:]} STRATEGY file_copy")
            try:
                yield address._replace(path=f"/{name}").geturl()
            finally:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def open_ground(kind: str, run_folder: Path) -> Iterator[Ground]:
    """Make the template; `kind` is sqlite or postgresql. Raises NoServerError."""
    with ExitStack() as stack:
        home = _MEMORY if _MEMORY.is_dir() else run_folder
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="portal-towns-", dir=home)))
        if kind == "sqlite":
            template = str(folder / "template.db")
            _fill(new_sqlite(run_folder, Path(template)))
            # What is still in the log beside the file would not be copied.
            with closing(sqlite3.connect(template)) as connection:
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        else:
            template = stack.enter_context(new_postgresql(run_folder))
            _fill(template)
        yield Ground(kind, folder, template)


def _fill(url: str) -> None:
    database = open_database(url)
    settings = Settings.model_validate({"database_url": url, "secret_keys": "k" * 32})
    settle_in(
        Resources(
            settings=settings,
            database=database,
            keys=("k" * 32,),
            stripe=None,
            mailer=None,
            files=MemoryFiles(),
            clock=StillClock().now,
        )
    )
    database.dispose()
