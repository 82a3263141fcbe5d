"""The forms of payment plans as their customer fills them in: what is said to it, and where each leads."""

import re
from datetime import date
from html import unescape

import pytest

from portal.actions import plans, policies
from portal.records.plans import PlanRow
from portal.rules.plans import Shape
from tests.support.plan_site import PlanSite
from tests.support.reading import words


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("", "Enter an amount, such as 25.00."),
        ("abc", "“abc” is not an amount. Write it like 1234.56."),
        ("0.10", "The smallest payment is $0.50. Enter that or more."),
        ("99999", "$1,000.00 pays all that is left. Enter that or less."),
    ],
)
def test_an_amount_that_cannot_be_paid_for_a_plan_is_mended_on_its_page(
    plan_site: PlanSite, typed: str, sentence: str
) -> None:
    plan = plan_site.make()
    plan_site.agree(plan)
    query = {"plan": plan.public_id, "amount": typed, "ahead": "next"}
    answer = plan_site.customer.get(f"{plan_site.base}/pay", params=query)
    assert answer.status_code == 422
    assert f"Payment plan {plan.number}" in words(answer.text)
    assert words(answer.text).count(sentence) == 2
    assert "<details open>" in answer.text
    field = re.search(r'<input [^>]*name="amount"[^>]*>', answer.text)
    assert field is not None
    assert f'value="{typed}"' in field[0]
    assert 'aria-describedby="amount-error"' in field[0]
    assert re.findall(r'name="ahead" value="(\w+)" checked', answer.text) == ["next"]


def test_an_amount_for_a_plan_that_is_over_is_not_asked_for_again(plan_site: PlanSite) -> None:
    plan = plan_site.make()
    query = {"plan": plan.public_id, "amount": "abc"}
    assert plan_site.customer.get(f"{plan_site.base}/pay", params=query).status_code == 409
    other = {"plan": "nobodys", "amount": "abc"}
    assert plan_site.customer.get(f"{plan_site.base}/pay", params=other).status_code == 404


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ({"down": "-5", "count": "0", "first_on": "2020-01-01"}, ["down", "count", "first_on"]),
        ({"down": "lots", "count": "400", "every": "day", "first_on": "soon"}, ["down", "count", "every", "first_on"]),
        ({"charge": "nothing", "down": "5", "count": "0", "first_on": "soon"}, ["charges", "count", "first_on"]),
    ],
)
def test_everything_that_is_wrong_with_the_terms_is_told_in_the_order_of_the_page(
    plan_site: PlanSite, more: dict[str, str], wrong: list[str]
) -> None:
    wish = plan_site.wish(**more)
    made = plan_site.customer.post(f"{plan_site.base}/plans", data=wish)
    shown = plan_site.customer.get(f"{plan_site.base}/plans/new", params=wish)
    assert (made.status_code, shown.status_code) == (422, 200)
    for answer in (made, shown):
        assert re.findall(r'<li><a href="#(\w+)">', answer.text) == wrong
        assert re.findall(r'<p class="field-error" id="(\w+)-error">', answer.text) == wrong


def test_other_terms_begin_with_those_of_the_plan(plan_site: PlanSite) -> None:
    other = plan_site.add("1009", 50_000)
    plan = plan_site.make(first_on="2026-03-20", every="fortnight")
    [address] = re.findall(r'<a [^>]*href="([^"]+)">Choose other', plan_site.customer.get(plan_site.page(plan)).text)
    page = plan_site.customer.get(unescape(address)).text
    for name, value in (("down", "200.00"), ("count", "2"), ("first_on", "2026-03-20")):
        assert re.search(rf'name="{name}"[^>]* value="{value}"', page), name
    assert re.findall(r'<option value="(\w+)" selected', page) == ["fortnight"]
    assert re.findall(r'name="charge" value="(\w+)" checked', page) == [plan_site.example.public_id]
    assert other.public_id in page


def test_no_plan_is_offered_to_be_made_where_nothing_is_left_for_one(plan_site: PlanSite) -> None:
    assert "Pay in parts" in words(plan_site.customer.get(f"{plan_site.base}/plans").text)
    everything = (plan_site.example, plan_site.invoice, plan_site.other_invoice)
    wish = plan_site.wish(down="600") | {"charge": [each.public_id for each in everything]}
    draft, plan = (plan_site.plan(plan_site.customer.post(f"{plan_site.base}/plans", data=wish)) for _ in range(2))
    plan_site.agree(plan)
    offered = _offer(plan_site, replaces=plan)
    for address in (f"{plan_site.base}/plans", plan_site.page(draft), plan_site.page(offered)):
        page = plan_site.customer.get(address)
        assert page.status_code == 200
        assert "/plans/new" not in page.text
    shown = words(plan_site.customer.get(plan_site.page(offered)).text)
    assert "Read the terms and agree" in shown
    assert "For other dates or amounts, contact us." in shown


