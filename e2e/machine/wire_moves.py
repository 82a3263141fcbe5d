"""What goes wrong on the wire: webhooks late, twice, shuffled, lost or forged, answers of the API lost or refused."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ClassVar

from e2e.machine.finding import newest
from e2e.machine.move import Move, one_of
from e2e.machine.town import Town
from e2e.stripe.faults import Fault
from e2e.stripe.post import Switches

_SWITCHES: dict[str, dict[str, Any]] = {
    "as-usual": {},
    "late": {"late_seconds": 7_200},
    "twice": {"copies": 2},
    "of-two-kinds": {"second_event": True},
    "shuffled": {"shuffle": True},
    "shuffled-and-twice": {"shuffle": True, "copies": 2},
    "half-lost": {"drop_percent": 50},
    "all-lost": {"drop_percent": 100},
    "forged": {"wrong_secret": True},
    "inside-calls": {"inside_call": True},
}
_A_DAY = timedelta(days=1)
_FAULTS = ("drop_before", "drop_after", "conflict", "rate_limit", "server_error")


@dataclass(frozen=True, slots=True)
class Deliver(Move):
    line = "webhooks arrive"
    weight: ClassVar[int] = 24

    def act(self, town: Town) -> bool:
        return town.world.settle() > 0


@dataclass(frozen=True, slots=True)
class Webhooks(Move):
    """How they are from now on."""

    line = "webhooks are {how}"
    weight: ClassVar[int] = 8
    how: str = one_of("as-usual", "as-usual", *_SWITCHES)

    def act(self, town: Town) -> bool:
        with town.world.lock:
            town.world.post.switches = Switches(**_SWITCHES[self.how])
        return True


@dataclass(frozen=True, slots=True)
class Again(Move):
    line = "event {event} comes once more"
    event: int = one_of(1, 2, 3, 5, 8)

    def act(self, town: Town) -> bool:
        event = newest(town.world.all("event"), self.event)
        if event is None:
            return False
        town.world.deliver_again(event["id"])
        return True


@dataclass(frozen=True, slots=True)
class Shelve(Move):
    """One delivery stays on its way until tomorrow while later ones arrive."""

    line = "delivery {delivery} is held up for a day"
    weight: ClassVar[int] = 6
    delivery: int = one_of(1, 2, 3, 4, 5)

    def act(self, town: Town) -> bool:
        with town.world.lock:
            found = newest(town.world.deliveries, self.delivery, lambda each: each.state == "waiting")
            if found is None:
                return False
            found.due_at = town.clock.now() + _A_DAY
        return True


@dataclass(frozen=True, slots=True)
class Broken(Move):
    """Calls of the API go wrong: three in a row are more than Stripe's library tries again."""

    line = "the next {calls} {method} calls end in {kind}"
    weight: ClassVar[int] = 8
    calls: int = one_of(1, 2, 3, 3, 6)
    method: str = one_of("POST", "GET", "any")
    kind: str = one_of(*_FAULTS)

    def act(self, town: Town) -> bool:
        method = "*" if self.method == "any" else self.method
        town.world.fault(Fault(self.kind, method=method, times=self.calls))  # type: ignore[arg-type]
        return True


@dataclass(frozen=True, slots=True)
class Healed(Move):
    line = "the API is well again"

    def act(self, town: Town) -> bool:
        with town.world.lock:
            was_ill = bool(town.world.faults.active)
            town.world.faults.active.clear()
        return was_ill


WIRE: tuple[type[Move], ...] = (Deliver, Webhooks, Again, Shelve, Broken, Healed)
