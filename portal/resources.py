"""Everything that is opened once, bundled and frozen. The only room that asks the clock."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime

from portal.gateways.mailer import Mailer, open_mailer
from portal.gateways.stripe_checkout import StripeCheckouts, open_stripe
from portal.records import Database, Session, open_database
from portal.records.migrate import ensure_current
from portal.settings import Settings, signing_keys

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Now, as an aware UTC datetime."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Resources:
    """`stripe` and `mailer` are None where the settings name none: paying and sending refuse with a sentence."""

    settings: Settings
    database: Database
    keys: tuple[str, ...]
    stripe: StripeCheckouts | None
    mailer: Mailer | None
    clock: Clock = system_clock

    def reading(self) -> AbstractContextManager[Session]:
        return self.database.reading()

    def writing(self) -> AbstractContextManager[Session]:
        return self.database.writing()

    def close(self) -> None:
        self.database.dispose()


def open_resources(settings: Settings, *, clock: Clock = system_clock) -> Resources:
    """Open what the settings name, the database brought to the current schema first."""
    if settings.database_url.startswith("sqlite"):
        settings.data_folder.mkdir(parents=True, exist_ok=True)
    ensure_current(settings.database_url)
    stripe_key = settings.stripe_secret_key
    smtp_url = settings.smtp_url
    return Resources(
        settings=settings,
        database=open_database(settings.database_url),
        keys=signing_keys(settings),
        stripe=open_stripe(stripe_key.get_secret_value(), api_base=settings.stripe_api_base) if stripe_key else None,
        mailer=open_mailer(smtp_url.get_secret_value(), sender=settings.mail_from) if smtp_url else None,
        clock=clock,
    )