def test_a_draft_that_cannot_be_agreed_to_any_more_is_not_asked_for_and_can_be_dropped(plan_site: PlanSite) -> None:
    draft, plan = plan_site.make(), plan_site.make()
    assert words(plan_site.customer.get(plan_site.base).text).count("Finish your payment plan") == 2
    plan_site.agree(plan)
    assert "Finish your payment plan" not in plan_site.customer.get(plan_site.base).text
    listed = words(plan_site.customer.get(f"{plan_site.base}/plans").text)
    assert f"Plan {draft.number} Offer over" in listed
    page = plan_site.customer.get(plan_site.page(draft)).text
    assert "What you owe has changed since this plan was made." in words(page)
    assert f'action="{plan_site.page(draft, "/withdrawal")}"' in page
    assert plan_site.customer.post(plan_site.page(draft, "/withdrawal")).status_code == 303
    assert plan_site.fresh(draft.public_id).state == "withdrawn"
    assert "It was taken back." in words(plan_site.customer.get(plan_site.page(draft)).text)


def test_an_offer_of_the_seller_is_declined_and_not_taken_back(plan_site: PlanSite) -> None:
    plan = _offer(plan_site)
    assert "/withdrawal" not in plan_site.customer.get(plan_site.page(plan)).text
    assert plan_site.customer.post(plan_site.page(plan, "/withdrawal")).status_code == 409
    assert plan_site.customer.post(plan_site.page(plan, "/refusal")).status_code == 303
    assert plan_site.fresh(plan.public_id).state == "declined"
    assert plan_site.customer.get(plan_site.page(plan, "/agreement?option=1")).status_code == 409
    own = plan_site.make()
    assert plan_site.customer.post(plan_site.page(own, "/refusal")).status_code == 409
    assert plan_site.fresh(own.public_id).state == "offered"


def test_what_is_wrong_with_an_agreement_is_told_in_the_order_of_the_page(plan_site: PlanSite) -> None:
    plan = plan_site.make()
    form = plan_site.terms(plan) | {"name": "", "agree": "", "electronic": "", "means": ""}
    page = plan_site.customer.post(plan_site.page(plan, "/acceptance"), data=form).text
    fields = ["means", "agree", "electronic", "name"]
    assert re.findall(r'<li><a href="#(\w+)">', page) == fields
    assert re.findall(r'<p class="field-error" id="(\w+)-error">', page) == fields


def test_the_agreement_leads_back_to_the_plan_or_to_the_offer(plan_site: PlanSite) -> None:
    for plan, named in ((plan_site.make(), "Back to your plan"), (_offer(plan_site), "Back to the offer")):
        assert named in words(plan_site.customer.get(plan_site.page(plan, "/agreement?option=1")).text)


def test_what_was_done_to_a_plan_is_said(plan_site: PlanSite) -> None:
    plan = plan_site.make()
    plan_site.agree(plan, "card")
    plan_site.confirm(plan_site.attempts()[-1])
    plan_site.sync(plan_site.attempts()[-1])
    for path, sent, said in (
        ("/dates", {"position": "2", "to": "2026-03-25"}, "The date is moved."),
        ("/by-hand", {}, "Automatic payments of this plan are stopped. From now on you pay each date yourself."),
    ):
        answer = plan_site.customer.post(plan_site.page(plan, path), data=sent)
        assert answer.status_code == 303
        page = plan_site.customer.get(answer.headers["location"]).text
        assert re.search(r'<p class="notice notice-good" role="status">', page)
        assert said in words(page)
    for rest in ("", "?done=anything"):
        assert "notice-good" not in plan_site.customer.get(plan_site.page(plan, rest)).text


def _offer(plan_site: PlanSite, *, replaces: PlanRow | None = None) -> PlanRow:
    """What the seller offers for the example, open today."""
    now = plan_site.clock.now()
    with plan_site.resources.writing() as session:
        policy = policies.load(session, now=now)
        terms = plans.Terms({plan_site.example.id: 100_000}, [Shape(0, 4, "month", date(2026, 4, 1))], policy.today)
        return plans.offer(
            session, plan_site.account, terms, contact_id=None, policy=policy, now=now, actor="staff:1",
            replaces=replaces,
        )  # fmt: skip
