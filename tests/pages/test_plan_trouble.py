"""A plan's page says what is wrong with its automatic payments, and where that is put right."""

from datetime import date

import pytest

from portal.records import collections, saved_methods
from tests.support.plan_site import PlanSite
from tests.support.reading import words


@pytest.mark.parametrize(
    ("state", "why", "sentence"),
    [
        ("confirming", "authentication_required", "Your bank wants you to confirm the payment of $400.00. Confirm it"),
        ("stopped", "lost_card", "$400.00 could not be charged. The bank says that the card was reported lost"),
        ("waiting", "insufficient_funds", "There was not enough money for it. We try again on March 19, 2026."),
        ("waiting", "", None),
        ("stopped", "by_hand", None),
        ("done", "", None),
    ],
)
def test_trouble_with_a_charge(plan_site: PlanSite, state: str, why: str, sentence: str | None) -> None:
    plan = plan_site.make()
    plan_site.agree(plan, "card")
    attempt = plan_site.attempts()[-1]
    plan_site.confirm(attempt)
    plan_site.sync(attempt)
    with plan_site.resources.writing() as session:
        [method] = saved_methods.of_account(session, plan_site.account.id)
        row = collections.add(
            session,
            {
                "account_id": plan_site.account.id, "plan_id": plan.id, "position": 1, "method_id": method.id,
                "state": state, "why": why, "noticed_cents": 40_000, "noticed_on": date(2026, 3, 14),
                "next_on": date(2026, 3, 19), "created_at": plan_site.clock.now(),
            },
        )  # fmt: skip
    page = plan_site.customer.get(plan_site.page(plan)).text
    shown = words(page)
    if sentence is None:
        assert "could not be charged" not in shown
        assert "wants you to confirm" not in shown
    else:
        assert sentence in shown
    assert (f"/collections/{row.public_id}" in page) is (state == "confirming")
