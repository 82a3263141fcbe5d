"""Everything that is opened once, bundled and frozen. The only room that asks the clock.

The libraries for Stripe, mail and buckets are imported late: a command that only reads the books does not wait for
them.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parseaddr
from typing import TYPE_CHECKING

from portal.gateways.files import Files, open_folder
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
    """`stripe` and `mailer` are None where the settings name none: paying and sending refuse with a sentence.

    `files` holds what customers and staff attach.
    """

    settings: Settings
    database: Database
    keys: tuple[str, ...] = field(repr=False)
    stripe: "StripeCheckouts | None"
    mailer: "Mailer | None"
    files: Files
    clock: Clock = system_clock

    def reading(self) -> AbstractContextManager[Session]:
        return self.database.reading()

    def writing(self) -> AbstractContextManager[Session]:
        return self.database.writing()

    def rehearsing(self) -> AbstractContextManager[Session]:
        return self.database.rehearsing()

    def close(self) -> None:
        self.database.dispose()


def open_resources(settings: Settings, *, clock: Clock = system_clock, online: bool = True) -> Resources:
    """Open what the settings name, the database brought to the current schema first.

    Where nothing is to be paid or sent, `online=False` leaves Stripe and mail closed. Raises Refusal for an address
    of a mail server that makes no sense, and for a bucket without the library for it.
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
        files=_files(settings),
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


def _files(settings: Settings) -> Files:
    if settings.files_bucket is None:
        return open_folder(settings.files_folder)
    try:
        from portal.gateways.files_s3 import open_bucket
    except ModuleNotFoundError:
        raise Refusal(
            "PORTAL_FILES_URL: a bucket needs one more library. Install it: pip install 'payment-portal[s3]'"
        ) from None
    bucket, prefix = settings.files_bucket
    access_key, secret_key = settings.files_s3_access_key, settings.files_s3_secret_key
    assert access_key is not None
    assert secret_key is not None
    return open_bucket(
        bucket,
        prefix,
        endpoint=settings.files_s3_endpoint,
        region=settings.files_s3_region,
        access_key=access_key.get_secret_value(),
        secret_key=secret_key.get_secret_value(),
    )
