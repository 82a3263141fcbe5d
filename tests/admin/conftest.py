"""`portal`: the command line on a database of its own, called as a person would; and a shop's owner at it."""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from admin.cli.main import app
from portal.records import Database
from portal.resources import Resources, open_resources
from portal.settings import read_settings
from tests.admin.desk import Desk, open_desk
from tests.support.clock import MovableClock
from tests.support.site import Site
from tests.support.staff import Office

# Read from the signatures of all commands, which takes longer than most of them take to run.
COMMAND = get_command(app)


class Said(NamedTuple):
    """What a command printed on its two channels, and its exit code."""

    out: str
    err: str
    code: int


class CommandLine:
    """Call it with arguments. Nothing is set but the database's address."""

    def __call__(self, *arguments: str) -> Said:
        with CliRunner().isolation() as (out, err, _):
            with pytest.raises(SystemExit) as ended:
                COMMAND.main(arguments, prog_name="portal")
            sys.stdout.flush()
            sys.stderr.flush()
            code = ended.value.code
            assert isinstance(code, int)
            return Said(_text(out), _text(err), code)

    def resources(self) -> Resources:
        """The same house as the commands open; the caller closes it."""
        return open_resources(read_settings(), online=False)


@pytest.fixture
def portal(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    return _on(database_url, tmp_path, monkeypatch)


@pytest.fixture
def sqlite_portal(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    return _on(sqlite_url, tmp_path, monkeypatch)


@pytest.fixture
def desk(
    portal: CommandLine, database: Database, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    with open_desk(portal, database, clock, monkeypatch) as opened:
        yield opened


@pytest.fixture
def sqlite_desk(
    sqlite_portal: CommandLine, sqlite_database: Database, clock: MovableClock, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    with open_desk(sqlite_portal, sqlite_database, clock, monkeypatch) as opened:
        yield opened


@pytest.fixture
def office(database: Database, clock: MovableClock) -> Office:
    return Office(Site(database, clock).resources, clock)


@pytest.fixture
def sqlite_office(sqlite_database: Database, clock: MovableClock) -> Office:
    return Office(Site(sqlite_database, clock).resources, clock)


def _text(channel: BytesIO) -> str:
    return channel.getvalue().decode().replace("\r\n", "\n")


def _on(url: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> CommandLine:
    monkeypatch.chdir(folder)
    monkeypatch.setenv("PORTAL_DATABASE_URL", url)
    return CommandLine()
