"""Requests put to an ASGI application in this very process: all of the application, none of the network."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import uvloop
from starlette.types import ASGIApp, Message


@dataclass(frozen=True, slots=True)
class Ask:
    """A GET of `path`."""

    path: str
    cookie: str = ""


class Caller:
    """An event loop of the kind that uvicorn runs, to call applications from plain code."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)

    def __enter__(self) -> "Caller":
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.close()

    def get(self, app: ASGIApp, ask: Ask) -> bytes:
        """The body of the answer, which must be 200."""
        return self._runner.run(_answer(app, ask))

    def repeat(self, app: ASGIApp, ask: Ask, times: int) -> Callable[[], None]:
        """A piece of work that asks so often, one after the other."""

        async def work() -> None:
            for _ in range(times):
                await _answer(app, ask)

        return lambda: self._runner.run(work())


async def _answer(app: ASGIApp, ask: Ask) -> bytes:
    scope: dict[str, Any] = {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": ask.path,
        "raw_path": ask.path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(b"host", b"127.0.0.1:8000"), (b"cookie", ask.cookie.encode())],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 8000),
    }
    body = bytearray()

    async def receive() -> Message:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: Message) -> None:
        if message["type"] == "http.response.start":
            assert message["status"] == 200, message
        else:
            body.extend(message.get("body", b""))

    await app(scope, receive, send)
    return bytes(body)
