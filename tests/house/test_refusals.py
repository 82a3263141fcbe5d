"""Whatever is refused to a customer can be translated: its sentence is a literal that names each of its values."""

import ast
import re
from collections.abc import Collection, Iterator

from tests.house.rooms import Room, dotted, is_in, rooms_under, snippets, stands

# What only the owner meets (imports, policies, settings) may be put together in place.
BEFORE_CUSTOMERS = (
    "portal.rules.allocation",
    "portal.rules.attachments",
    "portal.rules.money",
    "portal.gateways.images",
    "portal.gateways.stripe_checkout",
    "portal.actions.attachments",
    "portal.actions.checkouts",
    "portal.actions.quotes",
    "portal.actions.step_up",
    "portal.actions.throttle",
    "portal.web",
    "portal.pages",
)
NOT_VALUES = {"field", "status"}


def test_refusals_are_literals_with_named_values() -> None:
    rooms = [room for room in rooms_under("portal") if any(is_in(room.name, place) for place in BEFORE_CUSTOMERS)]
    assert sum(1 for room in rooms for _ in _refusals(room)) > 30
    stands(f"{room.name}:{line}: {words}" for room in rooms for line, words in untranslatable(room))


def test_the_wall_can_fail() -> None:
    source = 'Refusal("Fine, 5%.", status=409)\nRefusal(f"{x} is not.")\nNotFound(words.text("Not so."))\n'
    source += 'Conflict("%(a)s and %(b)s", a=1, c=2)\nTooMany("%(a)s", field="x", a=1)\nRefusal("%(a)s", **them)\n'
    source += "class Own(Conflict):\n    def __init__(self, x):\n        super().__init__(x)\nOwn(7)\nother(x)"
    (room,) = snippets({"portal/pages/a.py": source})
    assert [line for line, _ in untranslatable(room)] == [2, 3, 4, 6, 9]


def untranslatable(room: Room) -> Iterator[tuple[int, str]]:
    for call in _refusals(room):
        message = call.args[0] if call.args else None
        if not (isinstance(message, ast.Constant) and isinstance(message.value, str)):
            yield call.lineno, "the sentence is not a literal"
            continue
        given = {keyword.arg for keyword in call.keywords} - NOT_VALUES
        if given and given != set(re.findall(r"%\((\w+)\)s", message.value)):
            yield call.lineno, "the sentence does not name exactly the values that it is given"


def _refusals(room: Room) -> Iterator[ast.Call]:
    """Calls that make a refusal; one of a kind with a constructor of its own gets its sentence in there."""
    classes = [node for node in ast.walk(room.tree) if isinstance(node, ast.ClassDef)]
    kinds = _kinds({"Refusal", "NotFound", "Conflict", "TooMany"}, classes)
    own = {node.name for node in classes if node.name in kinds and _constructors(node)}
    inside = [call for node in classes if node.name in own for call in ast.walk(node) if _is_call(call, {"__init__"})]
    outside = [call for call in ast.walk(room.tree) if _is_call(call, kinds - own)]
    for call in (*outside, *inside):
        assert isinstance(call, ast.Call)
        yield call


def _kinds(known: set[str], classes: list[ast.ClassDef]) -> set[str]:
    for node in classes:
        if any(dotted(base) in known for base in node.bases):
            known = known | {node.name}
    return known


def _constructors(node: ast.ClassDef) -> list[ast.FunctionDef]:
    return [each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == "__init__"]


def _is_call(node: ast.AST, names: Collection[str]) -> bool:
    if not isinstance(node, ast.Call):
        return False
    called = node.func.attr if isinstance(node.func, ast.Attribute) else dotted(node.func)
    return called in names
