"""What was done, in words, as those who work here see it."""

import json
from collections.abc import Sequence

from admin.views.cells import Cell
from portal.actions.policies import Policy
from portal.records.history_listed import ActRow

_ACTORS = {
    "cli": "Command line",
    "stripe": "Stripe",
    "portal": "The portal itself",
    "letter": "The portal itself, for a letter",
    "customer": "A customer",
    "nobody": "Nobody who is known",
}
_LONGEST = 200


def row(found: ActRow, policy: Policy) -> Sequence[Cell]:
    """When, by whom, what, about whom, the details."""
    return [
        Cell(policy.words(policy.currency).short_moment(found.at)),
        Cell(_actor(found)),
        Cell(_action(found.action), sub=_about(found)),
        Cell(found.customer or "–", href=_account(found)),
        Cell(_detail(found)),
    ]


def _actor(found: ActRow) -> str:
    if found.actor.startswith("link:"):
        return "Whoever holds a link"
    return found.staff or found.contact or _ACTORS.get(found.actor, found.actor)


def _action(action: str) -> str:
    """`staff.role_set` as `Staff: role set`."""
    topic, _, verb = action.partition(".")
    return f"{topic.replace('_', ' ').capitalize()}: {verb.replace('_', ' ')}"


def _about(found: ActRow) -> str:
    return found.charge_number or ""


def _account(found: ActRow) -> str:
    return f"/admin/customers/{found.customer_public_id}" if found.customer_public_id else ""


def _detail(found: ActRow) -> str:
    said = [f"{key.replace('_', ' ')}: {_plain(value)}" for key, value in found.detail.items() if value is not None]
    text = ", ".join(said)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"


def _plain(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
