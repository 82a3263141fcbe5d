"""Rows of many threads in one transaction: whoever writes first takes along all who came while the disk was busy.

A commit costs a wait for the disk; shared by eight it costs each an eighth. Nobody returns before its row stands.
"""

import sys
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from itertools import groupby

from sqlalchemy import Engine, TextClause


@dataclass(eq=False, slots=True)
class _Row:
    """`turn` becomes True when its thread is to write for all who wait, False when its row stands."""

    statement: TextClause
    values: Mapping[str, object]
    turn: Future[bool] = field(default_factory=Future)


class Together:
    """A queue in front of an engine. For single statements that do not depend on one another."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = threading.Lock()
        self._waiting: list[_Row] = []
        self._busy = False

    def execute(self, statement: TextClause, values: Mapping[str, object]) -> None:
        """Return once it is committed; raise what the transaction raised, as do all who shared it."""
        row = _Row(statement, values)
        with self._lock:
            self._waiting.append(row)
            leads, self._busy = not self._busy, True
        if leads or row.turn.result():
            self._write_all()

    def _write_all(self) -> None:
        with self._lock:
            batch, self._waiting = self._waiting, []
        try:
            self._write(batch)
        finally:
            error = sys.exception()
            for row in batch:
                # The leader has had its turn already.
                if not row.turn.done():
                    row.turn.set_exception(error) if error else row.turn.set_result(False)
            self._hand_over()

    def _write(self, batch: Sequence[_Row]) -> None:
        with self._engine.begin() as session:
            # In one order everywhere: two processes with the same rows would wait for each other otherwise.
            for statement, rows in groupby(sorted(batch, key=_order), key=lambda row: row.statement):
                session.execute(statement, [row.values for row in rows])

    def _hand_over(self) -> None:
        """Who came meanwhile writes next, so that nobody works for others longer than for itself."""
        with self._lock:
            following = self._waiting[0] if self._waiting else None
            self._busy = following is not None
        if following is not None:
            following.turn.set_result(True)


def _order(row: _Row) -> tuple[str, str]:
    return str(row.statement), str(row.values)
