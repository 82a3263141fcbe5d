"""`expand[]`: ids become objects, along dotted paths; lists that are left out by default come in.

https://docs.stripe.com/expand
"""

import copy
from typing import Any

from e2e.stripe import typewalk
from e2e.stripe.errors import malformed
from e2e.stripe.state import State, Wire, list_of

DEEPEST = 4


def expand(state: State, answer: Wire, paths: list[str]) -> Wire:
    """A copy of the answer with each path expanded. Raises ApiError 400 for what Stripe cannot expand."""
    expanded = copy.deepcopy(answer)
    for path in paths:
        steps = path.split(".")
        if len(steps) > DEEPEST + (steps[0] == "data"):
            raise malformed(f"You cannot expand more than {DEEPEST} levels: {path}", param="expand")
        _expand(state, expanded, steps, path)
    return expanded


def _expand(state: State, here: Any, steps: list[str], path: str) -> None:
    if not isinstance(here, dict) or not steps:
        return
    step, rest = steps[0], steps[1:]
    if here.get("object") == "list" and step == "data":
        for each in here["data"]:
            _expand(state, each, rest, path)
        return
    if "object" in here:
        _open(state, here, step, path)
    below = here.get(step)
    for each in below if isinstance(below, list) else [below]:
        _expand(state, each, rest, path)


def _open(state: State, thing: Wire, step: str, path: str) -> None:
    if step == "line_items" and thing["object"] == "checkout.session":
        rows = state.hidden[thing["id"]]["lines"]
        thing[step] = list_of(copy.deepcopy(rows[:10]), f"/v1/checkout/sessions/{thing['id']}/line_items",
                              has_more=len(rows) > 10)  # fmt: skip
    elif step == "refunds" and thing["object"] == "charge":
        found = [each for each in reversed(state.all("refund")) if each["charge"] == thing["id"]]
        thing[step] = list_of(copy.deepcopy(found[:10]), f"/v1/charges/{thing['id']}/refunds", has_more=len(found) > 10)
    elif typewalk.is_expandable(thing["object"], step):
        target = state.find(thing[step]) if isinstance(thing.get(step), str) else None
        if target is not None:
            thing[step] = copy.deepcopy(target)
    elif not isinstance(thing.get(step), dict | list):
        raise malformed(f"This property cannot be expanded ({path}).", param="expand")
