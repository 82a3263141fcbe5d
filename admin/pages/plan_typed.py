"""The form for an offer of a payment plan, as it was typed: which invoices, which options, until when."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date

from admin.web.desk import StaffVisit
from admin.web.typed import Typed
from portal.actions.plans import LONGEST_WORDS, MOST_OPTIONS, Terms, broken, check_expiry
from portal.actions.policies import Policy
from portal.actions.statements import Standing
from portal.rules.plans import EVERY, Every, Shape, check_count, check_down, check_first_on
from portal.rules.refusals import Refusal

NUMBERS = tuple(range(1, MOST_OPTIONS + 1))
_EVERY: Mapping[str, Every] = {each: each for each in EVERY}


@dataclass(frozen=True, slots=True)
class Written:
    """What was written. `covered` is cents by charge; `shapes` are by the number of their option, None for one that
    makes no sense, which has one of the `problems`."""

    covered: Mapping[int, int]
    shapes: Mapping[int, Shape | None]
    problems: Mapping[int, str]
    expires_on: date | None
    words: str
    despite_credit: bool

    @property
    def total_cents(self) -> int:
        return sum(self.covered.values())

    def terms(self, policy: Policy) -> Terms:
        """As an offer, of a form in which nothing is wrong."""
        shapes = [shape for shape in self.shapes.values() if shape]
        expires_on = self.expires_on or policy.today
        return Terms(self.covered, shapes, expires_on, self.words, self.despite_credit)


def read(visit: StaffVisit, typed: Typed, standing: Standing, there: Mapping[int, int], policy: Policy) -> Written:
    """What the form says; whatever is wrong is kept in `typed`. `there` is what can be covered, in cents by charge."""
    covered = _covered(visit, typed, standing, there)
    total_cents = sum(covered.values())
    shapes: dict[int, Shape | None] = {}
    problems: dict[int, str] = {}
    for place in NUMBERS:
        if place > 1 and not (typed.text(f"count-{place}") or typed.text(f"down-{place}")):
            continue
        before = len(typed.errors)
        shapes[place] = _shape(visit, typed, place, total_cents, policy, currency=standing.account.currency)
        if len(typed.errors) > before:
            problems[place] = typed.errors[before]["text"]
    expires_on = typed.day("expires_on", needed="Enter the last day on which it can be accepted.")
    if expires_on is not None:
        _check(typed, "expires_on", lambda: check_expiry(expires_on, policy=policy))
    return Written(
        covered,
        shapes,
        problems,
        expires_on,
        visit.form.get("words", "").strip()[:LONGEST_WORDS],
        visit.form.get("despite_credit") == "yes",
    )


def _covered(visit: StaffVisit, typed: Typed, standing: Standing, there: Mapping[int, int]) -> dict[int, int]:
    wanted = frozenset(visit.form.getlist("charge"))
    found = {charge_id: cents for charge_id, cents in there.items() if standing.charges[charge_id].public_id in wanted}
    if not wanted:
        typed.wrong("charge", "Choose at least one invoice.")
    elif len(found) < len(wanted):
        typed.wrong("charge", "One of these invoices cannot be put on a plan any more. Look at what is left.")
    return found


def _shape(
    visit: StaffVisit, typed: Typed, place: int, total_cents: int, policy: Policy, *, currency: str
) -> Shape | None:
    down_cents = typed.amount(f"down-{place}", currency, policy.locale) or 0
    count = _count(typed, f"count-{place}")
    every = _EVERY.get(visit.form.get(f"every-{place}", ""))
    if every is None:
        typed.wrong(f"every-{place}", "Choose how often they pay.")
    first_on = typed.day(f"first_on-{place}", needed="Enter the day of the first payment.")
    # Each by itself, whatever is wrong with the others; what they come to together only once each may be.
    if count is not None:
        _check(typed, f"count-{place}", lambda: check_count(count))
    if first_on is not None:
        _check(typed, f"first_on-{place}", lambda: check_first_on(first_on, today=policy.today))
    if total_cents:
        _check(typed, f"down-{place}", lambda: check_down(down_cents, total_cents, currency=currency))
    fields = {f"{name}-{place}" for name in ("down", "count", "every", "first_on")}
    if count is None or every is None or first_on is None or any(each["field"] in fields for each in typed.errors):
        return None
    shape = Shape(down_cents, count, every, first_on)
    if total_cents:
        _check(typed, f"count-{place}", lambda: broken(total_cents, shape, currency=currency, policy=policy))
    return shape


def _check(typed: Typed, field: str, checking: Callable[[], object]) -> None:
    try:
        checking()
    except Refusal as refusal:
        typed.wrong(field, refusal.sentence)


def _count(typed: Typed, field: str) -> int | None:
    text = typed.text(field)
    if text.isascii() and text.isdigit() and len(text) < 10:
        return int(text)
    typed.wrong(field, "Enter how many payments, such as 3.")
    return None


def values(visit: StaffVisit, begins: Mapping[str, str]) -> dict[str, str]:
    """Every field as it was sent, or as the form begins."""
    empty = {f"{name}-{place}": "" for place in NUMBERS for name in ("down", "count", "first_on")}
    others = {"expires_on": "", "words": "", "contact": "", "despite_credit": ""}
    rhythm = {f"every-{place}": "month" for place in NUMBERS}
    sent = {key: value[:LONGEST_WORDS] for key, value in visit.form.items()}
    return {**empty, **others, **rhythm, **(sent or begins)}


def chosen(visit: StaffVisit, otherwise: Collection[str]) -> Collection[str]:
    """The public ids of the invoices that were ticked; what the form begins with where nothing was sent."""
    return visit.form.getlist("charge") if visit.form else otherwise
