"""The browsers of tests: all of a process ask in one event loop, as all that ask a server do.

Left to itself, starlette’s client makes a loop and new threads for every request: more than a millisecond each time.
"""

from contextlib import ExitStack
from typing import Any

from anyio.from_thread import BlockingPortal, start_blocking_portal
from starlette.testclient import TestClient

_OPENED = ExitStack()
_LOOPS: list[BlockingPortal] = []


class Browser(TestClient):
    """Starlette's client in the loop of all."""

    def __init__(self, *given: Any, **named: Any) -> None:
        super().__init__(*given, **named)
        if not _LOOPS:
            _LOOPS.append(_OPENED.enter_context(start_blocking_portal()))
        [self.portal] = _LOOPS


def close_loop() -> None:
    """At the end of all tests: a process waits for the threads of the loop."""
    _LOOPS.clear()
    _OPENED.close()
