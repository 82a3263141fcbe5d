"""Payment plans in every state, for customers of Harbor Supply Co. of their own, over the last two months, and one
customer whose invoices are charged by themselves. Days are gone through one after the other, with the worker at work.
"""

from datetime import datetime, timedelta

from sqlalchemy import select

from e2e.clock import SharedClock
from e2e.post import hand_over
from e2e.sample.company import Bill, Customer, Line
from e2e.sample.customers import account_of
from e2e.sample.plan_steps import (
    Cut,
    Step,
    accepts,
    asks,
    is_changed,
    is_offered,
    is_refused,
    lets_invoices_be_charged,
    pays_by_card,
    person,
    sends_a_cheque,
    waits,
)
from e2e.stripe import StripeWorld
from portal.actions import collections, plan_watch
from portal.records import letters
from portal.records.tables import letters as letters_table
from portal.resources import Resources

_RECENT = timedelta(days=7)

HALYARD = Customer(
    "C-1014",
    "Halyard Sailmakers",
    ("office@halyard.example",),
    (
        Bill("INV-2101", 41, (Line("Sailcloth, 9 oz, per yard", 160, 1_850),)),
        Bill("INV-2118", 12, (Line("Sail thread, waxed, spool", 30, 2_400), Line("Grommets, brass, box", 22, 3_100))),
    ),
)
STONECROP = Customer(
    "C-1015",
    "Stonecrop Nursery",
    ("accounts@stonecrop.example",),
    (
        Bill("INV-2103", 38, (Line("Greenhouse film, 6 mil, roll", 14, 18_600),)),
        Bill("INV-2112", 20, (Line("Drip tubing, 500 ft", 12, 7_250), Line("Shade cloth, 50%", 8, 9_400))),
    ),
)
KETTLE_COVE = Customer(
    "C-1016",
    "Kettle Cove Diner",
    ("kitchen@kettlecove.example",),
    (
        Bill("INV-2098", 52, (Line("Prep table, stainless, 72 in", 3, 68_000), Line("Stock pot, 60 qt", 2, 21_900))),
        Bill("INV-2119", 11, (Line("Sheet pans, full size, dozen", 4, 14_400),)),
    ),
)
OSPREY = Customer(
    "C-1017",
    "Osprey Kayaks",
    ("hello@osprey.example",),
    (Bill("INV-2095", 64, (Line("Paddles, ash, 57 in", 40, 6_800), Line("Dry bags, 20 l", 44, 2_250))),),
)
FERNHILL = Customer(
    "C-1018",
    "Fernhill Dairy",
    ("bills@fernhill.example",),
    (Bill("INV-2100", 45, (Line("Milk cans, 10 gal", 24, 11_900),)),),
)
MARLIN = Customer(
    "C-1019",
    "Marlin Diving School",
    ("desk@marlin.example",),
    (Bill("INV-2097", 55, (Line("Regulator service kit", 18, 9_600), Line("Dive flags, nylon", 20, 1_450))),),
)
CEDAR_POINT = Customer(
    "C-1020",
    "Cedar Point Cabins",
    ("stay@cedarpoint.example",),
    (
        Bill("INV-2093", 70, (Line("Bath towels, set of 20", 9, 18_400),)),
        Bill("INV-2115", 16, (Line("Table lamps, brass", 22, 7_900),)),
    ),
)
PELICAN = Customer(
    "C-1021",
    "Pelican Movers",
    ("dispatch@pelican.example",),
    (Bill("INV-2094", 66, (Line("Moving blankets, dozen", 25, 8_200), Line("Ratchet straps, 27 ft", 60, 1_900))),),
)
LIGHTHOUSE = Customer(
    "C-1022",
    "Lighthouse Laundry",
    ("ap@lighthouse.example",),
    (
        Bill("INV-2107", 33, (Line("Laundry bags, canvas", 30, 1_650),)),
        Bill("INV-2109", 29, (Line("Detergent, 5 gal", 14, 4_800),)),
        Bill("INV-2120", 10, (Line("Garment racks, rolling", 6, 11_200),)),
    ),
)
PLANNING = (HALYARD, STONECROP, KETTLE_COVE, OSPREY, FERNHILL, MARLIN, CEDAR_POINT, PELICAN, LIGHTHOUSE)

