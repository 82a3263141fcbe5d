"""The customer's site before an invoice of two lines that can be disputed: its form, its files, its disputes."""

import re
from collections.abc import Mapping

from httpx2 import Response
from starlette.testclient import TestClient

from portal.records import charges, dispute_talk
from portal.records import disputes as records
from portal.records.attachments import AttachmentRow, of_dispute
from portal.records.disputes import DisputeRow, LineRow
from tests.support.disputing import Complaints
from tests.support.house import House
from tests.support.paying import PayingSite
from tests.support.pictures import flag, saved

PHOTO = ("box.jpg", saved(flag()))
PAPER = ("slip.pdf", b"%PDF-1.7 slip")
File = tuple[str, bytes]


class DisputeSite(PayingSite):
    """`Complaints`' customer in a browser, on 5 March: ten of A for 720.00 and ten of B for 200.00, and their tax."""

    def __init__(self, house: House) -> None:
        super().__init__(house)
        self.complaints = Complaints(house, name="Tidewater Marine").on(3, 5)
        self.account = self.complaints.account
        with self.resources.reading() as session:
            self.charge = charges.by_id(session, self.complaints.charge_id, house.clock.now().date())
        self.browser_of_customer = self.visitor()

    @property
    def address(self) -> str:
        """Of the form."""
        return f"{self.base}/invoices/{self.charge.public_id}/dispute"

    def send(
        self, form: Mapping[str, object], *files: File, do: str = "send", by: TestClient | None = None
    ) -> Response:
        parts = [("files", (name, data, "image/jpeg")) for name, data in files] or None
        return (by or self.browser_of_customer).post(self.address, data={"do": do, **form}, files=parts)

    def disputes(self) -> list[tuple[DisputeRow, list[LineRow], list[AttachmentRow]]]:
        """Every dispute of the account with its lines and files, oldest first."""
        with self.resources.reading() as session:
            return [
                (each, [*records.lines(session, each.id)], [*of_dispute(session, each.id)])
                for each in reversed(records.of_account(session, self.account.id))
            ]

    def file(self) -> DisputeRow:
        """The whole of B, filed by hand in this browser."""
        answer = self.send({"line": "2", "reason-2": "not_received", "words": "Nothing came."})
        assert answer.status_code == 303, answer.text
        return self.disputes()[-1][0]

    def page_of(self, dispute: DisputeRow) -> str:
        return f"{self.base}/disputes/{dispute.public_id}"

    def come_back(self, *, days: int) -> None:
        """So much later, with a new link: no session lasts that long."""
        self.clock.move(days=days)
        self.browser_of_customer = self.visitor()

    def said(self, dispute: DisputeRow) -> list[str]:
        with self.resources.reading() as session:
            return [each.body for each in dispute_talk.messages(session, dispute.id, with_private=False)]


def kept(page: Response) -> list[str]:
    """The files that the form of a page carries along."""
    return re.findall(r'name="file" value="([^"]+)"', page.text)
