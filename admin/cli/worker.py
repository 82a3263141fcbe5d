"""`portal worker`: does what the web left undone, until it is told to stop."""

import os
import signal
import sys
import threading
from types import FrameType
from typing import Annotated

import typer


def worker(
    with_parent: Annotated[bool, typer.Option("--with-parent", hidden=True, help="End when the input ends.")] = False,
) -> None:
    """Handle waiting events, look after unfinished payments and send letters. Several workers may run."""
    import structlog

    from admin.cli.opening import opened
    from portal.jobs.worker import run

    stop = threading.Event()

    def end(signum: int, frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, end)
    # Ctrl-C reaches both; the parent ends its worker in its own time.
    signal.signal(signal.SIGINT, signal.SIG_IGN if with_parent else end)
    if with_parent:
        # The kernel closes the pipe however the parent ends, kill -9 included.
        threading.Thread(target=_wait_for_end_of_input, args=(stop,), name="parent", daemon=True).start()
    with opened(online=True) as resources:
        structlog.get_logger().info("worker.started", pid=os.getpid())
        run(resources, stop)


def _wait_for_end_of_input(stop: threading.Event) -> None:
    # Not through `sys.stdin`: Python cannot end while a thread waits inside of it.
    while os.read(sys.stdin.fileno(), 1024):
        pass
    stop.set()
