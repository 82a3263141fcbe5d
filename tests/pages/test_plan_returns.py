"""Back from Stripe with a payment of a plan: what is said of the plan, and where it goes on."""

import pytest

from tests.support.plan_site import PlanSite
from tests.support.reading import words


def test_left_without_paying_the_plan_is_in_force_and_its_method_still_to_be_chosen(plan_site: PlanSite) -> None:
    plan = plan_site.make()
    plan_site.agree(plan, "card")
    page = plan_site.customer.get(f"{plan_site.base}/payments/{plan_site.attempts()[-1].public_id}")
    shown = words(page.text)
    assert f"Payment plan {plan.number} is in force. Its first amount of $200.00 is still to be paid." in shown
    assert "Nothing is charged automatically until you choose one." in shown
    assert f'href="{plan_site.page(plan, "/method")}"' in page.text
    assert "Your invoices are as they were" not in shown
    assert "Still to pay" not in shown
    again = f"{plan_site.base}/pay?plan={plan.public_id}&amp;amount=200.00&amp;ahead=last"
    assert f'href="{again}"' in page.text
    check = plan_site.customer.get(again.replace("&amp;", "&"))
    assert f"For payment plan {plan.number}" in words(check.text)


def test_a_payment_by_hand_that_was_left_asks_for_no_method(plan_site: PlanSite) -> None:
    plan = plan_site.make()
    plan_site.agree(plan)
    page = plan_site.customer.get(f"{plan_site.base}/pay", params={"plan": plan.public_id, "amount": "200.00"})
    plan_site.press(plan_site.customer, page, method="card")
    back = plan_site.customer.get(f"{plan_site.base}/payments/{plan_site.attempts()[-1].public_id}")
    assert "Its first amount of $200.00 is still to be paid." in words(back.text)
    assert "until you choose one" not in words(back.text)


@pytest.mark.parametrize("means", ["card", "ach"])
def test_paid_or_on_its_way_the_plan_is_named_and_linked(plan_site: PlanSite, means: str) -> None:
    plan = plan_site.make()
    plan_site.agree(plan, means)
    attempt = plan_site.attempts()[-1]
    plan_site.confirm(attempt)
    page = plan_site.customer.get(f"{plan_site.base}/payments/{attempt.public_id}")
    assert f'href="{plan_site.page(plan)}">Payment plan {plan.number}</a>' in page.text
