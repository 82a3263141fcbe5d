"""What pages of the admin are made of: cells of tables, facts, and tables with their heads."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in one place of a table. All texts are plain.

    `sub` is a second line; `chip` is a status, whose word is `text`; `act` is the address of a button that does at once
    what `text` says (`about` tells whoever cannot see the row what it is about). `tick` is the value of a box that
    stands before the text, of the form that does something with all ticked rows.
    """

    text: str
    href: str = ""
    sub: str = ""
    chip: str = ""
    act: str = ""
    about: str = ""
    tick: str = ""


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column; figures stand at its end."""

    title: str
    is_number: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of as many cells as there are heads; the first cell names its row. `empty` is said where there are none."""

    title: str
    heads: Sequence[Head]
    rows: Sequence[Sequence[Cell]]
    empty: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A name and what it is."""

    name: str
    text: str
    href: str = ""
    chip: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """A way to go on, or something to do on a page of its own."""

    text: str
    href: str


def money_cell(text: str, cents: int) -> Cell:
    """An amount; nothing stands as a dash, so that the eye finds what there is."""
    return Cell(text if cents else "–")
