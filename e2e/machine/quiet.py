"""Quiet: nothing goes wrong any more, everything arrives, banks decide, days pass, the worker gets done."""

from sqlalchemy import func, select

from e2e.machine.breach import Breach
from e2e.machine.letters import write_letters
from e2e.machine.town import Town
from e2e.machine.truth import differences, unsettled
from portal.records.tables import inbox

# Each invoice of a customer whose bank account is empty is debited three times, one after the other.
_MOST_DAYS = 200
_MOST_ROUNDS = 200


def quieten(town: Town) -> list[str]:
    """Let everything come to its end; what is wrong then, in sentences.

    Where no webhook was lost for good the worker alone must get everything right; then, in any case, with what was
    lost found again.
    """
    town.meanwhile.clear()
    town.world.heal()
    # A signature that was refused is made anew when the webhook is sent again.
    _let_days_pass(town)
    dropped = any(each.state in ("dropped", "given_up") for each in town.world.deliveries)
    if not dropped and (found := differences(town)):
        return found
    # A night later at least: what looks back does so once a day.
    town.clock.move(days=8)
    town.look_back()
    _let_days_pass(town)
    return [*differences(town), *write_letters(town)]


def _let_days_pass(town: Town) -> None:
    for _ in range(_MOST_DAYS):
        town.world.settle()
        _work(town)
        if not _under_way(town):
            return
        town.clock.move(days=1)
    raise Breach("it never gets quiet")


def _work(town: Town) -> None:
    for _ in range(_MOST_ROUNDS):
        if town.work() == 0:
            return
    raise Breach("the worker never gets done")


def _under_way(town: Town) -> bool:
    """Whether anything is still to come, at Stripe or in the house."""
    world = town.world
    if any(each.state in ("waiting", "sending") for each in world.deliveries):
        return True
    if any(each["status"] == "processing" for each in world.all("payment_intent")):
        return True
    if any(each["status"] == "pending" for each in world.all("refund")):
        return True
    with town.resources.reading() as session:
        waiting = select(func.count()).where(inbox.c.state == "new")
        return bool(session.execute(waiting).scalar_one() + session.execute(unsettled(func.count())).scalar_one())
