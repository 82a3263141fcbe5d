"""The worker: what the web left undone, done again and again. Any number of workers may run."""

import threading
from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

import structlog

from portal.actions import attempts, inbox
from portal.jobs import letters
from portal.resources import Resources

log = structlog.get_logger()


class Job(Protocol):
    """One kind of work: does what is due by `now` and returns how much that was."""

    def __call__(self, resources: Resources, *, now: datetime) -> int: ...


JOBS: Mapping[str, Job] = {
    "inbox": inbox.handle_waiting,
    "attempts": attempts.settle_expired,
    "letters": letters.send_waiting,
}


def run_once(resources: Resources, *, now: datetime) -> int:
    """Every job once; one that fails does not keep the others from their turn."""
    done = 0
    for name, job in JOBS.items():
        try:
            done += job(resources, now=now)
        except Exception:  # One of the two places that record whatever goes wrong.
            log.exception("job.failed", job=name)
    return done


def run(resources: Resources, stop: threading.Event, *, pause_seconds: int = 1) -> None:
    """Work until told to stop, with a pause whenever there was nothing to do."""
    while not stop.is_set():
        if run_once(resources, now=resources.clock()) == 0:
            stop.wait(pause_seconds)
