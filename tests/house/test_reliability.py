"""The table of faults in docs/reliability.md is true: forty-six rows, each with tests that exist."""

import ast
import re
from collections.abc import Iterator
from functools import cache

from tests.house.rooms import HOUSE, stands

FAULTS = 46
_ROW = re.compile(r"^\| (\d+) \| (.+) \| (.+) \| (.+) \|$", re.M)
_TEST = re.compile(r"`([\w/]+\.py)::(\w+)`")


def test_every_fault_has_a_test_that_exists() -> None:
    stands(untrue((HOUSE / "docs" / "reliability.md").read_text()))


def test_the_wall_can_fail() -> None:
    here = "tests/house/test_reliability.py"
    rows = [f"| {number} | a | b | `{here}::test_the_wall_can_fail` |" for number in range(1, FAULTS)]
    assert list(untrue("\n".join([*rows, f"| {FAULTS} | a | b | later: backups |"]))) == []
    assert list(untrue("\n".join([*rows, f"| {FAULTS} | a | b | `{here}::test_gone` |"]))) == [
        f"fault 46: there is no {here}::test_gone"
    ]
    assert list(untrue("\n".join([*rows, f"| {FAULTS} | a | b | trust us |"]))) == ["fault 46: no test is named"]
    assert list(untrue("\n".join(rows))) == ["the faults are not numbered from 1 to 46"]


def untrue(text: str) -> Iterator[str]:
    rows = _ROW.findall(text)
    if [int(row[0]) for row in rows] != list(range(1, FAULTS + 1)):
        yield f"the faults are not numbered from 1 to {FAULTS}"
    for number, *_, shown in rows:
        named = _TEST.findall(shown)
        if not named and not shown.startswith("later: "):
            yield f"fault {number}: no test is named"
        yield from (f"fault {number}: there is no {name}" for name in _missing(shown))
    yield from (f"there is no {name}" for name in _missing(_ROW.sub("", text)))


def _missing(text: str) -> list[str]:
    return [f"{file}::{test}" for file, test in _TEST.findall(text) if test not in _tests(file)]


@cache
def _tests(file: str) -> frozenset[str]:
    path = HOUSE / file
    if not path.exists():
        return frozenset()
    return frozenset(node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef))
