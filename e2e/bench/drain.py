"""An inbox full of events, drained by the worker's own job in a process of its own, so that its memory can be seen.

The events are of four types a payment, over and over, and those of one payment lie far apart. Stripe is `Answers`,
which tells from memory and counts: neither the network nor the reading of Stripe's JSON is in these figures. What is:
claiming, finding the attempt, posting with a discount, the letter, closing the events.

Run as a module it is that process: it drains, and prints what it saw as JSON.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select

from e2e.bench.books import opened
from e2e.bench.figures import grid
from e2e.bench.paying import Answers, Payer, add_payers, payer
from portal.actions import inbox
from portal.jobs.worker import run_once
from portal.records import attempts
from portal.records.inbox import EventRow
from portal.records.tables import inbox as inbox_table
from portal.records.tables import payments as payments_table
from portal.resources import Resources

PAYMENTS = 1_000
EVENTS_OF_EACH = 100
_BODY_BYTES = 2_000
_TYPES = ("payment_intent.succeeded", "charge.succeeded", "checkout.session.completed", "charge.updated")
Fresh = Callable[[], AbstractContextManager[str]]


@dataclass(frozen=True, slots=True)
class Drained:
    """`memory` in bytes: before the job's first run, after it, and after the last; a run handles 200 payments."""

    cpu_s: float
    wall_s: float
    reads: int
    runs: int
    memory: Sequence[int]


def report(kinds: dict[str, Fresh]) -> str:
    """A table of its own: there is no floor, and no goal but one read for a payment and memory that stays."""
    head = ("", "events/s", "CPU/event", "CPU/payment", "reads/payment", "runs", "RSS first", "run 1", "last")
    rows = []
    for kind, fresh in kinds.items():
        with fresh() as url:
            events = _fill(url)
            found = _drain_elsewhere(url)
            _check(url)
        rows.append(
            (
                f"{events:,} events, {PAYMENTS:,} payments, {kind}",
                f"{events / found.wall_s:,.0f}",
                f"{found.cpu_s / events * 1e6:,.0f} µs",
                f"{found.cpu_s / PAYMENTS * 1e3:,.1f} ms",
                f"{found.reads / PAYMENTS:.2f}",
                f"{found.runs}",
                *(f"{size / 1e6:,.0f} MB" for size in found.memory),
            )
        )
    return grid("Inbox drained by the worker's job (Stripe told from memory, only counted)", [head, *rows])


def _fill(url: str) -> int:
    """Paid checkouts, and the events that tell of them, stored as if they had come; how many."""
    resources = opened(url)
    now = resources.clock()
    payers = add_payers(resources, PAYMENTS, now=now)
    for place in range(EVENTS_OF_EACH):
        inbox.store(resources, [_event(each, place, now) for each in payers])
    resources.close()
    return PAYMENTS * EVENTS_OF_EACH


def _event(of: Payer, place: int, now: datetime) -> EventRow:
    event_id, kind = f"evt_{place:04}_{of.payment_intent_id}", _TYPES[place % len(_TYPES)]
    checkout_id = of.checkout_id if kind.startswith("checkout") else None
    # Never read again; only its weight matters.
    body = f'{{"id":"{event_id}","type":"{kind}"}}'.ljust(_BODY_BYTES).encode()
    return EventRow(event_id, kind, of.payment_intent_id, checkout_id, body, now)


def _drain_elsewhere(url: str) -> Drained:
    done = subprocess.run([sys.executable, "-m", __name__, url], stdout=subprocess.PIPE, check=True)
    return Drained(**json.loads(done.stdout))


def _drain(url: str) -> Drained:
    resources = opened(url)
    now = resources.clock()
    answers = Answers(_payers(resources, now))
    behind = answers.behind(resources)
    memory, runs = [_resident()], 0
    cpu, wall = time.process_time(), time.perf_counter()
    while run_once(behind, ["inbox"], now=now):
        runs += 1
        if runs == 1:
            memory.append(_resident())
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    memory.append(_resident())
    resources.close()
    return Drained(cpu, wall, answers.reads, runs, memory)


def _payers(resources: Resources, now: datetime) -> list[Payer]:
    with resources.reading() as session:
        return [payer(each.id, number, now) for number, each in enumerate(attempts.unsettled(session))]


def _check(url: str) -> None:
    """Each event handled, each payment posted once."""
    resources = opened(url)
    with resources.reading() as session:
        states = session.execute(select(inbox_table.c.state, func.count()).group_by(inbox_table.c.state)).all()
        posted = session.execute(select(func.count()).select_from(payments_table)).scalar_one()
    resources.close()
    assert [tuple(row) for row in states] == [("handled", PAYMENTS * EVENTS_OF_EACH)], states
    assert posted == PAYMENTS, posted


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


if __name__ == "__main__":
    print(json.dumps(asdict(_drain(sys.argv[1]))))
