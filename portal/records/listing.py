"""Lists as the admin shows them: searched, filtered, sorted and paged by the database, one way for all of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, true

from portal.records.engine import Session

# Rows that are read at once where all of them are wanted.
_AT_ONCE = 500


Row = TypeVar("Row")
Condition = ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of a list is wanted: rows with these words, chosen by value and by day, in this order.

    `sort` is a key of the listing's `sorts`; empty is the listing's own order.
    """

    search: str = ""
    chosen: Mapping[str, str] = field(default_factory=dict)
    days: Mapping[str, date] = field(default_factory=dict)
    sort: str = ""
    descending: bool = False


@dataclass(frozen=True, slots=True)
class Listing(Generic[Row]):
    """`found` selects what `row` makes a row of; `choices` and `days` make a condition of a value.

    Rows that are alike in what sorts them follow each other by `last`, which no two rows share.
    """

    found: Select[Any]
    row: Callable[[Sequence[Any]], Row]
    searched: Sequence[ColumnElement[Any]]
    sorts: Mapping[str, ColumnElement[Any]]
    last: ColumnElement[Any]
    choices: Mapping[str, Callable[[str], Condition]] = field(default_factory=dict)
    days: Mapping[str, Callable[[date], Condition]] = field(default_factory=dict)

    def count(self, session: Session, wanted: Wanted, **values: object) -> int:
        """How many rows there are; `values` fill the statement's own places."""
        rows = self.matching(wanted).subquery()
        return int(session.execute(select(func.count()).select_from(rows), values).scalar_one())

    def matching(self, wanted: Wanted) -> Select[Any]:
        """The question for all of them in no order, to count or to sum up."""
        return self.found.where(self._condition(wanted))

    def page(self, session: Session, wanted: Wanted, *, limit: int, offset: int, **values: object) -> Sequence[Row]:
        """That many rows from there on."""
        found = self._sorted(wanted).limit(limit).offset(offset)
        return [self.row(row) for row in session.execute(found, values)]

    def each(self, session: Session, wanted: Wanted, **values: object) -> Iterator[Row]:
        """All of them, a few at a time."""
        found = session.execute(self._sorted(wanted), values, execution_options={"yield_per": _AT_ONCE})
        for rows in found.partitions():
            for row in rows:
                yield self.row(row)

    def _sorted(self, wanted: Wanted) -> Select[Any]:
        found = self.matching(wanted)
        by = self.sorts.get(wanted.sort)
        if by is None:
            return found.order_by(self.last.desc())
        first = (by.is_(None), by.desc(), self.last.desc()) if wanted.descending else (by.is_(None), by, self.last)
        return found.order_by(*first)

    def _condition(self, wanted: Wanted) -> Condition:
        found: list[Condition] = [
            or_(*(text.icontains(spelled, autoescape=True) for text in self.searched for spelled in _spellings(word)))
            for word in wanted.search.split()
        ]
        found += [self.choices[key](value) for key, value in wanted.chosen.items()]
        found += [self.days[key](value) for key, value in wanted.days.items()]
        return and_(true(), *found)


def _spellings(word: str) -> set[str]:
    """SQLite knows the capitals of English only: of other letters, the word as it may stand in a name."""
    return {word} if word.isascii() else {word, word.lower(), word.upper(), word.capitalize()}
