"""A customer's browsers that send files into a folder, and what is kept of them."""

from dataclasses import replace
from pathlib import Path

from sqlalchemy import func, insert, select

from portal.actions.attachments import bind, keep
from portal.actions.stored_files import check_files, sweep
from portal.gateways.files import FolderFiles
from portal.records.attachments import AttachmentRow
from portal.records.tables import attachments, disputes
from portal.resources import Resources
from tests.support.shop import Shop

PAPER = b"%PDF-1.7\n1 0 obj << /OpenAction << /S /JavaScript /JS (app.alert(1)) >> >>"


class Desk:
    """A customer's browser with the id 1, and one with the id 2, who send files into a folder."""

    def __init__(self, shop: Shop, folder: Path) -> None:
        self.shop = shop
        self.account_id = shop.account.id
        self.clock = shop.house.clock
        self.resources: Resources = replace(shop.house.resources, files=FolderFiles(folder))

    def keep(self, data: bytes = PAPER, name: str = "note.pdf", session_id: int | None = 1) -> AttachmentRow:
        return keep(
            self.resources,
            account_id=self.account_id,
            session_id=session_id,
            name=name,
            data=data,
            now=self.clock.now(),
            actor=None if session_id else "staff:1",
        )

    def dispute(self, number: str = "D-1") -> int:
        now = self.clock.now()
        values = {
            "public_id": f"p{number}",
            "account_id": self.account_id,
            "charge_id": self.shop.first.id,
            "number": number,
            "state": "new",
            "filed_at": now,
            "filed_on": now.date(),
            "moved_at": now,
        }
        with self.resources.writing() as session:
            return int(session.execute(insert(disputes).returning(disputes.c.id), values).scalar_one())

    def bind(self, *rows: AttachmentRow, to: int) -> None:
        with self.resources.writing() as session:
            bind(session, rows, to, None)

    def rows(self) -> int:
        with self.resources.reading() as session:
            return session.execute(select(func.count()).select_from(attachments)).scalar_one()

    def stored(self) -> set[str]:
        return {*self.resources.files.names()}

    def sweep(self, **later: int) -> int:
        self.clock.move(**later)
        return sweep(self.resources, now=self.clock.now())

    def check(self) -> list[str]:
        return check_files(self.resources, now=self.clock.now())
