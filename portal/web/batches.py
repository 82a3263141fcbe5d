"""Rows of many requests in one transaction: what comes while the disk is busy is written together, next.

A commit costs a wait for the disk, and a thread to wait in; shared by eight requests it costs each an eighth.
"""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar
from weakref import WeakKeyDictionary

from starlette.concurrency import run_in_threadpool

Row = TypeVar("Row")


@dataclass(slots=True)
class _Queue(Generic[Row]):
    """`following` will write `waiting` as soon as `running` has ended."""

    waiting: list[Row] = field(default_factory=list)
    running: "asyncio.Task[None] | None" = None
    following: "asyncio.Task[None] | None" = None


class Batches(Generic[Row]):
    """`write` takes the rows of a batch, in a thread of its own, and raises for all of them alike."""

    def __init__(self, write: Callable[[Sequence[Row]], None]) -> None:
        self._write = write
        # Tasks belong to an event loop; a server has one.
        self._queues: WeakKeyDictionary[asyncio.AbstractEventLoop, _Queue[Row]] = WeakKeyDictionary()

    async def add(self, row: Row) -> None:
        """Return once the row is written; raise what writing raised."""
        queue = self._queues.setdefault(asyncio.get_running_loop(), _Queue())
        queue.waiting.append(row)
        if queue.following is None:
            queue.following = asyncio.create_task(self._write_next(queue))
        # Whoever hangs up must not take the others' rows along.
        await asyncio.shield(queue.following)

    async def _write_next(self, queue: _Queue[Row]) -> None:
        if queue.running is not None:
            await asyncio.wait([queue.running])
        rows, queue.waiting = queue.waiting, []
        queue.running, queue.following = queue.following, None
        await run_in_threadpool(self._write, rows)
