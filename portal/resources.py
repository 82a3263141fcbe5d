"""Everything that is opened once, bundled and frozen. The only room that asks the clock.

The libraries for Stripe and mail are imported late: a command that only reads the books does not wait for them.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import TYPE_CHECKING

from portal.records import Database, Session, open_database
from portal.records.migrate import ensure_current
from portal.rules.refusals import Refusal
from portal.settings import Settings, make_data_folder, signing_keys

if TYPE_CHECKING:
    from portal.gateways.mailer import Mailer
    from portal.gateways.stripe_checkout import StripeCheckouts

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Now, as an aware UTC datetime."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Resources:
    """`stripe` and `mailer` are None where the settings name none: paying and sending refuse with a sentence."""

    settings: Settings
    database: Database
    keys: tuple[str, ...] = field(repr=False)
    stripe: "StripeCheckouts | None"
    mailer: "Mailer | None"
    clock: Clock = system_clock

    def reading(self) -> AbstractContextManager[Session]:
        return self.database.reading()

    def writing(self) -> AbstractContextManager[Session]:
        return self.database.writing()

    def close(self) -> None:
        self.database.dispose()


def open_resources(settings: Settings, *, clock: Clock = system_clock, online: bool = True) -> Resources:
    """Open what the settings name, the database brought to the current schema first.

    Where nothing is to be paid or sent, `online=False` leaves Stripe and mail closed. Raises Refusal for an address
    of a mail server that makes no sense.
    """
    if settings.database_url.startswith("sqlite"):
        make_data_folder(settings)
    ensure_current(settings.database_url)
    return Resources(
        settings=settings,
        database=open_database(settings.database_url),
        keys=signing_keys(settings),
        stripe=_stripe(settings) if online else None,
        mailer=_mailer(settings) if online else None,
        clock=clock,
    )


def _stripe(settings: Settings) -> "StripeCheckouts | None":
    if settings.stripe_secret_key is None:
        return None
    from portal.gateways.stripe_checkout import open_stripe

    return open_stripe(settings.stripe_secret_key.get_secret_value(), api_base=settings.stripe_api_base)


def _mailer(settings: Settings) -> "Mailer | None":
    if settings.smtp_url is None:
        return None
    from portal.gateways.mailer import open_mailer

    name, address = parseaddr(settings.mail_from)
    try:
        return open_mailer(settings.smtp_url.get_secret_value(), name, address)
    except ValueError as error:
        raise Refusal(f"PORTAL_SMTP_URL and PORTAL_MAIL_FROM: {error}") from None
