"""How each figure of the statement came about, and who has started which bank payment that is on its way."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from starlette.responses import Response

from portal.actions import late_fees, statements
from portal.actions.statements import Standing
from portal.records import Session, accounts, attempts, credits, disputes, explanations, ledger
from portal.records.disputes import DisputeRow
from portal.rules.disputes import OPEN
from portal.views import explanations as view
from portal.views.explanations import Books, UnderWay
from portal.web.visit import Visit

# Lines of the balance's walk on the page; what came before them is one line.
MOST_LINES = 200


def show(visit: Visit) -> Response:
    """Each figure of the statement as the walk that made it."""
    with visit.resources.reading() as session:
        policy = visit.policy(session)
        account = visit.access_to_account(session).account
        standing = statements.load(session, account, on=policy.today, policy=policy)
        books = load_books(session, standing, now=visit.now)
        debits = under_way(session, standing)
    words, base = policy.words(account.currency), f"/a/{account.public_id}"
    context = {
        "as_of": words.date(standing.on),
        "sections": view.sections(standing, books, debits, words, base=base, most=MOST_LINES),
        "links": {"statement": base},
    }
    return visit.page("explanations/show.html", context, policy=policy, account=account)


def load_books(session: Session, standing: Standing, *, now: datetime) -> Books:
    """Every movement of the account by that day, and what they name."""
    account_id = standing.account.id
    return Books(
        movements=ledger.of_account(session, account_id, standing.on),
        charges=explanations.charges_of(session, account_id),
        payments={row.id: row for row in ledger.payments_of(session, account_id)},
        credits={row.id: row.number for row in credits.of_account(session, account_id)},
        late_fees=late_fees.drawn(session, account_id, now=now),
        disputes=_disputes(session, account_id),
    )


def _disputes(session: Session, account_id: int) -> Mapping[int, Sequence[DisputeRow]]:
    """The open disputes of the account by their charge, oldest first."""
    found: dict[int, list[DisputeRow]] = defaultdict(list)
    for dispute in reversed(disputes.of_account(session, account_id)):
        if dispute.state in OPEN:
            found[dispute.charge_id].append(dispute)
    return found


def under_way(session: Session, standing: Standing) -> Sequence[UnderWay]:
    """The bank debits that were on their way on the statement's day, in the order in which they were started."""
    found = []
    for attempt_id in standing.under_way:
        attempt = attempts.by_id(session, attempt_id)
        email = accounts.email_of(session, attempt.contact_id) if attempt.contact_id else ""
        found.append(UnderWay(attempt, attempts.quoted(session, attempt_id), email))
    return found
