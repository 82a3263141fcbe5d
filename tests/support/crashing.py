"""A worker that dies in the middle of its work, as often as there are places to die: around each commit and each
call to Stripe. What it had committed, and what Stripe had done, stays."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from portal.gateways import stripe_collecting
from portal.gateways.stripe_checkout import StripeCheckouts
from portal.records import Database, Session

_CALLS: tuple[tuple[Any, str], ...] = (
    (stripe_collecting, "create_intent"),
    (stripe_collecting, "confirm_off_session"),
    (stripe_collecting, "cancel_intent"),
    (StripeCheckouts, "read_payment_by_intent"),
)


class Killed(BaseException):
    """Nobody handles this, as nobody handles a power cut."""


class Fuse:
    """Blows at the place of that number, counted from 0; `places` are the names of those that were passed."""

    def __init__(self, at: int) -> None:
        self._at = at
        self.places: list[str] = []

    def passes(self, place: str) -> None:
        self.places.append(place)
        if len(self.places) == self._at + 1:
            raise Killed(place)


@contextmanager
def dying(fuse: Fuse) -> Iterator[None]:
    """Everything that is done in this process until the end passes the fuse."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Database, "writing", _around_commits(Database.writing, fuse))
        for owner, name in _CALLS:
            patch.setattr(owner, name, _around(getattr(owner, name), name, fuse))
        with suppress(Killed):
            yield


def _around(act: Callable[..., Any], name: str, fuse: Fuse) -> Callable[..., Any]:
    def wrapped(*given: Any, **named: Any) -> Any:
        fuse.passes(f"before {name}")
        answer = act(*given, **named)
        fuse.passes(f"after {name}")
        return answer

    return wrapped


def _around_commits(writing: Callable[..., Any], fuse: Fuse) -> Callable[..., Any]:
    @contextmanager
    def wrapped(database: Database) -> Iterator[Session]:
        with writing(database) as session:
            yield session
            fuse.passes("before commit")
        fuse.passes("after commit")

    return wrapped
