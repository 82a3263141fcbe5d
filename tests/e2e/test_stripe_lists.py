"""Lists as the real library pages through them: since a moment, in pages, broken on the second."""

from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from e2e.stripe import Fault
from tests.e2e.stripe_desk import Desk, open_desk
from tests.support.clock import MovableClock

NAMES = ("events", "payment_intents", "refunds", "disputes", "balance_transactions")


@pytest.fixture
def desk(clock: MovableClock) -> Iterator[Desk]:
    with open_desk(clock) as opened:
        yield opened
        assert opened.world.type_errors == []


def four_days(desk: Desk) -> list[int]:
    """A payment, a refund and a dispute on each of four days; answers their stamps."""
    stamps = []
    for day in range(4):
        stamps.append(int(desk.clock.now().timestamp()))
        intent = desk.paid(10_000 + day)
        desk.world.refund(intent, 100)
        desk.world.dispute(intent)
        desk.clock.move(days=1)
    return stamps


def made(desk: Desk, name: str) -> list[dict[str, Any]]:
    """Newest first."""
    return desk.world.all(name.removesuffix("s"))[::-1]


@pytest.mark.parametrize("name", NAMES)
def test_since_a_moment_in_pages(desk: Desk, name: str) -> None:
    stamps = four_days(desk)
    asking = {"created": {"gte": stamps[1]}, "limit": 2}
    wanted = [each["id"] for each in made(desk, name) if each["created"] >= stamps[1]]
    assert 3 <= len(wanted) < len(made(desk, name))
    lists = getattr(desk.v1, name)
    first = lists.list(asking)
    assert ([each.id for each in first.data], first.has_more) == (wanted[:2], True)
    assert [each.id for each in first.auto_paging_iter()] == wanted
    assert [each.id for each in lists.list(asking | {"starting_after": wanted[1]}).data] == wanted[2:4]
    last = lists.list(asking | {"starting_after": wanted[-2]})
    assert ([each.id for each in last.data], last.has_more) == (wanted[-1:], False)
    later = lists.list({"created": {"gte": stamps[3] + 1}})
    assert (later.data, later.has_more) == ([], False)
    with pytest.raises(stripe.InvalidRequestError) as caught:
        lists.list(asking | {"starting_after": "nothing"})
    assert (caught.value.code, caught.value.param) == ("resource_missing", "starting_after")


@pytest.mark.parametrize("name", NAMES)
def test_what_comes_in_between_pages_neither_repeats_nor_hides_anything(desk: Desk, name: str) -> None:
    four_days(desk)
    wanted = [each["id"] for each in made(desk, name)]
    pages = getattr(desk.v1, name).list({"limit": 3}).auto_paging_iter()
    found = [next(pages).id]
    four_days(desk)
    assert found + [each.id for each in pages] == wanted


def test_events_are_gone_after_thirty_days_and_nothing_else_is(desk: Desk) -> None:
    stamps = four_days(desk)
    desk.clock.move(days=28)
    since = {"created": {"gte": stamps[0]}, "limit": 100}
    days = {each.created for each in desk.v1.events.list(since).auto_paging_iter()}
    assert days == set(stamps[3:])
    for name in NAMES[1:]:
        assert {each.created for each in getattr(desk.v1, name).list(since).data} == set(stamps)
    desk.clock.move(days=1)
    assert desk.v1.events.list(since).data == []


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("kind", ["server_error", "rate_limit", "drop_before", "drop_after"])
def test_a_list_breaks_on_its_second_page(desk: Desk, name: str, kind: str) -> None:
    four_days(desk)
    desk.world.fault(Fault(kind, method="GET", path=f"/v1/{name}", skip=1))  # type: ignore[arg-type]
    lists = getattr(desk.v1, name)
    pages = lists.list({"limit": 2}).auto_paging_iter()
    assert [next(pages).id, next(pages).id] == [each["id"] for each in made(desk, name)[:2]]
    with pytest.raises((stripe.APIError, stripe.RateLimitError, stripe.APIConnectionError)):
        next(pages)
    assert [each.id for each in lists.list({"limit": 2}).auto_paging_iter()] == [
        each["id"] for each in made(desk, name)
    ]
