"""How every list of the admin is asked for: search, filters, order and page stand in the address.

What makes no sense there is left out, with a sentence that says so.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Generic
from urllib.parse import urlencode

from admin.views.cells import Cell, Link
from admin.web.desk import StaffVisit
from portal.actions.policies import Policy
from portal.records import Session
from portal.records.listing import Listing, Row, Wanted
from portal.rules.dates import day_ends_at, parse_date
from portal.rules.refusals import Refusal
from portal.rules.statement import DUE_SOON_DAYS

PAGE = 50
# No list has as many pages; beyond them a database would refuse the number.
_MOST_PAGES = 1_000_000
_LONGEST_SEARCH = 100
_PUBLIC_ID = re.compile("[0-9a-f]{24}")


@dataclass(frozen=True, slots=True)
class Column:
    """A column; `sort` is the key by which the listing sorts it, empty where it does not.

    Figures are sorted from the largest first, and what is `from_the_last` too.
    """

    title: str
    sort: str = ""
    is_number: bool = False
    from_the_last: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter with a few values: {value: what it says}. Nothing chosen is everything, called `every`, or what
    `otherwise` would choose."""

    key: str
    label: str
    every: str
    options: Mapping[str, str]
    otherwise: str = ""


@dataclass(frozen=True, slots=True)
class Day:
    """A filter by a day."""

    key: str
    label: str


