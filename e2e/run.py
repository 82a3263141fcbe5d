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

_PARENT = Path("/tmp") if Path("/tmp").is_dir() else None
# Where it exists nothing waits for a disk. A container may have next to nothing of it.
_MEMORY = Path("/dev/shm")
_ENOUGH = 2 * 2**30


@dataclass(frozen=True, slots=True)
class Run:
    """One run, seen from the process that started it."""

    folder: Path
    lock: TextIO

    def end(self) -> None:
        self.lock.close()
        if not guarded(self.folder).exists():
            shutil.rmtree(self.folder, ignore_errors=True)


def begin(*, in_memory: bool = False) -> Run:
    """`in_memory` is for what may be lost with the power, where there is room for it."""
    has_room = in_memory and _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > _ENOUGH
    folder = Path(tempfile.mkdtemp(prefix="portal-tests-", dir=_MEMORY if has_room else _PARENT))
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


def is_in_memory(folder: Path) -> bool:
    return folder.is_relative_to(_MEMORY)


def alive(folder: Path) -> Path:
    return folder / "alive.lock"


def guarded(folder: Path) -> Path:
    """Exists when a guardian has taken over the removal of the folder."""
    return folder / "guarded"
