"""A list as a CSV: the same search, every row of it, in cells that no spreadsheet runs.

A GET changes nothing, and who took which data away must be known: so a page asks first, and the button there is what
writes history. It asks for the second factor too: a stolen session must not carry the books away.
"""

import csv
import io
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import IO

from starlette.responses import Response, StreamingResponse

from admin.web import lists
from admin.web.desk import Page, StaffVisit
from admin.web.lists import Asked, List
from portal.actions import history
from portal.actions.policies import Policy
from portal.records.listing import Listing, Row
from portal.rules.csv_cells import text_cell
from portal.rules.money import plain

# A figure is a number, so that `-5.00` stays one; a text is quoted where a spreadsheet would run it.
Value = str | int | Decimal | date | None

_IN_MEMORY = 1024 * 1024
_PIECE = 64 * 1024


def amount(cents: int, currency: str) -> Decimal:
    """Minor units as the number that a spreadsheet adds up."""
    return Decimal(plain(cents, currency))


def pages(
    shown: List,
    listing: Listing[Row],
    header: Sequence[str],
    line: Callable[[Row, Policy], Sequence[Value]],
    values: Callable[[Asked, Policy], Mapping[str, object]] = lambda asked, policy: {},
) -> tuple[Page, Page]:
    """The page that asks, and the act that hands the file over.

    `line` has as many values as `header`, and `values` fill the listing's own places.
    """

    def ask(visit: StaffVisit) -> Response:
        asked = lists.read(visit, shown)
        with visit.resources.reading() as session:
            policy = visit.policy(session)
            count = listing.count(session, asked.wanted, **values(asked, policy))
        context = {
            "title": f"Export {count:,} {shown.noun[count != 1]}",
            "notes": asked.notes,
            "action": lists.address(shown, asked, path=f"{shown.address}/export"),
            "back": lists.address(shown, asked),
            "back_text": shown.title,
        }
        return visit.page("admin/lists/export.html", context, policy=policy)

    def export(visit: StaffVisit) -> Response:
        asked = lists.read(visit, shown)
        # The database is asked to the end first: a slow reader must not keep it waiting.
        kept = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 (closed by whoever reads it)
        with visit.resources.reading() as session:
            policy = visit.policy(session)
            rows = listing.each(session, asked.wanted, **values(asked, policy))
            count = _write(kept, header, (line(row, policy) for row in rows))
        topic = shown.address.rpartition("/")[2]
        with visit.resources.writing() as session:
            detail = {"list": topic, "rows": count, "asked": lists.address(shown, asked)}
            history.write(session, action="list.exported", actor=visit.actor, now=visit.now, detail=detail)
        return StreamingResponse(
            _pieces(kept),
            media_type="text/csv; charset=utf-8",
            headers={"content-disposition": f'attachment; filename="{topic}-{policy.today.isoformat()}.csv"'},
        )

    return ask, export


def _write(kept: IO[bytes], header: Sequence[str], rows: Iterator[Sequence[Value]]) -> int:
    """The whole file, with a byte order mark so that Excel reads its letters; how many rows it has."""
    text = io.TextIOWrapper(kept, "utf-8-sig", newline="")
    writer = csv.writer(text)
    writer.writerow(header)
    count = 0
    for row in rows:
        writer.writerow([_cell(value) for value in row])
        count += 1
    text.flush()
    text.detach()
    kept.seek(0)
    return count


def _cell(value: Value) -> str | int | Decimal:
    if value is None:
        return ""
    if isinstance(value, str):
        return text_cell(value)
    return value.isoformat() if isinstance(value, date) else value


def _pieces(kept: IO[bytes]) -> Iterator[bytes]:
    with kept:
        while piece := kept.read(_PIECE):
            yield piece
