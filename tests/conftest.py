"""Fixtures for every floor: `database` (opened, migrated, on SQLite and on PostgreSQL), and a clock."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from admin.cli.logs import log_to_stderr
from e2e import run
from e2e.databases import drop_template, new_postgresql, new_sqlite
from e2e.postgres import NoServerError
from portal.records import Database, open_database
from tests.support.browsing import close_loop
from tests.support.clock import MovableClock
from tests.support.compiled import compile_once

# How long one example takes says more about the machine than about the code.
settings.register_profile("house", deadline=None)
settings.load_profile("house")

compile_once()

# structlog's own tracebacks draw the value of every variable, which takes seconds where an application is among them.
log_to_stderr()

_RUN = pytest.StashKey[run.Run]()


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        begun = config.stash[_RUN] = run.begin(in_memory=True)
        # On a disk a tenth of the time goes into waiting until it has written what nobody will read.
        config.option.basetemp = config.option.basetemp or begun.folder / "tmp"


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: object) -> None:
    """xdist: tell each worker where the run's folder is."""
    node.workerinput["run_folder"] = str(node.config.stash[_RUN].folder)  # type: ignore[attr-defined]


def pytest_unconfigure(config: pytest.Config) -> None:
    close_loop()
    if _RUN in config.stash:
        drop_template(config.stash[_RUN].folder)
        config.stash[_RUN].end()


def pytest_collection_finish() -> None:
    """What there is by now stays: looking through it for garbage again and again took a twelfth of the tests’ time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(5_000, 20, 50)


@pytest.fixture
def clock() -> MovableClock:
    """Stands still at 2 March 2026, 15:00 UTC: `clock.now()`, `clock.move(days=3)`, `clock.set(at)`."""
    return MovableClock()


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """An opened, migrated, empty database: the test runs once on SQLite and once on PostgreSQL."""
    opened = open_database(database_url)
    yield opened
    opened.dispose()


@pytest.fixture
def sqlite_database(sqlite_url: str) -> Iterator[Database]:
    """As `database`, on SQLite only: for what cannot differ between the two."""
    opened = open_database(sqlite_url)
    yield opened
    opened.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a migrated, empty database, one of each kind."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def unmigrated_url(request: pytest.FixtureRequest, tmp_path: Path, run_folder: Path) -> Iterator[str]:
    """The address of a database without any table, one of each kind: for the migrations themselves."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'unmigrated.db'}"
        return
    try:
        with new_postgresql(run_folder, empty=True) as url:
            yield url
    except NoServerError as reason:
        pytest.skip(str(reason))


@pytest.fixture
def sqlite_url(tmp_path: Path, run_folder: Path) -> str:
    return new_sqlite(run_folder, tmp_path / "portal.db")


@pytest.fixture
def postgresql_url(run_folder: Path) -> Iterator[str]:
    try:
        with new_postgresql(run_folder) as url:
            yield url
    except NoServerError as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def run_folder(request: pytest.FixtureRequest) -> Path:
    """Shared by all workers of the run, removed when it ends."""
    if hasattr(request.config, "workerinput"):
        return Path(request.config.workerinput["run_folder"])
    return request.config.stash[_RUN].folder
