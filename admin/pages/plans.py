"""Payment plans: the list, what waits for an answer first, then what is late."""

from collections.abc import Sequence

from starlette.responses import Response

from admin.views import plans as view
from admin.views.cells import Cell
from admin.web import exports, lists
from admin.web.desk import StaffVisit
from admin.web.exports import Value, amount
from admin.web.lists import Choice, Column, Day, List
from portal.actions import plan_standing, statements
from portal.actions.plan_standing import PlanStanding
from portal.actions.policies import Policy
from portal.actions.statements import Standing
from portal.records import Session, accounts
from portal.records.plans_listed import PLANS, PlanListedRow
from portal.rules.methods import shown
from portal.rules.plans import KEPT

ADDRESS = "/admin/plans"
LIST = List(
    address=ADDRESS,
    title="Payment plans",
    noun=("plan", "plans"),
    columns=(
        Column("Plan", "number"),
        Column("Customer", "customer"),
        Column("State", "health"),
        Column("Total", "total", is_number=True),
        Column("Left", "left", is_number=True),
        Column("Next"),
        Column("Paid"),
        Column("Made", "made", from_the_last=True),
    ),
    empty="There are no payment plans yet. Customers make them on their statement, you on the page of a customer.",
    searches="Number or customer",
    filters=(
        Choice("state", "State", "All", {"kept": "Being kept", **view.STATES}),
        Choice("paid", "Paid", "Any way", {"automatic": "Automatically", "hand": "By hand"}),
        Day("from", "Agreed from"),
        Day("until", "Agreed until"),
    ),
    sort="health",
    only={"customer": "Only those of one customer.", "invoice": "Only those with one invoice on them."},
)
_HEADER = (
    *("number", "customer", "state", "currency", "total", "left", "first_amount", "payments", "paid", "method"),
    *("agreed_on", "ended_on", "make_up_by", "offer_open_until"),
)


def show(visit: StaffVisit) -> Response:
    """All of them, the most urgent first."""
    asked = lists.read(visit, LIST)
    with visit.resources.reading() as session:
        policy = visit.policy(session)
        found = lists.find(session, PLANS, asked, day=policy.today)
        rows = rows_of(session, found.rows, policy)
    return visit.page("admin/lists/show.html", lists.context(LIST, found, rows), policy=policy)


def rows_of(session: Session, found: Sequence[PlanListedRow], policy: Policy) -> Sequence[Sequence[Cell]]:
    """The cells of these rows, with how each plan that is kept stands today."""
    known: dict[int, Standing] = {}
    return [view.row(each, standing_of(session, each, known, policy=policy), policy) for each in found]


def standing_of(
    session: Session, found: PlanListedRow, known: dict[int, Standing], *, policy: Policy
) -> PlanStanding | None:
    """Of a plan that is kept; a customer with several is looked at once (`known`, by account)."""
    plan = found.plan
    if plan.state not in KEPT:
        return None
    if plan.account_id not in known:
        account = accounts.by_id(session, plan.account_id)
        known[plan.account_id] = statements.load(session, account, on=policy.today, policy=policy)
    return plan_standing.load(session, plan, known[plan.account_id], policy=policy)


def _line(found: PlanListedRow, policy: Policy) -> Sequence[Value]:
    plan = found.plan
    paid = ("automatic" if plan.method_id else "by hand") if plan.state in KEPT else ""
    return (
        plan.number,
        found.customer,
        found.health,
        found.currency.upper(),
        amount(plan.total_cents, found.currency),
        None if found.left_cents is None else amount(found.left_cents, found.currency),
        amount(found.down_cents, found.currency),
        found.payments,
        paid,
        shown(found.method, found.last4 or "") if found.method else "",
        plan.accepted_on,
        plan.ended_on,
        plan.cure_by,
        plan.expires_on,
    )


ask_export, export = exports.pages(LIST, PLANS, _HEADER, _line, lambda asked, policy: {"day": policy.today})