# By customer, how many days ago, in their order.
STORIES: dict[Customer, tuple[tuple[int, Step], ...]] = {
    HALYARD: (
        (1, asks(Cut(0, 8, "month", 20),
                 "The yards pay us in autumn, when the boats come out. Until then we can manage this much a month.")),
    ),
    STONECROP: (
        (3, is_offered(Cut(100_000, 3, "month", 30), Cut(0, 4, "fortnight", 10),
                       words="As talked about on the phone: whichever suits the season better. – R.")),
    ),
    KETTLE_COVE: (
        (38, asks(Cut(60_000, 4, "fortnight", 14), number="INV-2098")),
        (38, accepts("Joan Kettle")),
        (38, pays_by_card(60_000, saves=True)),
        (26, waits), (24, waits), (12, waits), (10, waits),
    ),
    OSPREY: (
        (50, asks(Cut(100_000, 3, "month", 30))),
        (50, accepts("Lee Osprey")),
        (46, is_changed("cancel", "As you asked: we start over when the new boats are in.")),
        (32, asks(Cut(75_000, 4, "fortnight", 14))),
        (32, accepts("Lee Osprey")),
        (32, pays_by_card(75_000)),
        (19, sends_a_cheque(74_000, "2207")),
        (4, pays_by_card(74_000)),
    ),
    FERNHILL: (
        (25, asks(Cut(60_000, 3, "month", 14))),
        (25, accepts("Ruth Fern")),
        (25, pays_by_card(60_000)),
        (4, waits),
    ),
    MARLIN: (
        (40, asks(Cut(50_000, 3, "month", 25))),
        (40, accepts("Dana Marlin")),
        (40, pays_by_card(50_000)),
        (17, sends_a_cheque(50_600, "0931")),
        (2, is_changed("pause", "The pool is closed for repairs until the end of next month.")),
    ),
    CEDAR_POINT: (
        (62, asks(Cut(65_600, 2, "fortnight", 14))),
        (62, accepts("Sam Cedar")),
        (62, pays_by_card(65_600)),
        (49, sends_a_cheque(50_000, "5518")),
        (35, sends_a_cheque(50_000, "5533")),
        (6, asks(Cut(0, 6, "month", 30), "We would rather spread this one over the winter.")),
        (5, is_refused("Six months without a first amount are too long for us. Please use the form again with a "
                       "fifth of it today and four payments, which you can have at once.")),
    ),
    PELICAN: (
        (48, asks(Cut(80_000, 4, "fortnight", 14))),
        (48, accepts("Pat Pelican")),
        (48, pays_by_card(80_000)),
        (28, waits), (17, waits),
    ),
    LIGHTHOUSE: ((20, lets_invoices_be_charged), (5, waits), (3, waits), (1, waits)),
}  # fmt: skip


def load(resources: Resources, world: StripeWorld, clock: SharedClock, staff_id: int) -> None:
    """Let it all happen; the customers and their invoices are there already. The clock comes back to where it was."""
    days = sorted({ago for story in STORIES.values() for ago, _ in story}, reverse=True)
    clock.move(days=-days[0])
    people = {customer: person(resources, world, clock, customer, staff_id) for customer in STORIES}
    for ago, following in zip(days, (*days[1:], 0), strict=True):
        _work(resources, world, now=clock.now())
        hand_over(resources, now=clock.now())
        for customer, story in STORIES.items():
            for at, step in story:
                if at == ago:
                    step(people[customer])
        clock.move(days=ago - following)
    _work(resources, world, now=clock.now())
    _put_away(resources, now=clock.now())


def _put_away(resources: Resources, *, now: datetime) -> None:
    """Letters of long ago were read long ago: the mailbox gets those of the last days, which are true still."""
    with resources.writing() as session:
        whose = [account_of(session, customer).id for customer in STORIES]
        old = select(letters_table.c.id).where(
            letters_table.c.state == "waiting",
            letters_table.c.account_id.in_(whose),
            letters_table.c.created_at < now - _RECENT,
        )
        for letter_id in session.execute(old).scalars().all():
            letters.put_off(session, letter_id, state="dropped", next_at=now, error="it was before this house opened")


def _work(resources: Resources, world: StripeWorld, *, now: datetime) -> None:
    """What the worker and Stripe do in a day."""
    world.tick()
    collections.announce(resources, now=now)
    collections.collect(resources, now=now)
    plan_watch.watch(resources, now=now)
