"""The folder that all processes of one run (of the tests, of the bench) share, and the lock that tells its end.

pytest's own base folder will not do: root's is closed to the user that PostgreSQL must run as, and a path may
be too long for a Unix socket. The lock is held by the first process of the run, and the kernel lets go of it
however that process ends; see `postgres`.
"""

import fcntl
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

_PARENT = "/tmp" if Path("/tmp").is_dir() else None


@dataclass(frozen=True, slots=True)
class Run:
    """One run, seen from the process that started it."""

    folder: Path
    lock: TextIO

    def end(self) -> None:
        self.lock.close()
        if not guarded(self.folder).exists():
            shutil.rmtree(self.folder, ignore_errors=True)


def begin() -> Run:
    folder = Path(tempfile.mkdtemp(prefix="portal-tests-", dir=_PARENT))
    folder.chmod(0o711)
    lock = alive(folder).open("w")
    fcntl.flock(lock, fcntl.LOCK_EX)
    return Run(folder=folder, lock=lock)


def wait_for_end(folder: Path) -> None:
    with alive(folder).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)


@contextmanager
def one_at_a_time(folder: Path, name: str) -> Iterator[None]:
    """Only one process of the run is in here under this name; the others wait."""
    with (folder / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def alive(folder: Path) -> Path:
    return folder / "alive.lock"


def guarded(folder: Path) -> Path:
    """Exists when a guardian has taken over the removal of the folder."""
    return folder / "guarded"
