"""The contexts of pages about one thing, and of forms: see templates/admin/things."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from admin.views.cells import Cell, Fact, Link, Table

NO_CHIP = Cell("")


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page: a table, facts, words, or a text as it is; `links` lead to more of it."""

    title: str
    table: Table | None = None
    facts: Sequence[Fact] = ()
    words: str = ""
    code: str = ""
    links: Sequence[Link] = ()


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure that matters, and a few words below it."""

    name: str
    text: str
    sub: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """What must be seen first; `kind` is `warn`, `danger` or nothing. `go` is a link's words."""

    text: str
    kind: str = ""
    href: str = ""
    go: str = ""


@dataclass(frozen=True, slots=True)
class Option:
    """One of several things to choose."""

    value: str
    text: str
    sub: str = ""
    checked: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a form; `kind` is line, amount, day, words, choice, select, check, checks or hidden."""

    kind: str
    name: str
    label: str = ""
    hint: str = ""
    value: str = ""
    options: Sequence[Option] = field(default_factory=tuple)


def thing(
    title: str,
    back: Link,
    *,
    chip: Cell = NO_CHIP,
    intro: str = "",
    links: Sequence[Link] = (),
    notices: Sequence[Note] = (),
    tiles: Sequence[Tile] = (),
    facts: Sequence[Fact] = (),
    sections: Sequence[Section] = (),
) -> dict[str, object]:
    """What `admin/things/show.html` needs."""
    return {
        "title": title,
        "back": back,
        "chip": chip.chip,
        "chip_text": chip.text,
        "intro": intro,
        "links": links,
        "notices": notices,
        "tiles": tiles,
        "facts": facts,
        "sections": sections,
    }


def form(
    title: str,
    back: Link,
    *,
    action: str,
    button: str,
    fields: Sequence[Field] = (),
    intro: str = "",
    warnings: Sequence[str] = (),
    facts: Sequence[Fact] = (),
    errors: Sequence[dict[str, str]] = (),
    error_link: Link | None = None,
) -> dict[str, object]:
    """What `admin/things/form.html` needs."""
    return {
        "title": title,
        "back": back,
        "action": action,
        "button": button,
        "fields": fields,
        "intro": intro,
        "warnings": warnings,
        "facts": facts,
        "errors": errors,
        "error_link": error_link,
    }
