"""Rows of many requests in one write: each returns when its row stands, or with the error that kept it out."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest

from portal.web.batches import Batches


def in_a_loop(scenario: Callable[[], Coroutine[None, None, None]]) -> None:
    """In a thread of its own: the browser's loop may be running in this one."""
    with ThreadPoolExecutor(1) as threads:
        threads.submit(lambda: asyncio.run(scenario())).result()


def test_what_comes_while_one_is_written_is_written_together() -> None:
    written: list[list[int]] = []
    may_end = threading.Event()

    def write(rows: Sequence[int]) -> None:
        written.append(list(rows))
        may_end.wait()

    async def scenario() -> None:
        batches = Batches(write)
        first = asyncio.create_task(batches.add(0))
        while not written:
            await asyncio.sleep(0)
        others = [asyncio.create_task(batches.add(number)) for number in range(1, 10)]
        await asyncio.sleep(0)
        may_end.set()
        await asyncio.gather(first, *others)

    in_a_loop(scenario)
    assert written == [[0], list(range(1, 10))]


def test_an_error_reaches_whoever_shared_the_write_and_nobody_else() -> None:
    def write(rows: Sequence[str]) -> None:
        if "bad" in rows:
            raise OSError("disk full")

    async def scenario() -> None:
        batches = Batches(write)
        results = await asyncio.gather(batches.add("good"), batches.add("bad"), return_exceptions=True)
        assert [type(result) for result in results] == [OSError, OSError]
        await batches.add("good")

    in_a_loop(scenario)


def test_whoever_hangs_up_takes_nobody_along() -> None:
    written: list[str] = []

    async def scenario() -> None:
        batches = Batches(written.extend)
        gone = asyncio.create_task(batches.add("gone"))
        stays = asyncio.create_task(batches.add("stays"))
        await asyncio.sleep(0)
        gone.cancel()
        await stays
        with pytest.raises(asyncio.CancelledError):
            await gone

    in_a_loop(scenario)
    assert written == ["gone", "stays"]
