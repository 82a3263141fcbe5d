"""Payment plans in words, as those who work here see them: states, ways to pay, and the rows of their list."""

from collections.abc import Sequence

from admin.views.cells import Cell, money_cell
from portal.actions.plan_standing import PlanStanding
from portal.actions.policies import Policy
from portal.records.plans import OptionRow, PlanRow
from portal.records.plans_listed import PlanListedRow
from portal.rules.methods import shown
from portal.rules.plans import KEPT, Due
from portal.wording import Words

STATES = {
    "requested": "Asked for",
    "late": "Late",
    "offered": "Offered",
    "active": "On time",
    "paused": "Paused",
    "defaulted": "In default",
    "completed": "Paid off",
    "cancelled": "Cancelled",
    "replaced": "Replaced",
    "declined": "Declined",
    "expired": "Not answered in time",
    "withdrawn": "Taken back",
}
_CHIPS = {
    "requested": "new",
    "late": "overdue",
    "offered": "pending",
    "active": "stands",
    "paused": "due_soon",
    "defaulted": "failed",
    "completed": "paid",
}
EVERY = {"week": "Every week", "fortnight": "Every two weeks", "month": "Every month"}


def chip(health: str) -> Cell:
    """How it stands."""
    return Cell(STATES[health], chip=_CHIPS.get(health, "closed"))


def health(plan: PlanRow, found: PlanStanding | None, words: Words) -> Cell:
    """How it stands today, with since when it is late, and until when that can be made up for or answered."""
    late_since = found.late_since(words.today) if found and plan.state == "active" else None
    if late_since is not None or plan.cure_by is not None:
        since = f"since {whole(words.day(late_since))}" if late_since else ""
        until = f"until {whole(words.day(plan.cure_by))} to make up for it" if plan.cure_by else ""
        return Cell(STATES["late"], chip=_CHIPS["late"], sub=", ".join(filter(None, (since, until))))
    shown = chip(plan.state)
    if plan.state == "offered" and plan.expires_on:
        return Cell(shown.text, chip=shown.chip, sub=f"until {whole(words.day(plan.expires_on))}")
    if plan.state == "paused" and plan.paused_on:
        return Cell(shown.text, chip=shown.chip, sub=f"since {whole(words.day(plan.paused_on))}")
    return Cell(shown.text, chip=shown.chip, sub=whole(words.day(plan.ended_on)) if plan.ended_on else "")


def how_paid(plan: PlanRow, method: str | None, last4: str | None) -> Cell:
    """Automatically or by hand, for a plan that is kept."""
    if plan.state not in KEPT:
        return Cell("")
    if plan.method_id is None:
        return Cell("By hand")
    return Cell("Automatic", sub=whole(shown(method or "", last4 or "")))


def row(found: PlanListedRow, standing: PlanStanding | None, policy: Policy) -> Sequence[Cell]:
    """Number, customer, state, total with its payments, left, next, how it is paid, made. `standing` for kept ones."""
    words = policy.words(found.currency)
    plan = found.plan
    following = standing.next if standing else None
    return [
        Cell(plan.number, href=f"/admin/plans/{plan.public_id}"),
        Cell(found.customer, href=f"/admin/customers/{found.customer_public_id}"),
        health(plan, standing, words),
        Cell(words.money(plan.total_cents), sub=counted(found.payments, has_first=found.down_cents > 0)),
        money_cell(words.money(found.left_cents or 0), found.left_cents or 0),
        Cell(whole(words.day(following.due_on)), sub=words.money(following.left_cents)) if following else Cell(""),
        how_paid(plan, found.method, found.last4),
        Cell(words.short_moment(plan.created_at)),
    ]


def whole(text: str) -> str:
    """A date or a card that no line breaks: its last three words hold together, as the name of a bank need not."""
    return "\u00a0".join(text.rsplit(" ", 2))


def payments(count: int) -> str:
    """`1 payment`, `4 payments`."""
    return f"{count} {'payment' if count == 1 else 'payments'}"


def counted(count: int, *, has_first: bool) -> str:
    """`3 payments`, or `First amount, then 3 payments`, as their table numbers them."""
    return f"First amount, {whole(f'then {payments(count)}')}" if has_first else payments(count)


def option_words(option: OptionRow, dues: Sequence[Due], words: Words) -> str:
    """`First amount $400.00, then 3 payments, every month from Dec 1`: its payments are `dues`."""
    first = next(due for due in dues if due.position)
    rhythm = f"{payments(option.times)}, {EVERY[option.every].lower()} from {whole(words.day(first.due_on))}"
    if option.times == 1:
        rhythm = f"{words.money(first.amount_cents)} on {whole(words.day(first.due_on))}"
    return f"First amount {words.money(option.down_cents)}, then {rhythm}" if option.down_cents else rhythm
