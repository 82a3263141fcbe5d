"""The portal is killed at every point between the database and Stripe, once on each database, and started again."""

from pathlib import Path

import pytest

from e2e.crashes import CHARGE_POINTS, POINTS
from e2e.soak import crashes
from e2e.soak.charged import be_charged
from e2e.soak.crash_rig import ONE_EVENT, STEPS, open_rig, scenario
from e2e.soak.crashes import Figures


@pytest.mark.parametrize("point", POINTS)
def test_whoever_dies_there_posts_once_and_writes_once(database_url: str, point: str, tmp_path: Path) -> None:
    with open_rig(database_url, tmp_path, lives=[point], portal_writes=False) as rig:
        rig.endpoint.types = ONE_EVENT
        assert scenario(rig, STEPS) == []
        assert rig.keeper.kills == [point]


def test_a_payment_that_dies_at_one_step_after_the_other_is_posted_once(database_url: str, tmp_path: Path) -> None:
    lives = ["attempt.after_commit", "stripe.create_checkout.after", "webhook.after_commit", "posting.before_commit"]
    with open_rig(database_url, tmp_path, lives=[*lives, "posting.after_commit"]) as rig:
        assert scenario(rig) == []
        assert rig.keeper.kills == [*lives, "posting.after_commit"]


def test_a_charge_that_dies_at_every_step_is_made_once(database_url: str, tmp_path: Path) -> None:
    """Each life takes up what the one before has left, and dies one step further on."""
    with open_rig(database_url, tmp_path, lives=CHARGE_POINTS, portal_writes=False) as rig:
        assert scenario(rig, [be_charged]) == []
        assert tuple(rig.keeper.kills) == CHARGE_POINTS
        assert [each["status"] for each in rig.world.all("payment_intent")] == ["succeeded"]
        assert [each["amount"] for each in rig.world.all("charge")] == [6_000]


def test_the_loop_counts_who_died(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crashes, "VISITS", 1)
    monkeypatch.setattr(crashes, "_CUSTOMERS_OF_A_RIG", 1)
    monkeypatch.setattr(crashes, "_MOST_HITS", 1)
    asked = iter([False, True, True])
    found = crashes.run(7, lambda: next(asked))
    assert found == Figures(kills=1, customers=1, breaches=())
