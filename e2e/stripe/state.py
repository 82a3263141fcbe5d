"""Everything the stand-in remembers: objects as on the wire, what they hide, and what falls due when.

Nothing here asks the real clock. While something that fell due is being handled, `now()` is the moment at
which it fell due, however far the clock has leapt since.
"""

import heapq
import random
import string
import threading
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol, runtime_checkable

from e2e.stripe.errors import missing
from e2e.stripe.post import Post, PostOffice

Wire = dict[str, Any]
_LETTERS = string.ascii_letters + string.digits


class Clock(Protocol):
    def now(self) -> datetime: ...


@runtime_checkable
class MovableClock(Clock, Protocol):
    """A clock that the dashboard can move; whoever shares it moves with it."""

    def move(self, *, days: int) -> datetime: ...


class Due(NamedTuple):
    at: datetime
    order: int
    what: str
    object_id: str


@dataclass
class Caller:
    """The API request being answered: events name it. Empty for what the world does by itself."""

    request_id: str | None = None
    idempotency_key: str | None = None


@dataclass
class Business:
    """What Stripe's dashboard and its banks would decide."""

    payment_method_types: tuple[str, ...] = ("card", "us_bank_account")
    bank_days: int = 4
    refund_days: int = 5
    balance_transaction_delay_seconds: int = 0


@dataclass
class State:
    """One Stripe account. Hold `lock` while reading or changing it."""

    clock: Clock
    seed: int = 0
    base_url: str = ""
    livemode: bool = False
    business: Business = field(default_factory=Business)
    send: Post | None = None

    def __post_init__(self) -> None:
        self.lock = threading.RLock()
        self.tables: dict[str, dict[str, Wire]] = {}
        self.hidden: dict[str, dict[str, Any]] = {}
        self.agenda: list[Due] = []
        self.caller = Caller()
        self.post = PostOffice(self.seed, self.send)
        self.moment: datetime | None = None
        self._ids = random.Random(f"ids:{self.seed}")
        self._order = 0

    def now(self) -> datetime:
        return self.moment or self.clock.now()

    def stamp(self) -> int:
        """Now in Stripe's whole seconds."""
        return int(self.now().timestamp())

    def new_id(self, prefix: str, length: int = 24) -> str:
        return prefix + "".join(self._ids.choices(_LETTERS, k=length))

    def counter(self) -> int:
        self._order += 1
        return self._order

    def add(self, thing: Wire, **hidden: Any) -> Wire:
        """Remember an object under its id, with what it never shows."""
        self.tables.setdefault(thing["object"], {})[thing["id"]] = thing
        self.hidden[thing["id"]] = hidden
        return thing

    def all(self, kind: str) -> list[Wire]:
        """Oldest first."""
        return list(self.tables.get(kind, {}).values())

    def get(self, kind: str, object_id: str, *, param: str = "id") -> Wire:
        """The object, or Stripe's `resource_missing`."""
        found = self.tables.get(kind, {}).get(object_id)
        if found is None:
            raise missing(kind, object_id, param=param)
        return found

    def find(self, object_id: str) -> Wire | None:
        """An object of any kind by its id."""
        return next((table[object_id] for table in self.tables.values() if object_id in table), None)

    def at(self, moment: datetime, what: str, object_id: str) -> None:
        """Put on the agenda; `what` names a handler of world.DUE."""
        heapq.heappush(self.agenda, Due(moment, self.counter(), what, object_id))


def business_days_later(moment: datetime, days: int) -> datetime:
    """The same time of day, `days` working days on. Weekends count as holidays, holidays as working days."""
    while days > 0:
        moment += timedelta(days=1)
        if moment.weekday() < 5:
            days -= 1
    return moment


def list_of(data: list[Wire], url: str, *, has_more: bool = False) -> Wire:
    return {"object": "list", "data": data, "has_more": has_more, "url": url}
