"""The worker: what the web left undone, done again and again. Any number of workers may run."""

import threading
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from portal.actions import (
    attempts,
    collections,
    dispute_deadlines,
    history_seals,
    inbox,
    method_care,
    plan_watch,
    reconciliation,
    refunds,
    setups,
    stored_files,
)
from portal.jobs import letters
from portal.resources import Resources

log = structlog.get_logger()


class Job(Protocol):
    """One kind of work: does what is due by `now` and returns how much that was."""

    def __call__(self, resources: Resources, *, now: datetime) -> int: ...


JOBS: Mapping[str, Job] = {
    "inbox": inbox.handle_waiting,
    "attempts": attempts.settle_expired,
    "debits": attempts.settle_debits,
    "refunds": refunds.send_waiting,
    "setups": setups.settle_expired,
    "methods": method_care.watch,
    "announcements": collections.announce,
    "collections": collections.collect,
    "events": inbox.poll,
    "reconciliation": reconciliation.reconcile_nightly,
    "disputes": dispute_deadlines.watch,
    "plans": plan_watch.watch,
    "letters": letters.send_waiting,
    "history": history_seals.seal_waiting,
    "attachments": stored_files.sweep,
}


# What cannot be settled yet stays as it is: Stripe is not asked for it again every second.
_PAUSES: Mapping[str, timedelta] = {
    "attempts": timedelta(minutes=1),
    "debits": timedelta(hours=1),
    "refunds": timedelta(minutes=1),
    "setups": timedelta(minutes=1),
    "methods": timedelta(minutes=10),
    "announcements": timedelta(minutes=10),
    "collections": timedelta(minutes=1),
    "events": timedelta(minutes=1),
    "reconciliation": timedelta(minutes=10),
    "disputes": timedelta(minutes=10),
    "plans": timedelta(minutes=1),
    "history": timedelta(seconds=10),
    "attachments": timedelta(hours=1),
}


def run_once(resources: Resources, jobs: Iterable[str] = tuple(JOBS), *, now: datetime) -> int:
    """These jobs once; one that fails does not keep the others from their turn."""
    done = 0
    for name in jobs:
        try:
            done += JOBS[name](resources, now=now)
        except Exception:  # One of the two places that record whatever goes wrong.
            log.exception("job.failed", job=name)
    return done


def run(resources: Resources, stop: threading.Event, *, pause_seconds: int = 1) -> None:
    """Work until told to stop, with a pause whenever there was nothing to do."""
    last_at: dict[str, datetime] = {}
    while not stop.is_set():
        now = resources.clock()
        due = [name for name in JOBS if is_due(name, last_at.get(name), now)]
        last_at |= dict.fromkeys(due, now)
        if run_once(resources, due, now=now) == 0:
            stop.wait(pause_seconds)


def is_due(name: str, last_at: datetime | None, now: datetime) -> bool:
    """Whether it is time for the job again; a clock that was set back does not stop it."""
    return last_at is None or not timedelta() <= now - last_at < _PAUSES.get(name, timedelta())
