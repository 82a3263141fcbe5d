"""Keeps one child process running: started again when it dies, a little later each time, and ended with us."""

import subprocess
import threading
from collections.abc import Sequence

import structlog

_LONGEST_PAUSE_S = 60
_LIVED_LONG_S = 60
_PATIENCE_S = 15

log = structlog.get_logger()


class Supervisor:
    """`start()` returns at once; `stop()` when the child has ended. The child's input is a pipe that closes with us."""

    def __init__(self, command: Sequence[str], *, first_pause_s: float = 1) -> None:
        self._command = list(command)
        self._first_pause_s = first_pause_s
        self._stopping = threading.Event()
        self._lock = threading.Lock()
        self._child: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._keep_running, name="supervisor", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ask the child to end, and make it end if it takes too long."""
        self._stopping.set()
        with self._lock:
            child = self._child
        if child is not None:
            child.terminate()
            try:
                child.wait(_PATIENCE_S)
            except subprocess.TimeoutExpired:
                child.kill()
        self._thread.join()

    def _keep_running(self) -> None:
        pause_s = self._first_pause_s
        while not self._stopping.is_set():
            with self._lock:
                if self._stopping.is_set():
                    return
                child = self._child = subprocess.Popen(self._command, stdin=subprocess.PIPE)  # noqa: S603
            try:
                code = child.wait(_LIVED_LONG_S)
            except subprocess.TimeoutExpired:
                pause_s = self._first_pause_s
                code = child.wait()
            if child.stdin is not None:
                child.stdin.close()
            if self._stopping.is_set():
                return
            log.error("worker.died", exit_code=code, started_again_in_seconds=pause_s)
            self._stopping.wait(pause_s)
            pause_s = min(2 * pause_s, _LONGEST_PAUSE_S)
