"""Making a payment plan, agreeing to it and following it, as a customer's browser sees it."""

import hashlib

import pytest

from portal.actions import policies
from portal.records import agreements, plans
from portal.rules.plans import Shape
from tests.support.plan_site import PlanSite, hidden
from tests.support.reading import words


def test_the_statement_leads_to_the_form(plan_site: PlanSite) -> None:
    assert f"{plan_site.base}/plans/new" in plan_site.customer.get(plan_site.base).text


def test_the_form_starts_with_a_plan_within_the_limits(plan_site: PlanSite) -> None:
    page = plan_site.customer.get(f"{plan_site.base}/plans/new")
    shown = words(page.text)
    assert "Go on with this plan" in shown
    assert "Ask for this plan" not in shown
    assert 'name="down"' in page.text


def test_dates_and_amounts_are_shown_before_anything_is_made(plan_site: PlanSite) -> None:
    page = plan_site.customer.get(f"{plan_site.base}/plans/new", params=plan_site.wish())
    shown = words(page.text)
    assert "First amount Mar 2, 2026 $200.00" in shown
    assert "Payment 1 of 2 Mar 16, 2026 $400.00" in shown
    assert "Payment 2 of 2 Mar 23, 2026 $400.00" in shown
    with plan_site.resources.reading() as session:
        assert plans.of_account(session, plan_site.account.id) == []


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"down": "lots"}, "“lots” is not an amount"),
        ({"down": "1000"}, "The first amount must be less than the whole"),
        ({"count": "three"}, "Enter how many payments, such as 3."),
        ({"down": "-5"}, "This is below zero. Write an amount like 1234.56, or leave it empty."),
        ({"count": "0"}, "Choose from 1 to 60 payments."),
        ({"count": "400"}, "Choose from 1 to 60 payments."),
        ({"count": "1000"}, "Choose from 1 to 60 payments."),
        ({"first_on": "9999-12-31"}, "That day is too far off. Choose a sooner day."),
        ({"every": "day"}, "Choose how often you want to pay."),
        ({"first_on": "soon"}, "Enter the day of the first payment."),
        ({"first_on": "2026-03-01"}, "The first payment cannot be in the past."),
        ({"charge": "nothing"}, "Choose at least one invoice."),
        ({"count": "9"}, "Tell us in a few words why you need this plan."),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_is_kept(
    plan_site: PlanSite, more: dict[str, str], sentence: str
) -> None:
    answer = plan_site.customer.post(f"{plan_site.base}/plans", data=plan_site.wish(**more))
    assert answer.status_code == 422
    assert sentence in words(answer.text)
    for name, value in more.items():
        if name in ("down", "count"):
            assert f'name="{name}"' in answer.text
            assert f'value="{value}"' in answer.text


def test_sent_too_often_the_forms_keep_what_was_typed(plan_site: PlanSite) -> None:
    plan = plan_site.make()
    agreement, wish = plan_site.terms(plan) | {"name": ""}, plan_site.wish(count="9", words="")
    for address, form in ((plan_site.page(plan, "/acceptance"), agreement),
                          (f"{plan_site.base}/plans", wish)):  # fmt: skip
        assert plan_site.customer.post(address, data=form).status_code == 422
    for _ in range(27):
        plan_site.customer.post(f"{plan_site.base}/plans", data=wish)
    request = plan_site.customer.post(f"{plan_site.base}/plans", data=wish | {"words": "The harvest is late."})
    signed = plan_site.customer.post(plan_site.page(plan, "/acceptance"), data=agreement | {"name": "Ada Payer"})
    for answer, kept in ((request, "The harvest is late."), (signed, 'value="Ada Payer"')):
        assert answer.status_code == 429
        assert "Wait a few minutes, then try again." in words(answer.text)
        assert kept in answer.text
    assert plan_site.fresh(plan.public_id).state == "offered"


def test_a_request_waits_for_the_owner_and_can_be_taken_back(plan_site: PlanSite) -> None:
    plan = plan_site.make(count="9", words="The harvest <b>is</b> late.")
    assert plan.state == "requested"
    assert "Waiting for our answer" in plan_site.customer.get(plan_site.page(plan)).text
    assert plan_site.customer.post(plan_site.page(plan, "/withdrawal")).status_code == 303
    assert plan_site.fresh(plan.public_id).state == "withdrawn"
    assert plan_site.customer.post(plan_site.page(plan, "/withdrawal")).status_code == 409


def test_agreeing_needs_the_code(plan_site: PlanSite) -> None:
    plan = plan_site.make()
    stranger = plan_site.visitor()
    assert "Read the terms and agree" in stranger.get(plan_site.page(plan)).text
    for answer in (
        stranger.get(plan_site.page(plan, "/agreement?option=1")),
        stranger.get(plan_site.page(plan, "/agreement.pdf?option=1")),
        stranger.post(plan_site.page(plan, "/acceptance"), data=plan_site.terms(plan)),
        stranger.get(plan_site.page(plan, "/method")),
    ):
        assert (answer.status_code, "/code?to=" in answer.headers.get("location", "")) in ((303, True), (409, False))
    assert plan_site.fresh(plan.public_id).state == "offered"


