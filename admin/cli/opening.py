"""Opening the house for one command. Imported late by the commands, so that `--help` costs nothing."""

from collections.abc import Iterator
from contextlib import contextmanager

from admin.cli.logs import log_to_stderr
from portal.records.unavailable import UNAVAILABLE
from portal.resources import Resources, open_resources
from portal.rules.refusals import Refusal
from portal.settings import read_settings


@contextmanager
def opened(*, online: bool = False) -> Iterator[Resources]:
    """Resources by the settings; most commands need neither Stripe nor mail and leave them closed.

    Raises Refusal for settings that are wrong and for a database that does not answer.
    """
    log_to_stderr()
    settings = read_settings()
    try:
        resources = open_resources(settings, online=online)
        try:
            yield resources
        finally:
            resources.close()
    except UNAVAILABLE as error:
        reason = str(getattr(error, "orig", error)).strip().splitlines()[0]
        raise Refusal(
            f"The database does not answer: {reason}\nCheck PORTAL_DATABASE_URL, and that the database runs."
        ) from None
