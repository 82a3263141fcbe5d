"""What the business has decided, in words: a key's name, its value, and by topic."""

from collections.abc import Sequence

from admin.views.cells import Cell, Head, Link, Table
from admin.views.things import Section
from portal.actions.policies import Policy
from portal.records.policies import PolicyRow
from portal.rules.policy import CATALOGUE

# Topics with the beginnings of their keys; what begins otherwise is for the last.
_TOPICS = (
    ("You", ("seller_", "time_zone", "locale", "currency")),
    ("Terms and discounts", ("default_terms", "discount_")),
    ("Disputes", ("dispute_",)),
    ("Goodwill", ("goodwill_",)),
    ("Late fees", ("late_fee_",)),
    ("Payment plans", ("plan_",)),
    ("Paying and links", ("",)),
)
# Where the key itself makes no good name.
_TITLES = {
    "plan_self_service": "Plans without asking",
    "plan_most_payments": "Most payments",
    "plan_least_cents": "Smallest payment",
    "plan_most_days": "Longest plan",
    "plan_least_down_bp": "Least first amount",
    "plan_first_days": "First payment after it, within",
    "plan_offer_days": "Offers open for",
    "plan_grace_days": "Grace",
    "plan_cure_days": "To make up for it",
}
_UNITS = {"_days": ("day", "days"), "_hours": ("hour", "hours"), "_payments": ("payment", "payments")}


def sections(policy: Policy, rows: Sequence[PolicyRow]) -> Sequence[Section]:
    """Every key with its value today, since when, and what comes next, by topic."""
    by_topic: dict[str, list[list[Cell]]] = {topic: [] for topic, _ in _TOPICS}
    for key in CATALOGUE:
        by_topic[topic_of(key)].append(_row(key, policy, [row for row in rows if row.key == key]))
    heads = [Head("What"), Head("Today"), Head("Since"), Head("To come")]
    return [Section(topic, Table(topic, heads, found)) for topic, found in by_topic.items() if found]


def topic_of(key: str) -> str:
    """The topic that it stands under."""
    return next(topic for topic, beginnings in _TOPICS if key.startswith(beginnings))


def title(key: str) -> str:
    """`late_fee_kind` as `Late fee kind`."""
    return _TITLES.get(key) or key.removesuffix("_cents").removesuffix("_bp").replace("_", " ").capitalize()


def value(key: str, text: str, policy: Policy) -> str:
    """A value as people write it: amounts in the currency of new customers, rates as percent, numbers with their
    unit."""
    words = policy.words(policy.currency)
    if key.endswith("_cents") and text.isdigit():
        return words.money(int(text))
    if key.endswith("_bp") and text.isdigit():
        return words.percent(int(text))
    for ending, units in _UNITS.items():
        if key.endswith(ending) and text.isdigit():
            return f"{text} {units[text != '1']}"
    return text or "Nothing"


def versions(rows: Sequence[PolicyRow], names: dict[str, str], policy: Policy) -> Table:
    """Every version of one key, the last first."""
    words = policy.words(policy.currency)
    return Table(
        "What it was",
        [Head("From"), Head("Value"), Head("Decided"), Head("By")],
        [
            [
                Cell(words.long_day(row.effective_on)),
                Cell(value(row.key, row.value, policy)),
                Cell(words.short_moment(row.set_at)),
                Cell(names.get(row.set_by, row.set_by)),
            ]
            for row in rows
        ],
        "Nobody has decided it yet: the portal's own value holds.",
    )


def link(key: str) -> Link:
    """The page of one key."""
    return Link(title(key), f"/admin/policy/{key}")


def _row(key: str, policy: Policy, rows: Sequence[PolicyRow]) -> list[Cell]:
    words = policy.words(policy.currency)
    past = [row for row in rows if row.effective_on <= policy.today]
    ahead = [row for row in rows if row.effective_on > policy.today]
    to_come = f"{value(key, ahead[0].value, policy)} from {words.long_day(ahead[0].effective_on)}" if ahead else ""
    return [
        Cell(title(key), href=link(key).href, sub=CATALOGUE[key].meaning),
        Cell(value(key, str(getattr(policy, key)), policy)),
        Cell(words.long_day(past[-1].effective_on) if past else "The beginning"),
        Cell(to_come),
    ]
