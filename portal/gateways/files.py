"""Where attachments are kept: a folder, or a bucket of an S3-compatible store (`files_s3`).

A stored name is random and carries the second of its making, `ab/cd/<random>-<seconds>`: how old a file is does not
depend on what copying or restoring a folder did to it. A file is there wholly or not at all.
"""

import os
import re
import secrets
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

_NAME = re.compile(r"[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{32}-(\d{10,11})")
_UNFINISHED = re.compile(r"new/[0-9a-f]{32}-(\d{10,11})")


class FilesUnavailable(Exception):
    """The store does not answer, or has no room; what was asked for may work later."""


class FileMissing(Exception):
    """There is no file of this name."""


class Files(Protocol):
    """A store of files. Every method may raise FilesUnavailable."""

    def write(self, data: bytes, *, now: datetime) -> str:
        """Keep the bytes and return their name; once it returns, a power cut does not lose them."""

    def read(self, name: str) -> bytes:
        """The bytes; raises FileMissing."""

    def delete(self, name: str) -> None:
        """Remove the file; nothing happens where there is none."""

    def names(self) -> Iterator[str]:
        """Every stored name in no order, and those of writes that never ended."""


class FolderFiles:
    """A folder that only its owner may enter, made with the first file."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def write(self, data: bytes, *, now: datetime) -> str:
        name = new_name(now)
        unfinished = self._root / "new" / name.rpartition("/")[2]
        try:
            self._root.mkdir(mode=0o700, parents=True, exist_ok=True)
            unfinished.parent.mkdir(mode=0o700, exist_ok=True)
            try:
                write_through(unfinished, data)
                put_in_place(unfinished, self._root / name)
            finally:
                unfinished.unlink(missing_ok=True)
        except OSError as error:
            raise FilesUnavailable(str(error)) from error
        return name

    def read(self, name: str) -> bytes:
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            raise FileMissing(name) from None
        except OSError as error:
            raise FilesUnavailable(str(error)) from error

    def delete(self, name: str) -> None:
        try:
            self._path(name).unlink(missing_ok=True)
        except OSError as error:
            raise FilesUnavailable(str(error)) from error

    def names(self) -> Iterator[str]:
        try:
            for path in sorted([*self._root.glob("new/*"), *self._root.glob("??/??/*")]):
                name = path.relative_to(self._root).as_posix()
                if is_name(name):
                    yield name
        except OSError as error:
            raise FilesUnavailable(str(error)) from error

    def _path(self, name: str) -> Path:
        if not is_name(name):
            raise FileMissing(name)
        return self._root / name


def open_folder(root: Path) -> Files:
    """The files in this folder, which need not be there yet."""
    return FolderFiles(root)


def new_name(now: datetime) -> str:
    """A name that nobody has and nobody guesses."""
    made = secrets.token_hex(16)
    return f"{made[:2]}/{made[2:4]}/{made}-{int(now.timestamp())}"


def is_name(name: str) -> bool:
    """Whether we could have made it: no other path is ever opened."""
    return bool(_NAME.fullmatch(name) or _UNFINISHED.fullmatch(name))


def made_at(name: str) -> datetime:
    """When the file of that name was written, to the second."""
    return datetime.fromtimestamp(int(name.rpartition("-")[2]), UTC)


def write_through(path: Path, data: bytes) -> None:
    """A new file, on the disk when this returns."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def put_in_place(unfinished: Path, path: Path) -> None:
    """The finished file gets its name, for good: the two folders above it may be new, and the root as well."""
    folder, half, root = list(path.parents)[:3]
    for made in (half, folder):
        made.mkdir(mode=0o700, exist_ok=True)
    unfinished.rename(path)
    for changed in (folder, half, root, root.parent):
        _sync_folder(changed)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
