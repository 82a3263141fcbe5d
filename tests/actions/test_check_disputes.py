"""`check_books` finds each breach about a dispute that is planted behind the database's back, on past days too."""

from datetime import date

import pytest
from sqlalchemy import text

from portal.actions.check import check_books
from portal.actions.dispute_decisions import Offered
from portal.actions.disputes import Wrong
from portal.records import append_only
from portal.records.tables import APPEND_ONLY
from tests.support.disputing import Complaints
from tests.support.house import House


@pytest.fixture
def disputed(house: House) -> Complaints:
    """One decided in part, one open. Nothing refuses changes any more."""
    found = Complaints(house).on(3, 5)
    found.decide(found.file(), 10_000)
    found.on(3, 8).file(Wrong(1, "short", "9"))
    found.on(3, 12)
    with house.resources.writing() as session:
        append_only.unguard(session, APPEND_ONLY)
    return found


def breaches(complaints: Complaints) -> list[str]:
    with complaints.house.resources.reading() as session:
        found = check_books(session, now=complaints.house.clock.now()).breaches
    return [f"{each.invariant}: {each.subject} {each.sentence}" for each in found]


@pytest.mark.parametrize(
    ("change", "breach"),
    [
        (
            "UPDATE dispute_moves SET disputed_net_cents = disputed_net_cents + 1 WHERE dispute_id = 2",
            "6: dispute D-00002 holds 7841 still of 7840 that is disputed and not approved",
        ),
        (
            "UPDATE dispute_lines SET disputed_net_cents = disputed_net_cents - 1 WHERE dispute_id = 2",
            "6: dispute D-00002 holds 7840 still of 7839 that is disputed and not approved",
        ),
        (
            "UPDATE dispute_moves SET clock_net_cents = 0 WHERE clock_net_cents > 0",
            "5: dispute D-00001 left the discount clock of 800 running, and 10800 is left of it",
        ),
        (
            "UPDATE disputes SET state = 'in_review' WHERE id = 2",
            "6: dispute D-00002 is in another state than its last move says",
        ),
        (
            "UPDATE disputes SET reply_by = NULL WHERE id = 2",
            "6: dispute D-00002 is open without a day by which somebody answers, or has one though it is closed",
        ),
        (
            "UPDATE disputes SET reply_by = filed_on WHERE id = 1",
            "6: dispute D-00001 is open without a day by which somebody answers, or has one though it is closed",
        ),
        (
            "UPDATE dispute_lines SET approved_net_cents = 10001 WHERE dispute_id = 1",
            "3: dispute D-00001 credit memos over 10800 were written for it, 10801 is approved",
        ),
        (
            "UPDATE credits SET reason = 'as promised'",
            "3: dispute D-00001 credit memos over 0 were written for it, 10800 is approved",
        ),
        (
            "UPDATE dispute_lines SET disputed_net_cents = 77761 WHERE dispute_id = 2",
            "6: invoice Nor-1 78401 of a line is disputed or was credited for that, the line is over 78400",
        ),
    ],
)
def test_each_planted_breach_is_named(disputed: Complaints, change: str, breach: str) -> None:
    assert breaches(disputed) == []
    with disputed.house.resources.writing() as session:
        session.execute(text(change))
    assert breach in breaches(disputed)


def test_whatever_was_done_with_it_the_books_hold(house: House) -> None:
    complaints = Complaints(house).on(3, 5)
    dispute = complaints.file(Wrong(1, "damaged", "1"), Wrong(2, "tax", ""))
    complaints.decline(dispute, complaints.offer(dispute, Offered("replacement")))
    complaints.on(3, 9).decide(dispute, 100, 100)
    complaints.on(3, 10).reopen(dispute)
    complaints.on(3, 11).decide(dispute, 0, 0)
    complaints.on(3, 12)
    assert complaints.invoice().item.parts.disputed_cents == 0
    assert complaints.current(dispute).decided_on == date(2026, 3, 11)
    assert breaches(complaints) == []
