"""A room fits a short sitting and a function a screen. What is already larger may shrink, never grow."""

import ast
from collections.abc import Iterable, Iterator, Mapping

from tests.house.rooms import HOUSE, Room, rooms_under, snippets, stands

PYTHON = ("portal", "admin", "e2e", "tests")
ROOM_LINES = {".py": 300, ".css": 300, ".js": 200, ".html": 150, ".txt": 150}
FUNCTION_LINES = 60
# "path" or "module.function" -> lines today. An entry that is no longer needed fails, and is taken out.
LARGER_ROOMS: Mapping[str, int] = {}
LARGER_FUNCTIONS: Mapping[str, int] = {}


def test_no_room_is_larger_than_a_sitting() -> None:
    stands(over(room_sizes(), {}, LARGER_ROOMS))


def test_no_function_is_longer_than_a_screen() -> None:
    # Migrations are read once and never changed: their length is their tables'.
    rooms = (room for room in rooms_under(*PYTHON) if ".migrations.versions." not in room.name)
    stands(over(function_sizes(rooms), {"": FUNCTION_LINES}, LARGER_FUNCTIONS))


def test_the_walls_can_fail() -> None:
    sizes = {"a.py": 301, "b.py": 300, "c.html": 151, "d.svg": 999}
    assert list(over(sizes, {}, {})) == [
        "a.py: 301 lines, and 300 is the most",
        "c.html: 151 lines, and 150 is the most",
    ]
    assert list(over(sizes, {}, {"a.py": 301, "c.html": 151})) == []
    assert list(over(sizes, {}, {"a.py": 310, "b.py": 301, "c.html": 150})) == [
        "a.py: 301 lines now, write that down in place of 310",
        "b.py: fits again; take it off the list",
        "c.html: 151 lines, grown from 150",
    ]
    source = "class A:\n    def f(self):\n        pass\n\n        async def g():\n            pass\n"
    assert function_sizes(snippets({"portal/a.py": source})) == {"portal.a.f": 5, "portal.a.g": 2}


def room_sizes() -> dict[str, int]:
    paths = [
        path
        for folder in (*PYTHON, "templates", "static")
        for path in (HOUSE / folder).rglob("*")
        if path.suffix in ROOM_LINES and "vendor" not in path.parts
    ]
    return {path.relative_to(HOUSE).as_posix(): len(path.read_text().splitlines()) for path in paths}


def function_sizes(rooms: Iterable[Room]) -> dict[str, int]:
    """Lines from the `def` to the end of the body; decorators do not count."""
    return {
        f"{room.name}.{node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for room in rooms
        for node in ast.walk(room.tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }


def over(sizes: Mapping[str, int], bounds: Mapping[str, int], larger: Mapping[str, int]) -> Iterator[str]:
    """`bounds` by ending of the name, `ROOM_LINES` if empty; a name without a bound has none."""
    for name, size in sorted(sizes.items()):
        bound = next((most for end, most in (bounds or ROOM_LINES).items() if name.endswith(end)), size)
        if name not in larger:
            if size > bound:
                yield f"{name}: {size} lines, and {bound} is the most"
        elif size <= bound:
            yield f"{name}: fits again; take it off the list"
        elif size > larger[name]:
            yield f"{name}: {size} lines, grown from {larger[name]}"
        elif size < larger[name]:
            yield f"{name}: {size} lines now, write that down in place of {larger[name]}"
    yield from (f"{name}: is gone; take it off the list" for name in sorted(larger.keys() - sizes.keys()))
