"""The portal's resources on a real database, with the stand-in for Stripe and a movable clock around them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from e2e.files import MemoryFiles
from e2e.serving import serve
from e2e.stripe import TEST_KEY, StripeWorld, stripe_app
from portal.gateways.stripe_checkout import open_stripe
from portal.records import Database
from portal.resources import Resources
from portal.settings import Settings
from tests.support.clock import MovableClock

WEBHOOK_SECRET = "whsec_" + "t" * 32
BASE_URL = "http://127.0.0.1:8000"


@dataclass(frozen=True, slots=True)
class House:
    """Resources to act with, and the world to act upon."""

    resources: Resources
    stripe: StripeWorld
    clock: MovableClock


@contextmanager
def open_house(database: Database, clock: MovableClock) -> Iterator[House]:
    """Everything but mail; webhooks are delivered only when a test says so."""
    world = StripeWorld(clock)
    with serve(stripe_app(world), host="localhost") as serving:
        world.base_url = serving.url
        settings = Settings.model_validate(
            {
                "base_url": BASE_URL,
                "stripe_secret_key": TEST_KEY,
                "stripe_api_base": serving.url,
                "stripe_webhook_secrets": WEBHOOK_SECRET,
                "stripe_pages": serving.url,
            }
        )
        yield House(
            resources=Resources(
                settings=settings,
                database=database,
                keys=("k" * 32,),
                stripe=open_stripe(TEST_KEY, api_base=serving.url),
                mailer=None,
                files=MemoryFiles(),
                clock=clock.now,
            ),
            stripe=world,
            clock=clock,
        )
