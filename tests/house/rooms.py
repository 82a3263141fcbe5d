"""The rooms of the house as the walls see them: each module's name, its source, its tree, what it imports."""

import ast
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HOUSE = Path(__file__).parents[2]


@dataclass(frozen=True)
class Room:
    """One module. `package` is the package that relative imports start from."""

    name: str
    package: str
    source: str
    tree: ast.Module


def rooms_under(*folders: str) -> tuple[Room, ...]:
    """Every module below these folders of the checkout."""
    return tuple(found for folder in folders for found in _rooms_of(folder))


@cache
def _rooms_of(folder: str) -> tuple[Room, ...]:
    # Parsed once, whichever folders a wall asks for together.
    paths = sorted((HOUSE / folder).rglob("*.py"))
    return tuple(room(path.relative_to(HOUSE).as_posix(), path.read_text()) for path in paths)


def room(path: str, source: str) -> Room:
    """A module from its path below the checkout, as in `portal/rules/money.py`."""
    parts = path.removesuffix(".py").split("/")
    package = parts[:-1]
    if parts[-1] == "__init__":
        parts = package
    return Room(".".join(parts), ".".join(package), source, ast.parse(source))


def snippets(sources: Mapping[str, str]) -> tuple[Room, ...]:
    """Rooms that do not exist, to see that a wall can fail."""
    return tuple(room(path, source) for path, source in sources.items())


def imports(of: Room, house: Iterable[Room]) -> Iterator[tuple[int, str]]:
    """(line, module) of every import, late ones too. `from a import b` is module a.b where the house has it."""
    names = {other.name for other in house}
    for node in ast.walk(of.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            source = _absolute(of, node)
            for alias in node.names:
                inner = f"{source}.{alias.name}"
                yield node.lineno, inner if inner in names else source


def stands(breaches: Iterable[str]) -> None:
    """A wall stands when nothing breaches it; all breaches are named, not the first."""
    found = dict.fromkeys(breaches)
    assert not found, "\n".join(["", *found])


def is_in(module: str, place: str) -> bool:
    """Whether a module is this place or lies inside it."""
    return module == place or module.startswith(f"{place}.")


def dotted(node: ast.expr) -> str:
    """`a.b.c` of an attribute chain; the empty text for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute) and (left := dotted(node.value)):
        return f"{left}.{node.attr}"
    return ""


def _absolute(of: Room, node: ast.ImportFrom) -> str:
    if not node.level:
        return node.module or ""
    base = of.package.split(".")[: len(of.package.split(".")) - (node.level - 1)]
    return ".".join([*base, *(node.module or "").split(".")]).rstrip(".")
