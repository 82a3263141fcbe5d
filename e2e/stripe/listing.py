"""Lists: newest first, filtered, cut into pages (https://docs.stripe.com/api/pagination)."""

from collections.abc import Iterable
from typing import Any

from e2e.stripe.errors import missing
from e2e.stripe.state import Wire, list_of

_PAGING = frozenset(("limit", "starting_after", "ending_before", "created", "expand", "types"))


def page(things: Iterable[Wire], given: dict[str, Any], url: str) -> Wire:
    """One page of `things` (oldest first). Whatever else is in `given` must equal the field of that name."""
    wanted = {name: value for name, value in given.items() if name not in _PAGING}
    rows = [each for each in things if _matches(each, wanted, given)]
    rows.reverse()
    limit = given.get("limit", 10)
    if "ending_before" in given:
        rows = rows[: _position(rows, given["ending_before"], "ending_before")]
        return list_of(rows[-limit:], url, has_more=len(rows) > limit)
    if "starting_after" in given:
        rows = rows[_position(rows, given["starting_after"], "starting_after") + 1 :]
    return list_of(rows[:limit], url, has_more=len(rows) > limit)


def _matches(thing: Wire, wanted: dict[str, Any], given: dict[str, Any]) -> bool:
    if any(thing.get(name) != value for name, value in wanted.items()):
        return False
    if "types" in given and thing["type"] not in given["types"]:
        return False
    return "created" not in given or _created(thing["created"], given["created"])


def _created(stamp: int, asked: int | dict[str, int]) -> bool:
    if isinstance(asked, int):
        return stamp == asked
    return (
        stamp > asked.get("gt", stamp - 1)
        and stamp >= asked.get("gte", stamp)
        and stamp < asked.get("lt", stamp + 1)
        and stamp <= asked.get("lte", stamp)
    )


def _position(rows: list[Wire], object_id: str, param: str) -> int:
    for i, each in enumerate(rows):
        if each["id"] == object_id:
            return i
    raise missing("object", object_id, param=param)
