"""The evidence of a plan: everything that was agreed, shown, typed and authorized, the same each time it is drawn."""

import pytest

from portal.actions import plan_evidence, policies
from portal.gateways.pdf import render_pdf
from portal.records.plans import PlanRow
from portal.rules.refusals import NotFound
from portal.templating import asset_root
from portal.views import plan_evidence as view
from tests.support.plan_site import PlanSite
from tests.support.reading import words


def html_of(site: PlanSite, plan: PlanRow) -> str:
    with site.resources.reading() as session:
        policy = policies.load(session, now=site.clock.now())
        found = plan_evidence.load(session, plan)
    return view.paper(found, site.account, policy, policy.words("usd"))


def test_the_bundle_has_all_of_it_and_can_be_drawn_again(plan_site: PlanSite) -> None:
    plan = plan_site.make()
    with plan_site.resources.reading() as session, pytest.raises(NotFound):
        plan_evidence.load(session, plan)
    plan_site.agree(plan, "card")
    attempt = plan_site.attempts()[-1]
    plan_site.confirm(attempt)
    plan_site.sync(attempt)
    html = html_of(plan_site, plan)
    shown = words(html)
    with plan_site.resources.reading() as session:
        found = plan_evidence.load(session, plan)
    [method] = found.authorized
    for text in (
        "Ada Payer",
        "ap@northwind.example",
        "203.0.113.7",
        found.agreement.pdf_sha256.hex(),
        "Code sent there and typed in this browser 2026-03-02 15:00:00 UTC",
        method.customer_id,
        method.payment_method_id,
        method.consent.splitlines()[0],
        "accepted, contact:1, $1,000.00",
        "Payment 1 of 2",
        "If a payment is late",
    ):
        assert text in shown
    first = render_pdf(html, assets=asset_root("static"))
    assert render_pdf(html_of(plan_site, plan), assets=asset_root("static")) == first
