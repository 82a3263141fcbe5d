"""A minute of the worker in which nothing happens: every kept plan looked at, every account that is charged by itself.

The floor reads the statement of each of these accounts once, which is what both looks rest on.
"""

from datetime import timedelta
from functools import partial

from sqlalchemy import insert, select

from e2e.agreeing import agree
from e2e.bench.books import as_csv, opened
from e2e.bench.figures import Comparison, in_turns
from portal.actions import collections, plan_watch, policies, statements
from portal.actions.access import Access
from portal.actions.imports import import_file
from portal.records import accounts, step_up
from portal.records.tables import sessions
from portal.resources import Resources
from portal.rules.plans import Shape

_PLANS = 200
_INVOICES = 4


def compare(url: str, kind: str) -> list[Comparison]:
    """With so many kept plans, paid by hand, of so many customers."""
    resources = opened(url)
    _add_plans(resources)
    now = resources.clock()
    floor, portal = in_turns(partial(_read, resources), partial(_look, resources), rounds=5, pieces=_PLANS)
    assert plan_watch.watch(resources, now=now) == collections.announce(resources, now=now) == 0
    resources.close()
    return [Comparison(f"a plan of {_INVOICES} invoices, {_PLANS} of them, {kind}", "µs", floor, portal, "cpu", None)]


def _read(resources: Resources) -> None:
    now = resources.clock()
    with resources.reading() as session:
        policy = policies.load(session, now=now)
        for account in accounts.all_accounts(session):
            statements.load(session, account, on=policy.today, policy=policy)


def _look(resources: Resources) -> None:
    now = resources.clock()
    plan_watch.watch(resources, now=now)
    collections.announce(resources, now=now)


def _add_plans(resources: Resources) -> None:
    now = resources.clock()
    issued_on = (now.date() - timedelta(days=1)).isoformat()
    rows = [
        (
            f"Northwind Traders {place}", f"P-{place}", f"ap-{place}@northwind.example", f"{place}-{number}", issued_on,
            "net 30", "Rope, 12 mm", f"{place + 200}.{number:02}", "",
        )
        for place in range(_PLANS)
        for number in range(_INVOICES)
    ]  # fmt: skip
    report = import_file(resources, as_csv(rows), file_name="plans.csv", now=now)
    assert report.invoices == len(rows), report.problems
    with resources.writing() as session:
        policy = policies.load(session, now=now)
        shape = Shape(0, 3, "month", policy.today + timedelta(days=20))
        session.execute(insert(sessions), {"secret_hash": b"s" * 32, "created_at": now, "expires_at": now})
        session_id = session.execute(select(sessions.c.id)).scalar_one()
        for account in accounts.all_accounts(session):
            contact_id = accounts.contacts_of(session, account.id)[0].id
            ends = now + timedelta(days=30)
            device_id = step_up.confirm_device(
                session, contact_id, f"{contact_id:032}".encode(), user_agent="Firefox", now=now, expires_at=ends
            )
            access = Access(session_id, account, contact_id, None)
            agree(session, access, shape, device_id=device_id, policy=policy, now=now)