@dataclass(frozen=True, slots=True)
class List:
    """A list and its address. `noun` is what a row is, in one and in many; `searches` says what a search looks in.

    `only` are filters by a public id, which come from links of other pages: {key: the sentence that says so}.
    """

    address: str
    title: str
    noun: tuple[str, str]
    columns: Sequence[Column]
    empty: str
    searches: str = ""
    filters: Sequence[Choice | Day] = ()
    intro: str = ""
    sort: str = ""
    descending: bool = False
    only: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a list is asked for, and sentences about what in the address made no sense."""

    wanted: Wanted
    page: int = 1
    notes: tuple[str, ...] = ()
    typed: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Found(Generic[Row]):
    """The rows of one page, and how many there are on all."""

    asked: Asked
    rows: Sequence[Row]
    count: int


def read(visit: StaffVisit, shown: List) -> Asked:
    """What the address asks for."""
    query = visit.query
    notes: list[str] = []
    typed: dict[str, str] = {}
    chosen: dict[str, str] = {}
    days: dict[str, date] = {}
    for each in shown.filters:
        value = query.get(each.key, "").strip()
        if not value:
            if isinstance(each, Choice) and each.otherwise:
                chosen[each.key] = each.otherwise
            continue
        if isinstance(each, Choice):
            if value in each.options:
                chosen[each.key] = typed[each.key] = value
            else:
                notes.append(f"There is no such choice of “{each.label}”: all are shown.")
        elif (day := _day(value)) is not None:
            days[each.key], typed[each.key] = day, day.isoformat()
        else:
            notes.append(f"“{each.label}” is not a day such as 2026-03-31, and is left out.")
    for key, sentence in shown.only.items():
        if _PUBLIC_ID.fullmatch(value := query.get(key, "")):
            chosen[key] = typed[key] = value
            notes.append(sentence)
    search = query.get("search", "").strip()[:_LONGEST_SEARCH] if shown.searches else ""
    sort, descending = _order(query.get("sort", ""), shown)
    wanted = Wanted(search=search, chosen=chosen, days=days, sort=sort, descending=descending)
    return Asked(wanted, _page(query.get("page", "")), tuple(notes), typed)


def address(shown: List, asked: Asked, *, path: str = "") -> str:
    """Where this list is as it is asked for."""
    wanted = asked.wanted
    parts = {"search": wanted.search, **asked.typed}
    if (wanted.sort, wanted.descending) != (shown.sort, shown.descending):
        parts["sort"] = f"-{wanted.sort}" if wanted.descending else wanted.sort
    if asked.page > 1:
        parts["page"] = str(asked.page)
    query = urlencode({key: value for key, value in parts.items() if value})
    return f"{path or shown.address}?{query}" if query else path or shown.address


def as_of(policy: Policy) -> dict[str, object]:
    """The places of a listing that tells how charges stand today."""
    ends_at = day_ends_at(policy.today, policy.time_zone)
    return {"day": policy.today, "before": ends_at, "soon": policy.today + timedelta(days=DUE_SOON_DAYS)}


def find(session: Session, listing: Listing[Row], asked: Asked, **values: object) -> Found[Row]:
    """The rows of the page that is asked for; of one beyond the last, the last."""
    count = listing.count(session, asked.wanted, **values)
    page = min(asked.page, max(1, -(-count // PAGE)))
    rows = listing.page(session, asked.wanted, limit=PAGE, offset=(page - 1) * PAGE, **values)
    return Found(replace(asked, page=page), rows, count)


def context(
    shown: List, found: Found[Row], rows: Sequence[Sequence[Cell]], *, links: Sequence[Link] = (), base: str = ""
) -> dict[str, object]:
    """What `admin/lists/show.html` needs; `rows` has the cells of each row, `links` stand beside the title.

    `base` is the list's address where that is not the usual one.
    """
    asked = found.asked
    return {
        "title": shown.title,
        "intro": shown.intro,
        "links": links,
        "notes": asked.notes,
        "action": base or shown.address,
        "search": {"value": asked.wanted.search, "hint": shown.searches} if shown.searches else None,
        "filters": [_filter(each, asked) for each in shown.filters],
        "kept": {"sort": _sort(asked), **{key: asked.typed[key] for key in shown.only if key in asked.typed}},
        "is_filtered": _narrows(asked),
        "columns": [_column(each, shown, asked, base) for each in shown.columns],
        "rows": rows,
        "count": _count(shown, found),
        "empty": "Nothing fits this search. Change it, or show everything." if _narrows(asked) else shown.empty,
        "previous": address(shown, replace(asked, page=asked.page - 1), path=base) if asked.page > 1 else "",
        "next": address(shown, replace(asked, page=asked.page + 1), path=base)
        if asked.page * PAGE < found.count
        else "",
        "page": f"Page {asked.page} of {max(1, -(-found.count // PAGE))}",
        "export": address(shown, replace(asked, page=1), path=f"{shown.address}/export"),
    }


def _sort(asked: Asked) -> str:
    """The order as the address has it: `-due` is by the due date, the latest first."""
    return f"-{asked.wanted.sort}" if asked.wanted.descending else asked.wanted.sort


def _narrows(asked: Asked) -> bool:
    return bool(asked.wanted.search or asked.typed)


def _filter(each: Choice | Day, asked: Asked) -> dict[str, object]:
    value = asked.typed.get(each.key, "")
    if isinstance(each, Day):
        return {"key": each.key, "label": each.label, "value": value, "options": None}
    options = [("", each.every), *each.options.items()]
    return {"key": each.key, "label": each.label, "value": value, "options": options}


def _column(each: Column, shown: List, asked: Asked, base: str) -> dict[str, object]:
    wanted = asked.wanted
    is_sorted = bool(each.sort) and each.sort == wanted.sort
    # Figures and days are wanted from the top, names from A.
    descending = not wanted.descending if is_sorted else each.is_number or each.from_the_last
    other = replace(asked, page=1, wanted=replace(wanted, sort=each.sort, descending=descending))
    return {
        "title": each.title,
        "is_number": each.is_number,
        "href": address(shown, other, path=base) if each.sort else "",
        "sorted": ("descending" if wanted.descending else "ascending") if is_sorted else "",
    }


def _count(shown: List, found: Found[Row]) -> str:
    if not found.count:
        return f"No {shown.noun[1]}"
    said = f"{found.count:,} {shown.noun[found.count != 1]}"
    if found.count <= PAGE:
        return said
    first = (found.asked.page - 1) * PAGE + 1
    return f"{first:,} to {min(found.count, first + PAGE - 1):,} of {said}"


def _order(text: str, shown: List) -> tuple[str, bool]:
    """The column's key and whether the last comes first; the list's own order where there is no such column."""
    key = text.removeprefix("-")
    if key and key in {each.sort for each in shown.columns}:
        return key, text.startswith("-")
    return shown.sort, shown.descending


def _page(text: str) -> int:
    return min(max(1, int(text)), _MOST_PAGES) if text.isascii() and text.isdigit() and len(text) < 8 else 1


def _day(text: str) -> date | None:
    try:
        return parse_date(text)
    except Refusal:
        return None
