"""The portal as a process of its own, with a clock that can be moved, to be killed and started again.

The starter binds the socket and keeps it: whoever calls while the portal is dead waits in its queue, and the
next process answers at the same address. Processes are forked from one that has imported everything, so that a
restart costs nothing; what runs in them are production's own rooms, opened on another clock.
"""

import os
import signal
import socket
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from multiprocessing import get_context, parent_process
from multiprocessing.connection import Connection
from multiprocessing.context import ForkServerProcess
from pathlib import Path

_PATIENCE_S = 60
_FORKS = get_context("forkserver")
_FORKS.set_forkserver_preload(["e2e.portal_rooms"])


class PortalProcess:
    """`settings` are the PORTAL_ variables without their prefix; the address is added, and the rest of them is unset.

    start() returns at once: the process waits for release() before it opens the database, so that one may be
    filled meanwhile.
    """

    def __init__(self, settings: Mapping[str, str], *, clock_file: Path, first_port: int = 0) -> None:
        self._socket = _listening(first_port)
        self.port: int = self._socket.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.settings = dict(settings) | {"base_url": self.url}
        self._clock_file = clock_file
        self._life: _Life | None = None

    def start(self, *, crash: str = "") -> "PortalProcess":
        """Start the process; `crash` is a point of e2e.crashes at which it is to die."""
        gate, waiting = _FORKS.Pipe()
        arguments = (self._socket, self.settings, self._clock_file, crash, waiting)
        process = _FORKS.Process(target=_serve, args=arguments, name="portal", daemon=True)
        process.start()
        waiting.close()
        self._life = _Life(process, gate)
        return self

    def release(self) -> None:
        """Let the process open its database and answer."""
        self._living.gate.send("go")

    def kill(self) -> None:
        """kill -9; returns when the process is gone."""
        self._living.process.kill()
        self.wait_for_end()

    def kill_without_waiting(self) -> None:
        """kill -9, if there is a process; somebody else waits for its end."""
        if (life := self._life) is not None:
            life.process.kill()

    def wait_for_end(self, patience_s: float | None = _PATIENCE_S) -> int:
        """The exit code of the process that ends by itself, negative for a signal."""
        life = self._living
        life.process.join(patience_s)
        if life.process.exitcode is None:
            raise TimeoutError("the portal did not end")
        life.gate.close()
        self._life = None
        return life.process.exitcode

    def stop(self) -> None:
        """End the process and close the socket; may be called twice."""
        if self._life is not None:
            self._life.process.terminate()
            self.wait_for_end()
        self._socket.close()

    def restart(self, *, crash: str = "") -> None:
        """kill -9 to what may still live, and another one in its place that answers."""
        if self._life is not None:
            self.kill()
        self.start(crash=crash).release()

    @property
    def is_alive(self) -> bool:
        """Whether it runs: not started, ended and killed do not."""
        return self._life is not None and self._life.process.is_alive()

    @property
    def pid(self) -> int:
        """The process that runs now."""
        pid = self._living.process.pid
        assert pid is not None
        return pid

    @property
    def _living(self) -> "_Life":
        if self._life is None:
            raise RuntimeError("the portal is not running")
        return self._life


@dataclass(frozen=True, slots=True)
class _Life:
    """One process, and the pipe on which it waits for release."""

    process: ForkServerProcess
    gate: Connection


def _listening(first_port: int) -> socket.socket:
    """A loopback socket on the first free port from there on (0: any)."""
    for port in range(first_port, 65536):
        # asyncio switches Nagle's delay off only where the protocol is named.
        listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
        except OSError:
            listener.close()
            continue
        listener.listen(128)
        return listener
    raise OSError("no free port")


def _serve(
    listener: socket.socket, settings: Mapping[str, str], clock_file: Path, crash: str, gate: Connection
) -> None:
    """What the process does."""
    from e2e import crashes, portal_rooms

    # Ctrl-C is for the starter, which then ends this process.
    os.setsid()
    threading.Thread(target=_die_with_starter, name="starter", daemon=True).start()
    for name in [name for name in os.environ if name.startswith("PORTAL_")]:
        del os.environ[name]
    os.environ.update({f"PORTAL_{name.upper()}": value for name, value in settings.items()})
    if crash:
        crashes.install(crash)
    if gate.recv() == "go":
        portal_rooms.serve(listener, clock_file)


def _die_with_starter() -> None:
    """However the starter ends."""
    starter = parent_process()
    if starter is not None:
        starter.join()
    os.kill(os.getpid(), signal.SIGTERM)
