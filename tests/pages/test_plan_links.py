"""Offers and plans that belong together lead to each other, and each says what it is for."""

from datetime import date

from portal.actions import plans as actions
from portal.actions import policies
from portal.actions.plans import Terms
from portal.records import agreements
from portal.records.plans import PlanRow
from portal.rules.plans import Shape
from tests.support.plan_site import PlanSite
from tests.support.reading import words

SHAPE = Shape(20_000, 3, "month", date(2026, 3, 31))


def test_a_request_that_was_answered_with_an_offer_leads_to_it(plan_site: PlanSite) -> None:
    asked = plan_site.make(count="9", words="The harvest is late.")
    now = plan_site.clock.now()
    with plan_site.resources.writing() as session:
        offered = actions.counter(
            session, asked, plan_site.account, _terms(plan_site), policy=policies.load(session, now=now), now=now,
            actor="staff:1",
        )  # fmt: skip
    page = plan_site.customer.get(plan_site.page(asked)).text
    assert f"We answered your request with an offer: payment plan {offered.number}" in words(page)
    assert f'href="{plan_site.page(offered)}"' in page
    assert "Answered with an offer" in words(page)
    assert "Answered with an offer" in words(plan_site.customer.get(f"{plan_site.base}/plans").text)
    assert "answered with an offer" not in page


def test_a_plan_that_would_replace_another_says_so_and_leads_to_it_and_back(plan_site: PlanSite) -> None:
    old = plan_site.make()
    plan_site.agree(old)
    new = _offer(plan_site, replaces=plan_site.fresh(old.public_id))
    page = plan_site.customer.get(plan_site.page(new)).text
    assert f"If you agree to it, it takes the place of your plan {old.number}." in words(page)
    assert f'href="{plan_site.page(old)}"' in page
    said = f"This plan takes the place of plan {old.number}, which ends when you agree to this one."
    assert said in words(plan_site.customer.get(plan_site.page(new, "/agreement?option=1")).text)
    plan_site.agree(new)
    with plan_site.resources.reading() as session:
        kept = agreements.of_plan(session, new.id)
    assert kept is not None
    assert kept.terms["clauses"][0]["text"].startswith(said)
    page = plan_site.customer.get(plan_site.page(old)).text
    assert f"Another plan has taken its place: payment plan {new.number}" in words(page)
    assert f'href="{plan_site.page(new)}"' in page


def test_offers_and_plans_name_their_invoices_and_what_of_them(plan_site: PlanSite) -> None:
    offered = _offer(plan_site)
    said = f"It is for: {plan_site.example.number} ($1,000.00)."
    assert said in words(plan_site.customer.get(plan_site.page(offered)).text)
    plan_site.agree(offered)
    assert said in words(plan_site.customer.get(plan_site.page(offered)).text)


def _terms(site: PlanSite) -> Terms:
    return Terms({site.example.id: 100_000}, [SHAPE], date(2026, 3, 16))


def _offer(site: PlanSite, *, replaces: PlanRow | None = None) -> PlanRow:
    now = site.clock.now()
    with site.resources.writing() as session:
        return actions.offer(
            session, site.account, _terms(site), contact_id=None, policy=policies.load(session, now=now), now=now,
            actor="staff:1", replaces=replaces,
        )  # fmt: skip
