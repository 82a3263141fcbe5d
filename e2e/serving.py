"""Any ASGI application on a free loopback port, served by uvicorn in a thread.

The socket listens before the thread starts, so a caller can connect at once. An application may hang up on
its client without a word (`scope["hang_up"]`), which is how the stand-ins play a network that drops answers.
"""

import asyncio
import socket
import threading
from typing import Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol


class Serving:
    """A running server. `url` has no trailing slash; `stop()` may be called twice."""

    def __init__(self, app: Any, *, host: str = "127.0.0.1", port: int = 0, name: str = "") -> None:
        # asyncio switches Nagle's delay off only where the protocol is named: 40 ms per answer.
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))
        self._socket.listen(128)
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://{host}:{self.port}"
        config = uvicorn.Config(
            app,
            http=_HangingUp,
            loop="asyncio",
            lifespan="off",
            log_config=None,
            log_level="error",
            access_log=False,
            timeout_graceful_shutdown=1,
            server_header=False,
        )
        self._server = _Server(config)
        self._thread = threading.Thread(target=self._run, name=name or f"serving-{self.port}", daemon=True)

    def start(self) -> "Serving":
        self._thread.start()
        return self

    def stop(self) -> None:
        self._server.end()
        if self._thread.is_alive():
            self._thread.join(timeout=5)
        self._socket.close()

    def __enter__(self) -> "Serving":
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self) -> None:
        self._server.run(sockets=[self._socket])


def serve(app: Any, *, host: str = "127.0.0.1", port: int = 0, name: str = "") -> Serving:
    """Start `app`. `host` only names it in `url`: "localhost" makes another site of it."""
    return Serving(app, host=host, port=port, name=name).start()


class _Server(uvicorn.Server):
    """uvicorn looks ten times a second whether it should end, and waits a tenth more: much, for thousands of tests."""

    _loop: asyncio.AbstractEventLoop | None = None

    def end(self) -> None:
        """Stop now; from any thread, and as often as one likes."""
        self.should_exit = True
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(self._ended.set)

    async def main_loop(self) -> None:
        self._ended = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        # Sets the headers of every answer.
        if not await self.on_tick(0):
            await self._ended.wait()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            connection.shutdown()
        if self.server_state.tasks:
            await asyncio.wait(self.server_state.tasks, timeout=self.config.timeout_graceful_shutdown)
        # Connections that were idle close in the next turn of the loop.
        await asyncio.sleep(0)


class _HangingUp(H11Protocol):
    """uvicorn's protocol, plus a way for the application to drop the connection before it answers."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        inner = self.app

        async def app(scope: Any, receive: Any, send: Any) -> None:
            scope["hang_up"] = self._hang_up
            await inner(scope, receive, send)

        self.app = app

    async def _hang_up(self) -> None:
        self.transport.abort()
        # uvicorn notices in the next turns of its loop; until then it would report an unanswered request.
        for _ in range(3):
            await asyncio.sleep(0)
