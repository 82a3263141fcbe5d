"""What a plan is charged with: the words on the page are what is kept of the choice, with who, when and from where."""

import hashlib
from collections.abc import Callable
from html import unescape

import pytest
from sqlalchemy import select

from portal.actions import policies
from portal.records import collections
from portal.records.plans import PlanRow
from portal.records.tables import history
from tests.support.plan_site import PlanSite, hidden
from tests.support.reading import words

UNKNOWN = "We cannot tell when these words were shown to you. Read them again, then press the button."
CHANGED = "The words that you agree to have changed. Read them again, then press the button."


@pytest.mark.parametrize(
    ("kind", "first"),
    [
        (
            "card",
            "I agree that Your company charges Visa •••• 4242 for payment plan P-00001. The card is kept with Stripe",
        ),
        ("ach", "I authorize Your company to debit STRIPE TEST BANK •••• 6789 by electronic debits (ACH) for payment"),
    ],
)
def test_choosing_what_is_saved_keeps_the_words_on_the_page(plan_site_on_both: PlanSite, kind: str, first: str) -> None:
    site = plan_site_on_both
    plan = site.make()
    site.agree(plan)
    method = site.save(kind)
    assert site.chosen(plan) == []
    page = site.customer.get(site.page(plan, "/method")).text
    shown_at = site.clock.now()
    site.clock.move(minutes=7)
    answer = site.customer.post(
        site.page(plan, "/method"),
        data={**hidden(page), "means": method.public_id},
        headers={"user-agent": "Firefox on the ship"},
    )
    assert (answer.status_code, site.fresh(plan.public_id).method_id) == (303, method.id)
    [kept] = site.chosen(plan)
    assert (kept.method_id, kept.kind, kept.name, kept.last4) == (method.id, method.kind, method.name, method.last4)
    assert (kept.exp_month, kept.exp_year) == (method.exp_month, method.exp_year)
    assert (kept.shown_at, kept.agreed_at) == (shown_at, site.clock.now())
    assert (kept.contact_email, kept.address, kept.user_agent) == (
        "ap@northwind.example", "203.0.113.7", "Firefox on the ship"
    )  # fmt: skip
    assert kept.words_sha256 == hashlib.sha256(kept.words.encode()).digest()
    said = unescape(words(page))
    assert all(line in said for line in kept.words.splitlines())
    assert kept.words.startswith(first)
    for part in (
        "$200.00 on Mar 2, 2026; $400.00 on Mar 16, 2026; $400.00 on Mar 23, 2026.",
        "I can withdraw this at any time until a charge is sent",
        "for payment plan P-00001",
    ):
        assert part in kept.words
    with site.resources.reading() as session:
        act = select(history.c.actor, history.c.detail).where(history.c.action == "plan.charging_agreed")
        [(actor, detail)] = session.execute(act).all()
    assert (actor, detail["method"], detail["words_sha256"]) == ("contact:1", method.id, kept.words_sha256.hex())


def test_what_is_paid_is_not_agreed_to_once_more(plan_site: PlanSite) -> None:
    plan = plan_site.make()
    plan_site.agree(plan, "card")
    plan_site.confirm(plan_site.attempts()[-1])
    plan_site.sync(plan_site.attempts()[-1])
    shown = words(plan_site.customer.get(plan_site.page(plan, "/method")).text)
    assert "this is charged: $400.00 on Mar 16, 2026; $400.00 on Mar 23, 2026." in shown
    assert "Nothing is charged now." in shown


def test_what_was_credited_is_not_agreed_to(plan_site: PlanSite) -> None:
    plan = plan_site.make()
    plan_site.agree(plan)
    plan_site.credit("C-1", 15_000, charge=plan_site.example)
    shown = words(plan_site.customer.get(plan_site.page(plan, "/method")).text)
    assert "$200.00 on Mar 2, 2026; $400.00 on Mar 16, 2026; $250.00 on Mar 23, 2026." in shown


