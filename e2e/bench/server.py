"""A process of its own that serves webhooks: the portal's, or an endpoint that only verifies (the floor).

Run as a module it is that process. It says its port, then the processor time it has used, each time it is asked,
and ends when its standard input does.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from unittest.mock import patch

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp


class Server:
    """`side` is "portal" or "verify"; `port` is on 127.0.0.1."""

    def __init__(self, side: str, url: str) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, side, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.port = int(self._said())

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        with self._process as process:
            assert process.stdin is not None
            process.stdin.close()

    def cpu_s(self) -> float:
        """What the process has used so far, in all its threads."""
        assert self._process.stdin is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        return float(self._said())

    def _said(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


def _verifying() -> ASGIApp:
    from datetime import UTC, datetime

    from e2e.bench.books import WEBHOOK_SECRET
    from portal.gateways.stripe_webhooks import read_event

    async def receive(request: Request) -> Response:
        body, signature = await request.body(), request.headers.get("stripe-signature")
        read_event(body, signature, secrets=[WEBHOOK_SECRET], now=datetime.now(UTC), live=False)
        return JSONResponse({"received": True})

    return Starlette(routes=[Route("/stripe/webhook", receive, methods=["POST"])])


def _storing(url: str) -> ASGIApp:
    from admin.site import create_site
    from e2e.bench.books import opened
    from portal.pages import stripe_webhook

    async def left_alone(resources: object, subject: str, *, now: object) -> None:
        """In place of `handle_at_once`; not even a thread is started for it."""

    patch.object(stripe_webhook, "handle_at_once", left_alone).start()
    return create_site(opened(url))


def _answer_for_cpu() -> None:
    for _ in sys.stdin:
        print(time.process_time(), flush=True)
    os.kill(os.getpid(), signal.SIGTERM)


def _serve(side: str, url: str) -> None:
    import uvicorn

    from admin.cli.serve import OPTIONS

    app = _storing(url) if side == "portal" else _verifying()
    # asyncio and uvloop switch Nagle's delay off only where the protocol is named.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    print(listener.getsockname()[1], flush=True)
    threading.Thread(target=_answer_for_cpu, daemon=True).start()
    config = uvicorn.Config(app, **OPTIONS | {"log_config": None, "access_log": False})
    uvicorn.Server(config).run(sockets=[listener])


if __name__ == "__main__":
    _serve(sys.argv[1], sys.argv[2])
