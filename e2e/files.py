"""A store of attachments in memory, for houses that have no folder of their own. `is_away`: it does not answer."""

from collections.abc import Iterator
from datetime import datetime

from portal.gateways.files import FileMissing, FilesUnavailable, new_name


class MemoryFiles:
    """`kept` is name → bytes, for whoever wants to look or to do damage."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.is_away = False

    def write(self, data: bytes, *, now: datetime) -> str:
        self._answer()
        name = new_name(now)
        self.kept[name] = data
        return name

    def read(self, name: str) -> bytes:
        self._answer()
        try:
            return self.kept[name]
        except KeyError:
            raise FileMissing(name) from None

    def delete(self, name: str) -> None:
        self._answer()
        self.kept.pop(name, None)

    def names(self) -> Iterator[str]:
        self._answer()
        yield from list(self.kept)

    def _answer(self) -> None:
        if self.is_away:
            raise FilesUnavailable("the store does not answer")
