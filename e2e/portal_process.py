"""The portal as a process of its own, with a clock that can be moved, to be killed and started again.

The starter binds the socket and keeps it: whoever calls while the portal is dead waits in its queue, and the
next process answers at the same address. Run as a module this is that process: production's own rooms, opened on
another clock.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path

_PATIENCE_S = 20


class PortalProcess:
    """`settings` are the PORTAL_ variables without their prefix; the address is added, and the rest of them is unset.

    start() returns at once: the process waits for release() before it opens the database, so that one may be
    filled meanwhile.
    """

    def __init__(self, settings: Mapping[str, str], *, clock_file: Path, first_port: int = 0) -> None:
        self._socket = _listening(first_port)
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self._settings = settings
        self._clock_file = clock_file
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def settings(self) -> dict[str, str]:
        """As the process has them."""
        return dict(self._settings) | {"base_url": self.url}

    def start(self, *, crash: str = "") -> "PortalProcess":
        """Start the process; `crash` is a point of e2e.crashes at which it is to die."""
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PORTAL_")}
        environment |= {f"PORTAL_{name.upper()}": value for name, value in self.settings.items()}
        environment |= {"E2E_CRASH": crash, "E2E_CLOCK": str(self._clock_file)}
        self._process = subprocess.Popen(
            [sys.executable, "-m", __name__, str(self._socket.fileno())],
            stdin=subprocess.PIPE,
            pass_fds=[self._socket.fileno()],
            env=environment,
            # Ctrl-C is for the starter, which then ends this process.
            start_new_session=True,
        )
        return self

    def release(self) -> None:
        """Let the process open its database and answer."""
        stdin = self._running.stdin
        assert stdin is not None
        stdin.write(b"\n")
        stdin.flush()

    def kill(self) -> None:
        """kill -9; returns when the process is gone."""
        self._running.kill()
        self.wait_for_end()

    def wait_for_end(self) -> int:
        """The exit code of the process that ends by itself, negative for a signal. Raises TimeoutExpired."""
        process = self._running
        code = process.wait(_PATIENCE_S)
        if process.stdin is not None:
            process.stdin.close()
        self._process = None
        return code

    def stop(self) -> None:
        """End the process and close the socket; may be called twice."""
        if self._process is not None:
            self._process.terminate()
            try:
                self.wait_for_end()
            except subprocess.TimeoutExpired:
                self.kill()
        self._socket.close()

    @property
    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None:
            raise RuntimeError("the portal is not running")
        return self._process


def _listening(first_port: int) -> socket.socket:
    """A loopback socket on the first free port from there on (0: any)."""
    for port in range(first_port, 65536):
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            listener.close()
            continue
        listener.listen(128)
        return listener
    raise OSError("no free port")


def _serve(listener: socket.socket, clock_file: Path, crash: str) -> None:
    """What the process does: one worker in a thread, and the site."""
    import uvicorn

    from e2e import crashes
    from e2e.clock import SharedClock
    from portal.app import create_app
    from portal.jobs import worker
    from portal.resources import open_resources
    from portal.settings import read_settings

    if crash:
        crashes.install(crash)
    if not sys.stdin.buffer.readline():
        return
    resources = open_resources(read_settings(), clock=SharedClock(clock_file).now)
    stop = threading.Event()
    work = threading.Thread(target=worker.run, args=(resources, stop), name="worker", daemon=True)
    work.start()
    threading.Thread(target=_die_with_starter, name="starter", daemon=True).start()
    config = uvicorn.Config(create_app(resources), log_config=None, access_log=False, timeout_graceful_shutdown=1)
    uvicorn.Server(config).run(sockets=[listener])
    stop.set()
    work.join()
    resources.close()


def _die_with_starter() -> None:
    """However the starter ends, its end of the pipe closes."""
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    _serve(socket.socket(fileno=int(sys.argv[1])), Path(os.environ["E2E_CLOCK"]), os.environ["E2E_CRASH"])
