"""Crash points: the process kills itself around a commit, a call to Stripe or a stored file, as a power cut would.

Installed from outside by wrapping the house's own functions; the house does not know. A point is a name and a
count, `posting.after_commit:1` being the first time that the transaction of a posting has committed.
"""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from portal.gateways import files, stripe_collecting
from portal.gateways.stripe_checkout import StripeCheckouts
from portal.records import Database, Session, attachments, attempts, collections, inbox, ledger, reversals

# What a transaction is called after: the function that writes what matters in it.
_WRITES: dict[str, tuple[Any, str]] = {
    "attempt": (attempts, "add"),
    "posting": (ledger, "add_payment"),
    "webhook": (inbox, "store"),
    "reversal": (reversals, "add_release"),
}
_ATTACHMENT: dict[str, tuple[Any, str]] = {"attachment": (attachments, "add")}
# Of a charge of a saved method: its intent's id is kept, the try is saved, the try's outcome is known.
_CHARGE: dict[str, tuple[Any, str]] = {
    "intent": (attempts, "change"),
    "try": (collections, "add_try"),
    "outcome": (collections, "tell"),
}
_FILES = {"file.after_write": "write_through", "file.after_rename": "put_in_place"}
_CHARGE_CALLS = ("create_intent", "confirm_off_session")
_CALLS = ("create_checkout", "read_payment", "read_payment_by_intent", "expire_checkout", "create_refund")

POINTS = (
    *(f"{write}.{when}_commit" for write in _WRITES for when in ("before", "after")),
    *(f"stripe.{call}.{when}" for call in _CALLS for when in ("before", "after")),
)
# A charge of a saved method passes them in this order.
CHARGE_POINTS = (
    *(f"attempt.{when}_commit" for when in ("before", "after")),
    *(f"stripe.create_intent.{when}" for when in ("before", "after")),
    *(f"{write}.{when}_commit" for write in ("intent", "try") for when in ("before", "after")),
    *(f"stripe.confirm_off_session.{when}" for when in ("before", "after")),
    *(f"outcome.{when}_commit" for when in ("before", "after")),
)
# Whoever only pays does not pass them.
FILE_POINTS = (*_FILES, *(f"attachment.{when}_commit" for when in ("before", "after")))

_ALL = tuple(dict.fromkeys((*POINTS, *CHARGE_POINTS, *FILE_POINTS)))


class _Fuse:
    """Counts how often its point was passed, and kills the process at the wanted time."""

    def __init__(self, point: str) -> None:
        self.name, _, times = point.partition(":")
        if self.name not in _ALL:
            raise ValueError(f"no crash point {self.name}; there are {', '.join(_ALL)}")
        self._left = int(times or 1)
        self._lock = threading.Lock()

    def passes(self, name: str) -> None:
        if name != self.name:
            return
        with self._lock:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)


def install(where: str) -> None:
    """Die at this point of this process; raises ValueError for a point that does not exist."""
    fuse = _Fuse(where)
    written = threading.local()
    for write, (module, function) in {**_WRITES, **_ATTACHMENT, **_CHARGE}.items():
        setattr(module, function, _noting(getattr(module, function), write, written))
    setattr(Database, "writing", _crashing_writes(Database.writing, fuse, written))  # noqa: B010
    for call in _CALLS:
        setattr(StripeCheckouts, call, _crashing_call(getattr(StripeCheckouts, call), f"stripe.{call}.{{}}", fuse))
    for call in _CHARGE_CALLS:
        crashing = _crashing_call(getattr(stripe_collecting, call), f"stripe.{call}.{{}}", fuse)
        setattr(stripe_collecting, call, crashing)
    for point, function in _FILES.items():
        setattr(files, function, _crashing_afterwards(getattr(files, function), point, fuse))


def _noting(function: Callable[..., Any], write: str, written: threading.local) -> Callable[..., Any]:
    def noting(*args: Any, **kwargs: Any) -> Any:
        # Attempts change in many ways; what matters is the one that keeps an intent's id before it is charged.
        if write != "intent" or (kwargs.get("state") == "open" and "payment_intent_id" in kwargs):
            written.names.add(write)
        return function(*args, **kwargs)

    return noting


def _crashing_writes(
    writing: Callable[[Database], Any], fuse: _Fuse, written: threading.local
) -> Callable[[Database], Any]:
    @contextmanager
    def crashing(database: Database) -> Iterator[Session]:
        names: set[str] = set()
        written.names = names
        with writing(database) as session:
            yield session
            for name in names:
                fuse.passes(f"{name}.before_commit")
        for name in names:
            fuse.passes(f"{name}.after_commit")

    return crashing


def _crashing_call(function: Callable[..., Any], point: str, fuse: _Fuse) -> Callable[..., Any]:
    def crashing(*args: Any, **kwargs: Any) -> Any:
        fuse.passes(point.format("before"))
        answer = function(*args, **kwargs)
        fuse.passes(point.format("after"))
        return answer

    return crashing


def _crashing_afterwards(function: Callable[..., Any], point: str, fuse: _Fuse) -> Callable[..., Any]:
    def crashing(*args: Any, **kwargs: Any) -> Any:
        answer = function(*args, **kwargs)
        fuse.passes(point)
        return answer

    return crashing
