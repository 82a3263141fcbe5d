"""What happens in the house: time passes, the worker works, the portal starts again, customers are billed."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from e2e.machine.finding import where
from e2e.machine.move import Move, one_of
from e2e.machine.people import PEOPLE, TERMS, bill
from e2e.machine.town import Town
from portal.actions import policies
from portal.rules.dates import day_ends_at

_PEOPLE = range(1, len(PEOPLE) + 1)


@dataclass(frozen=True, slots=True)
class Minutes(Move):
    line = "clock +{minutes} minutes"
    weight: ClassVar[int] = 8
    minutes: int = one_of(1, 10, 32, 60, 300)

    def act(self, town: Town) -> bool:
        town.clock.move(minutes=self.minutes)
        town.world.tick()
        return True


@dataclass(frozen=True, slots=True)
class Days(Move):
    line = "clock +{days} days"
    weight: ClassVar[int] = 8
    days: int = one_of(1, 1, 2, 3, 7, 9, 40, 400)

    def act(self, town: Town) -> bool:
        town.clock.move(days=self.days)
        town.world.tick()
        return True


@dataclass(frozen=True, slots=True)
class Midnight(Move):
    """Where discounts end, and what is honoured a little longer."""

    line = "clock to the last minute of the seller's day"
    weight: ClassVar[int] = 3

    def act(self, town: Town) -> bool:
        now = town.clock.now()
        with town.resources.reading() as session:
            policy = policies.load(session, now=now)
        left = day_ends_at(policy.today, policy.time_zone) - now
        town.clock.move(minutes=left // timedelta(minutes=1) - 1)
        town.world.tick()
        return True


@dataclass(frozen=True, slots=True)
class Work(Move):
    line = "the worker works"
    weight: ClassVar[int] = 16

    def act(self, town: Town) -> bool:
        return town.work() > 0


@dataclass(frozen=True, slots=True)
class Nightly(Move):
    """What finds again what no webhook has told."""

    line = "the house looks back"
    weight: ClassVar[int] = 3

    def act(self, town: Town) -> bool:
        return town.look_back() > 0


@dataclass(frozen=True, slots=True)
class Restart(Move):
    line = "the portal starts again"
    weight: ClassVar[int] = 2

    def act(self, town: Town) -> bool:
        town.restart()
        return True


@dataclass(frozen=True, slots=True)
class Bill(Move):
    line = "customer {customer} is billed {which} on terms {terms}"
    weight: ClassVar[int] = 5
    customer: int = one_of(*_PEOPLE)
    which: int = one_of(1, 2, 3)
    terms: int = one_of(1, 2, 3)

    def act(self, town: Town) -> bool:
        town.bills += 1
        place = self.customer - 1
        bill(town.resources, place, self.which - 1, where(TERMS, self.terms), number=f"{self.customer}-b{town.bills}")
        return True


HOUSE: tuple[type[Move], ...] = (Minutes, Days, Midnight, Work, Nightly, Restart, Bill)
