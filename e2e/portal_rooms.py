"""The portal's site and one worker in a single process, on a clock of the world outside.

Everything is imported at the top, so that whoever is forked from a process that imported this starts at once.
"""

import atexit
import signal
import socket
import tempfile
import threading
from pathlib import Path
from types import FrameType

import uvicorn

import portal.gateways.mailer
import portal.gateways.pdf
import portal.gateways.stripe_checkout  # noqa: F401
from admin.cli.logs import log_to_stderr
from admin.site import create_site
from e2e import crashes as _crashes  # noqa: F401
from e2e.clock import SharedClock
from portal.jobs import worker
from portal.resources import open_resources
from portal.settings import read_settings


def serve(listener: socket.socket, clock_file: Path) -> None:
    """Open what the environment's settings name and answer on the socket until told to stop."""
    log_to_stderr()
    # What a kill leaves behind goes with the folder of whoever killed.
    tempfile.tempdir = str(clock_file.parent)
    resources = open_resources(read_settings(), clock=SharedClock(clock_file).now)
    stop = threading.Event()
    work = threading.Thread(target=worker.run, args=(resources, stop), name="worker", daemon=True)
    work.start()
    config = uvicorn.Config(create_site(resources), log_config=None, access_log=False, timeout_graceful_shutdown=1)
    # uvicorn ends its work and then raises the signal again: as an exit it lets the worker end its own.
    signal.signal(signal.SIGTERM, _exit)
    try:
        uvicorn.Server(config).run(sockets=[listener])
    finally:
        stop.set()
        work.join()
        resources.close()
        # A process of multiprocessing leaves without them, and what draws PDFs would leave its folder behind.
        atexit._run_exitfuncs()


def _exit(signum: int, frame: FrameType | None) -> None:
    raise SystemExit(0)