def test_what_is_due_already_is_charged_after_its_notice(plan_site: PlanSite) -> None:
    plan = plan_site.make()
    plan_site.agree(plan)
    shown = words(plan_site.customer.get(plan_site.page(plan, "/method")).text)
    assert "$200.00 that is due by Mar 2, 2026 is charged on Mar 4, 2026 at the earliest." in shown
    assert "Nothing is charged now." not in shown


def test_a_company_whose_name_ends_with_a_stop_gets_no_second_one(plan_site: PlanSite) -> None:
    now = plan_site.clock.now()
    with plan_site.resources.writing() as session:
        for key, value in (("seller_name", "Harbor Supply Co."), ("seller_email", ""), ("seller_phone", "")):
            policies.set_policy(session, key, value, effective_on=now.date(), now=now, actor="test")
    plan = plan_site.make()
    terms = words(plan_site.customer.get(plan_site.page(plan, "/agreement?option=1")).text)
    plan_site.agree(plan)
    plan_site.save()
    shown = words(plan_site.customer.get(plan_site.page(plan, "/method")).text)
    for page in (terms, shown):
        assert "by writing to Harbor Supply Co." in page or "By writing to Harbor Supply Co." in page
        assert "Co.." not in page


def test_a_new_one_is_agreed_to_before_it_is_saved_and_pressed_twice_it_is_once(plan_site_on_both: PlanSite) -> None:
    site = plan_site_on_both
    plan = site.make()
    site.agree(plan)
    form = site.choice(plan, "card")
    for _ in range(2):
        answer = site.customer.post(site.page(plan, "/method"), data=form)
        assert answer.headers["location"].startswith(site.settings.stripe_pages)
    [kept] = site.chosen(plan)
    assert (kept.method_id, kept.kind, kept.name) == (None, "card", "")
    assert kept.words.startswith("I let Your company keep this card with Stripe")
    site.customer.post(site.page(plan, "/method"), data=form | {"means": "ach"})
    site.customer.post(site.page(plan, "/method"), data=form)
    assert [row.kind for row in site.chosen(plan)] == ["card", "us_bank_account", "card"]


def test_agreeing_to_a_plan_by_card_keeps_the_words_of_that_too(plan_site_on_both: PlanSite) -> None:
    site = plan_site_on_both
    plan = site.make()
    page = site.customer.get(site.page(plan, "/agreement?option=1")).text
    form = site.terms(plan, "card")
    site.clock.move(minutes=3)
    assert site.customer.post(site.page(plan, "/acceptance"), data=form).status_code == 303
    [kept] = site.chosen(plan)
    assert (kept.kind, kept.method_id, kept.agreed_at) == ("card", None, site.clock.now())
    said = unescape(words(page))
    assert all(line in said for line in kept.words.splitlines())
    assert "$200.00 on Mar 2, 2026; $400.00 on Mar 16, 2026; $400.00 on Mar 23, 2026." in kept.words


def test_by_hand_nothing_is_to_be_charged(plan_site: PlanSite) -> None:
    plan = plan_site.make()
    plan_site.agree(plan, "hand")
    assert plan_site.chosen(plan) == []


def _made_up(site: PlanSite, plan: PlanRow) -> str:
    return "1772463600"


def _changed(site: PlanSite, plan: PlanRow) -> str:
    value = site.choice(plan, "")["shown"]
    return ("A" if value[0] != "A" else "B") + value[1:]


def _of_another_page(site: PlanSite, plan: PlanRow) -> str:
    return site.terms(site.make(charge=site.add("1009", 100_000).public_id))["shown"]


def _of_another_browser(site: PlanSite, plan: PlanRow) -> str:
    return hidden(site.trust(site.visitor()).get(site.page(plan, "/method")).text)["shown"]