def test_agreeing_keeps_what_was_shown(plan_site: PlanSite) -> None:
    plan = plan_site.make()
    draft = plan_site.customer.get(plan_site.page(plan, "/agreement.pdf?option=1"))
    answer = plan_site.agree(plan)
    assert answer.headers["location"] == plan_site.page(plan)
    with plan_site.resources.reading() as session:
        kept = agreements.of_plan(session, plan.id)
    assert kept is not None
    assert kept.name == "Ada Payer"
    assert kept.address == "203.0.113.7"
    assert set(kept.consents) == {"agree", "electronic"}
    assert hashlib.sha256(kept.pdf).digest() == kept.pdf_sha256
    # The same terms make the same bytes: the paper that was opened before is the one that was agreed to.
    assert draft.content == kept.pdf
    paper = plan_site.customer.get(plan_site.page(plan, "/agreement.pdf"))
    assert (paper.content, paper.headers["content-type"]) == (kept.pdf, "application/pdf")
    shown = words(plan_site.customer.get(plan_site.page(plan)).text)
    assert "In progress" in shown
    assert "Agreed to by Ada Payer" in shown
    assert "On a payment plan $1,000.00" in words(plan_site.customer.get(plan_site.base).text)


def test_pressed_twice_it_is_agreed_once(plan_site: PlanSite) -> None:
    plan = plan_site.make()
    form = plan_site.terms(plan)
    for _ in range(2):
        answer = plan_site.customer.post(plan_site.page(plan, "/acceptance"), data=form)
        assert (answer.status_code, answer.headers["location"]) == (303, plan_site.page(plan))
    with plan_site.resources.reading() as session:
        assert [event.kind for event in plans.events(session, plan.id)] == ["offered", "accepted"]


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"name": " "}, "Type your name, as your signature."),
        ({"agree": ""}, "Tick that you agree to the plan."),
        ({"electronic": ""}, "Tick that you agree to get this electronically."),
        ({"means": "gold"}, "Choose how you want to pay."),
        ({"shown": "0" * 64}, "We cannot tell when these terms were shown to you. Read them again, then agree."),
        ({"shown": ""}, "We cannot tell when these terms were shown to you. Read them again, then agree."),
    ],
)
def test_an_agreement_is_whole_or_none(plan_site: PlanSite, more: dict[str, str], sentence: str) -> None:
    plan = plan_site.make()
    answer = plan_site.customer.post(plan_site.page(plan, "/acceptance"), data=plan_site.terms(plan) | more)
    assert answer.status_code == 422
    assert sentence in words(answer.text)
    assert plan_site.fresh(plan.public_id).state == "offered"


def test_terms_that_change_while_they_are_read_are_read_again(plan_site: PlanSite) -> None:
    plan = plan_site.make()
    form = plan_site.terms(plan)
    now = plan_site.clock.now()
    with plan_site.resources.writing() as session:
        policies.set_policy(session, "plan_cure_days", "20", effective_on=now.date(), now=now, actor="test")
    answer = plan_site.customer.post(plan_site.page(plan, "/acceptance"), data=form)
    assert (answer.status_code, "20 days" in answer.text) == (422, True)
    assert "The terms have changed. Read them again." in answer.text


def test_when_the_terms_were_shown_is_known_from_us_and_not_from_the_browser(plan_site: PlanSite) -> None:
    plan = plan_site.make()
    form = plan_site.terms(plan)
    shown_at = plan_site.clock.now()
    plan_site.clock.move(minutes=12)
    sent = form | {"shown_at": "1700000000"}
    assert plan_site.customer.post(plan_site.page(plan, "/acceptance"), data=sent).status_code == 303
    with plan_site.resources.reading() as session:
        kept = agreements.of_plan(session, plan.id)
    assert kept is not None
    assert (kept.shown_at, kept.accepted_at) == (shown_at, plan_site.clock.now())


def test_what_another_browser_or_another_plan_was_shown_is_not_agreed_to(plan_site: PlanSite) -> None:
    plan, other = plan_site.make(), plan_site.make(charge=plan_site.add("1009", 100_000).public_id)
    browser = plan_site.trust(plan_site.visitor())
    elsewhere = hidden(browser.get(plan_site.page(plan, "/agreement?option=1")).text)["shown"]
    for shown in (elsewhere, plan_site.terms(other)["shown"]):
        form = plan_site.terms(plan) | {"shown": shown}
        answer = plan_site.customer.post(plan_site.page(plan, "/acceptance"), data=form)
        assert answer.status_code == 422
        assert "We cannot tell when these terms were shown to you." in words(answer.text)
    assert plan_site.fresh(plan.public_id).state == "offered"


