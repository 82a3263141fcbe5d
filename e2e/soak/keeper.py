"""Starts the portal again whenever it has died, as a supervisor would; each life may have a point to die at."""

import signal
import threading
from collections.abc import Iterator

from e2e.portal_process import PortalProcess


class Keeper:
    """`lives` names the crash point of each life in turn, "" for none; once it is empty, nobody dies any more.

    `kills` are the points at which the portal has died; `surprise` the exit code of one that ended otherwise,
    which is not started again.
    """

    def __init__(self, portal: PortalProcess, lives: Iterator[str]) -> None:
        self.kills: list[str] = []
        self.surprise: int | None = None
        self._portal = portal
        self._lives = lives
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._keep, name="keeper", daemon=True)

    def start(self) -> None:
        """Start the first life."""
        self._thread.start()

    def stop(self) -> None:
        """End the life that is, and start no other. Ending in peace would take half a second."""
        self._stopping.set()
        while self._thread.is_alive():
            self._portal.kill_without_waiting()
            self._thread.join(0.05)

    def _keep(self) -> None:
        while not self._stopping.is_set():
            point = next(self._lives, "")
            self._portal.start(crash=point).release()
            code = self._portal.wait_for_end(None)
            if self._stopping.is_set():
                return
            if code != -signal.SIGKILL:
                self.surprise = code
                return
            self.kills.append(point)
