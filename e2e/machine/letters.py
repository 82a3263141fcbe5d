"""The letters that wait: each is written in words and handed to nobody. Their PDFs are drawn in tests of their own."""

from dataclasses import replace
from datetime import datetime
from unittest.mock import patch

from sqlalchemy import func, select

from e2e.machine.town import Town
from portal.gateways.mailer import OutgoingLetter
from portal.jobs import letters as job
from portal.records.tables import letters
from portal.views import letters as views


class PostBox:
    """Takes every letter, as `Mailer` would."""

    def send(self, letter: OutgoingLetter, sent_at: datetime) -> None:
        assert letter.subject
        assert letter.text


def write_letters(town: Town) -> list[str]:
    """Write all that wait; which of them could not be sent, in sentences."""
    resources = replace(town.resources, mailer=PostBox())  # type: ignore[arg-type]
    with patch.object(views, "render_pdf", lambda paper, *, assets: b"%PDF"):
        left = -1
        # In one go all may be old news, of which none goes out.
        while left != (left := _waiting(town)):
            job.send_waiting(resources, now=town.clock.now())
    with town.resources.reading() as session:
        # What a letter was to say may be old news by the time it is written: then it is dropped.
        asked = select(letters.c.key, letters.c.state, letters.c.error).where(
            letters.c.state.not_in(("sent", "dropped"))
        )
        return [f"letter {key} is {state}: {error}" for key, state, error in session.execute(asked)]


def _waiting(town: Town) -> int:
    with town.resources.reading() as session:
        asked = select(func.count()).where(letters.c.state == "waiting")
        return session.execute(asked).scalar_one()
