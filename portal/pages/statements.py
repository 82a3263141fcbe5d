"""The statement: as a page where paying starts, as a PDF and as a CSV."""

import csv
import io

from starlette.responses import Response

from portal.actions import collection_facts, notices, plan_acceptance, plan_standing, quotes, statements
from portal.actions.policies import Policy
from portal.actions.statements import Standing
from portal.gateways.pdf import PdfFailed, render_pdf
from portal.pages.explanations import load_books, under_way
from portal.records import Session, autopays, charges, disputes, plans
from portal.rules.refusals import Refusal
from portal.rules.walks import balance_walk
from portal.templating import asset_root, currency_digits, render
from portal.views import collections as collections_view
from portal.views import explanations, papers
from portal.views import notices as notices_view
from portal.views import plans as plans_view
from portal.views import statements as view
from portal.web.errors import LinkNeeded
from portal.web.visit import Visit
from portal.wording import Words

# A row of a PDF costs seventeen milliseconds; beyond this many the CSV serves better.
MOST_ROWS = 1_000
# How many lines of how the balance came about; the page has more.
_MOST_STEPS = 40


def show(visit: Visit) -> Response:
    """What is owed, and what of it to pay; a link to one document leads to that one."""
    try:
        standing, policy, words = load(visit)
    except LinkNeeded:
        return visit.see(_document(visit))
    return page(visit, standing, policy, words)


def load(visit: Visit) -> tuple[Standing, Policy, Words]:
    """The account in the address as it stands today, for a browser that may see all of it."""
    with visit.resources.reading() as session:
        policy = visit.policy(session)
        found = visit.access_to_account(session)
        account = found.account
        standing = statements.load(session, account, on=policy.today, policy=policy)
    return standing, policy, policy.words(account.currency)


def page(
    visit: Visit,
    standing: Standing,
    policy: Policy,
    words: Words,
    *,
    refusal: Refusal | None = None,
) -> Response:
    """The statement; with a refusal, it says what was wrong and keeps what was chosen and typed."""
    account = standing.account
    base = f"/a/{account.public_id}"
    keeps = refusal is not None and refusal.field == "charge"
    chosen = frozenset(visit.query.getlist("charge")) if keeps else view.preselected(standing)
    rows = view.open_rows(standing, words, base=base, chosen=chosen)
    minimum = quotes.smallest_sum_cents(policy, account.currency)
    with visit.resources.reading() as session:
        debits = under_way(session, standing)
        open_notices = notices.open_of(session, account.id)
        has_disputes = bool(disputes.of_account(session, account.id))
        account_plans = plans.of_account(session, account.id)
        # An offer that cannot be accepted any more asks for nothing.
        mentioned = [
            (plan, plan_standing.load(session, plan, standing, policy=policy) if plan.state == "active" else None)
            for plan in account_plans
            if plan.state != "offered" or plan_acceptance.is_open(session, plan, standing, policy=policy)
        ]
        announced = collection_facts.next_of_plans(session, [each for _, each in mentioned])
        autopay = _autopay(session, standing, words)
    context = {
        **view.heading(standing, words),
        "offers": view.offers(standing, words),
        "rows": rows,
        "chosen": view.sums(rows, words),
        "errors": [{"field": refusal.field, "text": words.text(refusal.message, **refusal.values)}] if refusal else [],
        "amount_value": visit.query.get("amount", "")[:40] if refusal else "",
        "amount_hint": words.text("The smallest payment is %(amount)s.", amount=words.money(minimum)),
        "currency": account.currency.upper(),
        "digits": currency_digits(account.currency),
        "credit_used": visit.query.get("credit") == "used",
        "under_way": explanations.payments_under_way(debits, words),
        "told": notices_view.told(open_notices, words, base=base),
        "credit": notices_view.credit(standing, open_notices, words, base=base),
        "plans": plans_view.mentioned(mentioned, announced, words, base=base),
        "autopay": autopay,
        "links": {
            "pay": f"{base}/pay",
            "pdf": f"{base}/statement.pdf",
            "csv": f"{base}/statement.csv",
            "history": f"{base}/payments",
            "explanation": f"{base}/explanation",
            "notices": f"{base}/notices",
            "disputes": f"{base}/disputes" if has_disputes else "",
            "methods": f"{base}/methods" if visit.resources.stripe is not None else "",
            "plans": f"{base}/plans" if account_plans else "",
            "new_plan": f"{base}/plans/new" if _can_be_split(standing, policy) else "",
        },
    }
    status = refusal.status if refusal else 200
    return visit.page("statements/show.html", context, policy=policy, account=account, status=status)


def _can_be_split(standing: Standing, policy: Policy) -> bool:
    """Whether what is payable makes two payments that the owner would take without being asked."""
    return standing.statement.balance.payable_cents >= 2 * max(1, policy.plan_least_cents)


def _autopay(session: Session, standing: Standing, words: Words) -> str:
    found = autopays.in_force(session, standing.account.id)
    if found is None:
        return ""
    return collections_view.automatic(collection_facts.next_of_autopay(session, found, standing), words)


def pdf(visit: Visit) -> Response:
    """The statement on paper."""
    standing, policy, words = load(visit)
    if len(standing.statement.rows) > MOST_ROWS:
        raise Refusal("This statement is too long for a PDF. Download it as a CSV instead.")
    with visit.resources.reading() as session:
        books = load_books(session, standing, now=visit.now)
    walk = balance_walk(books.movements, on=standing.on, most=_MOST_STEPS)
    context = {
        **papers.frame(policy, standing.account),
        **view.paper(standing, words),
        "walk": explanations.balance_steps(walk, books, words, base=""),
    }
    return paper(render("pdf/statement.html", context, policy.locale), f"statement-{standing.on.isoformat()}.pdf")


def as_csv(visit: Visit) -> Response:
    """The statement for a spreadsheet, with a byte order mark so that Excel reads its letters."""
    standing, _, _ = load(visit)
    text = io.StringIO()
    csv.writer(text).writerows(view.csv_rows(standing))
    name = f"statement-{standing.on.isoformat()}.csv"
    return Response(
        "\ufeff" + text.getvalue(),
        media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )


def _document(visit: Visit) -> str:
    """The address of what a link to one document opened last."""
    with visit.resources.reading() as session:
        access = visit.access(session)
        account = access.account
        newest = charges.by_id(session, max(access.charge_ids or ()), visit.policy(session).today)
    return f"/a/{account.public_id}/invoices/{newest.public_id}"


def paper(html: str, name: str) -> Response:
    """A PDF to be saved under this name; a Refusal where it could not be drawn."""
    return drawn_paper(draw(html), name)


def draw(html: str) -> bytes:
    """The PDF of a paper; a Refusal where it could not be drawn."""
    try:
        return render_pdf(html, assets=asset_root("static"))
    except PdfFailed:
        raise Refusal("The PDF could not be made at the moment. Please try again in a minute.", status=503) from None


def drawn_paper(drawn: bytes, name: str) -> Response:
    """A PDF that there is already, to be saved under this name."""
    return Response(
        drawn,
        media_type="application/pdf",
        headers={"content-disposition": f'inline; filename="{name}"'},
    )
