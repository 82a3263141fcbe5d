"""What a customer types into the forms of a plan, and what the page says to it."""

import re

import pytest

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