def test_by_card_what_is_due_today_is_paid_and_the_card_saved_for_the_plan(plan_site: PlanSite) -> None:
    plan = plan_site.make()
    answer = plan_site.agree(plan, "card")
    assert answer.headers["location"].startswith(plan_site.settings.stripe_pages)
    attempt = plan_site.attempts()[-1]
    assert (attempt.amount_cents, attempt.plan_id) == (20_000, plan.id)
    plan_site.confirm(attempt)
    back = plan_site.customer.get(f"{plan_site.base}/payments/{attempt.public_id}")
    assert plan_site.page(plan) in back.text
    shown = words(plan_site.customer.get(plan_site.page(plan)).text)
    assert "Automatically with Visa •••• 4242" in shown
    stranger = words(plan_site.visitor().get(plan_site.page(plan)).text)
    assert "Automatically with a saved card" in stranger
    assert "4242" not in stranger
    assert "Paid $200.00" in shown


def test_with_nothing_due_today_only_the_card_is_saved(plan_site: PlanSite) -> None:
    now = plan_site.clock.now()
    with plan_site.resources.writing() as session:
        policies.set_policy(session, "plan_least_down_bp", "0", effective_on=now.date(), now=now, actor="test")
    plan = plan_site.make(down="")
    answer = plan_site.agree(plan, "card")
    assert answer.headers["location"].startswith(plan_site.settings.stripe_pages)
    assert plan_site.attempts() == []


def test_paying_by_hand_what_is_due_more_and_all(plan_site: PlanSite) -> None:
    plan = plan_site.make()
    plan_site.agree(plan)
    page = plan_site.customer.get(f"{plan_site.base}/pay", params={"plan": plan.public_id, "amount": "200.00"})
    assert "For payment plan" in words(page.text)
    assert "What is more" not in words(page.text)
    assert plan_site.press(plan_site.customer, page, method="card").status_code == 303
    plan_site.confirm(plan_site.attempts()[-1])
    plan_site.sync(plan_site.attempts()[-1])
    page = plan_site.customer.get(f"{plan_site.base}/pay", params={"plan": plan.public_id, "amount": "500"})
    assert "What is more than $400.00 shortens the plan from its end." in words(page.text)
    page = plan_site.customer.get(
        f"{plan_site.base}/pay", params={"plan": plan.public_id, "amount": "500", "ahead": "next"}
    )
    assert "What is more than $400.00 pays the dates that follow." in words(page.text)
    pressed = plan_site.press(plan_site.customer, page, method="card")
    assert pressed.status_code == 303, words(pressed.text)
    plan_site.confirm(plan_site.attempts()[-1])
    plan_site.sync(plan_site.attempts()[-1])
    shown = words(plan_site.customer.get(plan_site.page(plan)).text)
    assert "Left $300.00" in shown
    too_much = plan_site.customer.get(f"{plan_site.base}/pay", params={"plan": plan.public_id, "amount": "301"})
    assert "$300.00 pays all that is left" in words(too_much.text)


def test_one_date_is_moved_by_the_customer(plan_site: PlanSite) -> None:
    plan = plan_site.make()
    plan_site.agree(plan)
    assert ">Mar 23 (until Mar 30)</option>" in plan_site.customer.get(plan_site.page(plan)).text
    wrong = plan_site.customer.post(plan_site.page(plan, "/dates"), data={"position": "2", "to": "2026-04-29"})
    assert (wrong.status_code, 'value="2026-04-29"' in wrong.text) == (422, True)
    assert "Choose a day after Mar 23, until Mar 30." in words(wrong.text)
    far = plan_site.customer.post(plan_site.page(plan, "/dates"), data={"position": "2", "to": "9999-12-31"})
    assert (far.status_code, "Choose a day after Mar 23, until Mar 30." in words(far.text)) == (422, True)
    for typed in ({"position": "x", "to": "2026-03-25"}, {"position": "2", "to": "soon"}, {}):
        assert plan_site.customer.post(plan_site.page(plan, "/dates"), data=typed).status_code == 422
    moved = plan_site.customer.post(plan_site.page(plan, "/dates"), data={"position": "2", "to": "2026-03-25"})
    assert moved.status_code == 303
    shown = words(plan_site.customer.get(plan_site.page(plan)).text)
    assert "Mar 25, 2026 moved from Mar 23, 2026" in shown
    assert "Move one date" not in shown


def test_a_narrow_link_reaches_no_plan(plan_site: PlanSite) -> None:
    plan = plan_site.make()
    narrow = plan_site.visitor(charge_id=plan_site.example.id)
    for path in ("/plans", "/plans/new", f"/plans/{plan.public_id}"):
        assert narrow.get(plan_site.base + path).status_code in (303, 401, 403, 404)


def test_get_changes_nothing(plan_site: PlanSite) -> None:
    plan = plan_site.make()
    for rest in ("", "/agreement?option=1", "/agreement.pdf?option=1"):
        for call in (plan_site.customer.get, plan_site.customer.head):
            assert call(plan_site.page(plan, rest)).status_code == 200
    with plan_site.resources.reading() as session:
        assert [event.kind for event in plans.events(session, plan.id)] == ["offered"]
        assert Shape(20_000, 2, "week", plans.options(session, plan.id)[0].first_on).count == 2
