"""Payment plans before they are agreed to, as their customer reads them: an offer, and what was asked for."""

from collections.abc import Sequence

from portal.actions.plan_acceptance import Offered
from portal.actions.plans import dues_of
from portal.actions.statements import Standing
from portal.records.plans import OptionRow, PlanRow
from portal.views.plan_builder import compared, offered_rows, rhythm, schedule_rows
from portal.wording import Words


def offer(offered: Offered, standing: Standing, words: Words, *, base: str) -> list[dict[str, object]]:
    """Each option with its dates and amounts, and where it is read and agreed to."""
    plan = offered.plan
    return [
        {
            "title": offer_title(row, words),
            # The customer's own is open today only.
            "rows": schedule_rows(dues, words) if plan.is_own else offered_rows(dues, words),
            "total": words.money(plan.total_cents),
            "href": f"{base}/plans/{plan.public_id}/agreement?option={row.position}",
            "compared": compared(standing, {row.charge_id: row.covered_cents for row in offered.covered}, words),
        }
        for row, dues in offered.options
    ]


def option_title(times: int, every: str, words: Words) -> str:
    """`3 payments, every month`."""
    payments = words.count("%(num)s payment", "%(num)s payments", times)
    return payments if times == 1 else f"{payments}, {rhythm(every, words).lower()}"


def offer_title(option: OptionRow, words: Words) -> str:
    """The same with its first amount: `First amount $200.00, then 3 payments every month`."""
    if not option.down_cents:
        return option_title(option.times, option.every, words)
    payments = words.count("%(num)s payment", "%(num)s payments", option.times)
    if option.times > 1:
        payments = f"{payments} {rhythm(option.every, words).lower()}"
    return words.text(
        "First amount %(amount)s, then %(payments)s", amount=words.money(option.down_cents), payments=payments
    )


def asked(plan: PlanRow, options: Sequence[OptionRow], words: Words) -> dict[str, object]:
    """What a request wishes: the payments, were it granted and agreed to today, and the customer's own words."""
    [option] = options
    return {
        "title": offer_title(option, words),
        "rows": offered_rows(dues_of(plan, option, today=words.today), words),
        "total": words.money(plan.total_cents),
        "words": [line for line in plan.words.splitlines() if line.strip()],
    }
