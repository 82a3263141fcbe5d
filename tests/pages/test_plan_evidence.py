"""The evidence of a plan: everything that was agreed, shown, typed and authorized, the same each time it is drawn."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from portal.actions import contacts, plan_evidence, policies, saved_methods
from portal.gateways.pdf import render_pdf
from portal.records import accounts, step_up
from portal.records.plans import PlanRow
from portal.records.saved_methods import MethodRow
from portal.records.tables import devices
from portal.rules.refusals import NotFound
from portal.templating import asset_root
from portal.views import plan_evidence as view
from portal.views.methods import expires
from tests.support.plan_site import PlanSite
from tests.support.reading import words


def html_of(site: PlanSite, plan: PlanRow) -> str:
    with site.resources.reading() as session:
        policy = policies.load(session, now=site.clock.now())
        found = plan_evidence.load(session, plan)
    return view.paper(found, site.account, policy, policy.words("usd"))


def called(method: MethodRow) -> str:
    return f"Visa •••• 4242, {expires(method)}"


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
        *method.consent.splitlines(),
        "A new card, to be saved on Stripe’s page",
        found.chosen[0].words_sha256.hex(),
        "accepted, contact:1, $1,000.00",
        "Payment 1 of 2",
        "If a payment is late",
    ):
        assert text in shown
    first = render_pdf(html, assets=asset_root("static"))
    assert render_pdf(html_of(plan_site, plan), assets=asset_root("static")) == first


@pytest.fixture
def site(plan_site_on_both: PlanSite) -> PlanSite:
    """Its contact has a name."""
    with plan_site_on_both.resources.writing() as session:
        [contact] = accounts.contacts_of(session, plan_site_on_both.account.id)
        accounts.rename_contact(session, contact.id, "Maria Diaz")
    return plan_site_on_both


def test_the_words_of_each_choice_are_in_the_bundle(site: PlanSite) -> None:
    plan = site.make()
    site.agree(plan, "hand")
    method = site.save()
    site.clock.move(hours=2)
    assert site.customer.post(site.page(plan, "/method"), data=site.choice(plan, method.public_id)).status_code == 303
    shown = words(html_of(site, plan))
    [kept] = site.chosen(plan)
    for text in (
        f"Choice of what is charged Card or account {called(method)} Contact Maria Diaz, ap@northwind.example",
        "Words shown 2026-03-02 17:00:00 UTC Agreed to 2026-03-02 17:00:00 UTC Network address 203.0.113.7",
        *kept.words.splitlines(),
        kept.words_sha256.hex(),
    ):
        assert text in shown


def test_what_was_true_when_it_was_agreed_to_stays_in_the_bundle(site: PlanSite) -> None:
    plan = site.make()
    method = site.save()
    site.agree(plan, "hand")
    site.customer.post(site.page(plan, "/method"), data=site.choice(plan, method.public_id))
    before = html_of(site, plan)
    assert "Maria Diaz" in before
    now = site.clock.now()
    # Called otherwise; the browser is another version and shows a code again; Stripe renews the card.
    with site.resources.writing() as session:
        contact = accounts.contacts_of(session, site.account.id)[0]
        contacts.rename(session, contact, "Somebody Else", now=now, actor="staff:1")
        secret = session.execute(select(devices.c.secret_hash)).scalar_one()
        step_up.confirm_device(
            session, contact.id, secret, user_agent="Another browser", now=now, expires_at=now + timedelta(days=1)
        )
        session.execute(update(devices).values(created_at=now + timedelta(days=1)))
    site.house.stripe.renew_card(method.payment_method_id)
    saved_methods.look_again(site.resources, method.payment_method_id, now=now)
    assert html_of(site, plan) == before
    # Removed, and replaced by another card: only what has ended since is added.
    with site.resources.writing() as session:
        contacts.remove(session, contact, now=now, actor="staff:1")
    saved_methods.remove(site.resources, site.account.id, method.public_id, now=now)
    after = words(html_of(site, plan))
    assert after.count(called(method)) == before.count(called(method)) == 2
    for text in ("Maria Diaz, ap@northwind.example", site.chosen(plan)[0].words_sha256.hex(), "method_ended"):
        assert text in after