@pytest.mark.parametrize("shown", [_made_up, _changed, _of_another_page, _of_another_browser])
def test_words_that_we_did_not_show_are_not_agreed_to(
    plan_site: PlanSite, shown: Callable[[PlanSite, PlanRow], str]
) -> None:
    plan = plan_site.make()
    plan_site.agree(plan)
    method, value = plan_site.save(), shown(plan_site, plan)
    for means in (method.public_id, "card"):
        form = {"means": means, "shown": value}
        answer = plan_site.customer.post(plan_site.page(plan, "/method"), data=form)
        assert (answer.status_code, UNKNOWN in words(answer.text)) == (422, True)
    assert (plan_site.fresh(plan.public_id).method_id, plan_site.chosen(plan)) == (None, [])


def test_words_that_have_changed_are_shown_again(plan_site: PlanSite) -> None:
    plan = plan_site.make()
    plan_site.agree(plan)
    method = plan_site.save()
    form = plan_site.choice(plan, method.public_id)
    plan_site.customer.post(plan_site.page(plan, "/dates"), data={"position": "2", "to": "2026-03-25"})
    answer = plan_site.customer.post(plan_site.page(plan, "/method"), data=form)
    assert (answer.status_code, CHANGED in words(answer.text)) == (422, True)
    assert "$400.00 on Mar 25, 2026" in words(answer.text)
    form = plan_site.choice(plan, method.public_id)
    now = plan_site.clock.now()
    with plan_site.resources.writing() as session:
        policies.set_policy(session, "seller_name", "Harbor", effective_on=now.date(), now=now, actor="test")
    assert plan_site.customer.post(plan_site.page(plan, "/method"), data=form).status_code == 422
    assert (plan_site.fresh(plan.public_id).method_id, plan_site.chosen(plan)) == (None, [])


def test_one_that_has_been_removed_meanwhile_is_not_charged(plan_site: PlanSite) -> None:
    plan = plan_site.make()
    plan_site.agree(plan)
    method = plan_site.save()
    form = plan_site.choice(plan, method.public_id)
    plan_site.customer.post(f"{plan_site.base}/methods/{method.public_id}/removal")
    answer = plan_site.customer.post(plan_site.page(plan, "/method"), data=form)
    assert (answer.status_code, "Choose how you want to pay." in words(answer.text)) == (422, True)
    assert plan_site.chosen(plan) == []


def test_what_is_used_already_is_not_chosen_again(plan_site: PlanSite) -> None:
    plan = plan_site.make()
    plan_site.agree(plan)
    method = plan_site.save()
    form = plan_site.choice(plan, method.public_id)
    for _ in range(2):
        assert plan_site.customer.post(plan_site.page(plan, "/method"), data=form).status_code == 303
    assert len(plan_site.chosen(plan)) == 1


def test_chosen_anew_after_it_was_refused_it_is_agreed_to_anew_and_charged_again(plan_site_on_both: PlanSite) -> None:
    site = plan_site_on_both
    plan = site.make()
    site.agree(plan)
    method = site.save()
    site.customer.post(site.page(plan, "/method"), data=site.choice(plan, method.public_id))
    today = site.clock.now().date()
    with site.resources.writing() as session:
        collections.add(
            session,
            {
                "account_id": site.account.id, "plan_id": plan.id, "position": 1, "method_id": method.id,
                "state": "stopped", "why": "insufficient_funds", "noticed_cents": 40_000, "noticed_on": today,
                "next_on": today, "created_at": site.clock.now(),
            },
        )  # fmt: skip
    site.clock.move(minutes=5)
    unseen = site.customer.post(site.page(plan, "/method"), data={"means": method.public_id})
    assert (unseen.status_code, len(site.chosen(plan))) == (422, 1)
    form = site.choice(plan, method.public_id)
    for _ in range(2):
        assert site.customer.post(site.page(plan, "/method"), data=form).status_code == 303
    assert [row.method_id for row in site.chosen(plan)] == [method.id, method.id]
    with site.resources.reading() as session:
        [row] = collections.of_plan(session, plan.id)
    assert row.why == "chosen"
