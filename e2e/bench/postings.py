"""Posting a payment of one invoice with its discount, beside the writes of that posting alone.

The portal's side is the writing transaction of `payments.sync_payment`: from Stripe's facts, read before, to the
commit. The floor is the same transaction as it was heard on a database of the same contents: every INSERT and UPDATE
of it, the statement as the portal built it with the values as it had them, and not one question.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, event
from sqlalchemy.sql.dml import UpdateBase

from e2e.bench.books import opened
from e2e.bench.figures import Comparison, in_turns
from e2e.bench.paying import Payer, add_payers
from portal.actions import payments
from portal.gateways.stripe_values import PaymentFacts
from portal.records import attempts
from portal.records.attempts import AttemptRow
from portal.resources import Resources

_PIECES = 20
_ROUNDS = 9
_ALL = _PIECES * (_ROUNDS + 1)
_GOAL = 1 / 3
Fresh = Callable[[], AbstractContextManager[str]]
Write = tuple[UpdateBase, Any]


class Paid(NamedTuple):
    """What `sync_payment` has read before it writes."""

    attempt: AttemptRow
    facts: PaymentFacts


def compare(fresh: Fresh, kind: str) -> list[Comparison]:
    """`fresh` gives the address of a migrated, empty database, for as long as the context lasts."""
    with ExitStack() as stack:
        heard, floor_house, house = (opened(stack.enter_context(fresh())) for _ in range(3))
        now = house.clock()
        payers, *_ = [add_payers(each, _ALL, now=now) for each in (heard, floor_house, house)]
        writes = [_writes(heard, each, now) for each in _read(heard, payers)]
        left, to_post = iter(writes), iter(_read(house, payers))
        floor, portal = in_turns(
            lambda: _replay(floor_house, left),
            lambda: _post(house, to_post, now),
            rounds=_ROUNDS,
            pieces=_PIECES,
        )
        for each in (heard, floor_house, house):
            each.close()
    name = f"one payment, {len(writes[0])} statements that write, {kind}"
    return [
        Comparison(name, "µs", floor, portal, "cpu", _GOAL),
        Comparison(name, "µs", floor, portal, "wall", _GOAL),
    ]


def _read(resources: Resources, payers: Sequence[Payer]) -> list[Paid]:
    with resources.reading() as session:
        return [Paid(attempts.by_id(session, payer.attempt_id), payer.facts) for payer in payers]


def _post(resources: Resources, paid: Iterator[Paid], now: datetime) -> None:
    for _ in range(_PIECES):
        _post_one(resources, next(paid), now)


def _post_one(resources: Resources, paid: Paid, now: datetime) -> None:
    with resources.writing() as session:
        assert payments.bring_in(session, paid.attempt, paid.facts, now=now)


def _writes(resources: Resources, paid: Paid, now: datetime) -> Sequence[Write]:
    """What posting this payment executes, without the questions."""
    heard: list[Write] = []

    def hear(connection: Connection, clause: object, multi: Any, params: Any, options: object) -> None:
        if isinstance(clause, UpdateBase):
            heard.append((clause, multi or params))

    event.listen(resources.database.writer, "before_execute", hear)
    _post_one(resources, paid, now)
    event.remove(resources.database.writer, "before_execute", hear)
    return heard


def _replay(resources: Resources, transactions: Iterator[Sequence[Write]]) -> None:
    for _ in range(_PIECES):
        with resources.writing() as session:
            for statement, values in next(transactions):
                session.execute(statement, values)
