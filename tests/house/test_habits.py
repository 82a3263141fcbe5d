"""What every room keeps: nobody asks the clock, money is whole, the first parameter says what a function may do."""

import ast
from collections.abc import Callable, Iterable, Iterator, Mapping

from tests.house.rooms import Room, dotted, is_in, rooms_under, snippets, stands

# The one room that asks the clock, and the two that write down whatever goes wrong and carry on.
CLOCK = "portal.resources"
RECORDING = ("portal.actions.inbox", "portal.jobs.worker")
# Rooms of records that open, shape or migrate the database.
GROUNDWORK = ("portal.records.engine", "portal.records.migrate", "portal.records.migrations")
# What a function can reach the world with: it comes first, alone, and on the floors named. A public function
# without any of them works on plain values.
HANDLES: Mapping[str, tuple[str, ...]] = {
    "session": ("portal.records", "portal.actions", "portal.web", "portal.pages", "admin"),
    "resources": ("portal.actions", "portal.jobs", "portal.web", "portal.pages", "portal.app", "admin"),
    "visit": ("portal.web", "portal.pages", "admin"),
    "request": ("portal.web", "portal.pages", "portal.app", "admin"),
}
CLOCK_READERS = ("now", "utcnow", "today", "localtime", "gmtime", "time", "time_ns", "current_timestamp")
CLOCK_HOLDERS = ("datetime", "date", "time", "func")
# They stamp or judge by the clock themselves.
CLOCKED_HELPERS = ("URLSafeTimedSerializer", "TimestampSigner", "uuid1", "construct_event")


def test_only_resources_asks_the_clock() -> None:
    stands(each(clock_reads))


def test_money_is_never_a_float() -> None:
    stands(each(floats))


def test_everything_may_be_caught_only_where_it_is_recorded() -> None:
    stands(each(wide_catches))


def test_the_first_parameter_says_what_a_function_may_do() -> None:
    stands(each(misplaced_handles))


def test_only_the_engine_commits() -> None:
    stands(each(commits))


def test_only_settings_reads_the_environment() -> None:
    stands(each(environment_reads))


def test_every_room_opens_with_a_few_words() -> None:
    stands(each(unannounced))


def test_the_walls_can_fail() -> None:
    clock = "import datetime as d\nd.datetime.now()\nx = date.today\ntime.time()\nfunc.now()\nresources.clock()"
    assert lines(clock_reads, "portal/pages/a.py", clock) == [2, 3, 4, 5]
    assert lines(clock_reads, "portal/pages/a.py", "from time import time") == [1]
    assert lines(clock_reads, "portal/resources.py", "datetime.now(UTC)") == []
    money = "x = 0.5\ny = float(x)\nn = 3 // 2"
    assert lines(floats, "portal/rules/a.py", money) == [1, 2]
    assert lines(floats, "portal/pages/a.py", money) == []
    catches = "try: f()\nexcept Exception: pass\ntry: g()\nexcept (KeyError, BaseException): pass\n"
    assert lines(wide_catches, "portal/web/a.py", catches) == [2, 4]
    assert lines(wide_catches, "portal/web/a.py", "try: f()\nexcept: pass") == [2]
    assert lines(wide_catches, "portal/actions/inbox.py", catches) == [4]
    functions = "def a(session): ...\ndef b(on, session): ...\ndef _c(on, session): ...\ndef d(on): ...\n"
    functions += "async def e(*, resources): ...\ndef f(resources, session): ..."
    assert lines(misplaced_handles, "portal/actions/a.py", functions) == [2, 5, 6]
    assert lines(misplaced_handles, "portal/records/a.py", functions) == [2, 5, 6]
    assert lines(misplaced_handles, "portal/rules/a.py", functions) == [1, 2, 5, 6]
    assert lines(commits, "portal/actions/a.py", "session.commit()\nsession.rollback()\nbegin()") == [1, 2]
    assert lines(environment_reads, "portal/web/a.py", "import os\nos.environ['A']\nos.environ['B'] = 'x'") == [2]
    assert lines(unannounced, "portal/web/a.py", "import os") == [1]
    assert lines(unannounced, "portal/web/a.py", '"""One.\n\nTwo.\nThree.\nFour.\nFive.\n"""') == [1]
    assert lines(unannounced, "portal/web/__init__.py", "") == []


Wall = Callable[[Room], Iterator[tuple[int, str]]]


def each(wall: Wall) -> Iterator[str]:
    for room in rooms_under("portal", "admin"):
        for line, words in wall(room):
            yield f"{room.name}:{line}: {words}"


def lines(wall: Wall, path: str, source: str) -> list[int]:
    return [line for room in snippets({path: source}) for line, _ in wall(room)]


def clock_reads(room: Room) -> Iterator[tuple[int, str]]:
    if room.name == CLOCK:
        return
    for node in _walk(room):
        if isinstance(node, ast.Attribute) and node.attr in CLOCK_READERS:
            if dotted(node.value).split(".")[-1] in CLOCK_HOLDERS:
                yield node.lineno, f"{dotted(node)} asks the clock; take `now` or `today` as an argument"
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                from_time = node.module == "time" and alias.name in CLOCK_READERS
                if from_time or alias.name in CLOCKED_HELPERS:
                    yield node.lineno, f"{alias.name} asks the clock"


def floats(room: Room) -> Iterator[tuple[int, str]]:
    floors = ("portal.rules", "portal.actions", "portal.records")
    if not any(is_in(room.name, floor) for floor in floors):
        return
    for node in _walk(room):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield node.lineno, f"{node.value} is a float"
        elif isinstance(node, ast.Call) and dotted(node.func) == "float":
            yield node.lineno, "float() where money is near"


def wide_catches(room: Room) -> Iterator[tuple[int, str]]:
    allowed = 1 if room.name in RECORDING else 0
    for node in _walk(room):
        if isinstance(node, ast.ExceptHandler):
            kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
            if any(kind is None or dotted(kind) in ("Exception", "BaseException") for kind in kinds):
                allowed -= 1
                if allowed < 0:
                    yield node.lineno, "catches everything; name what can go wrong"


def misplaced_handles(room: Room) -> Iterator[tuple[int, str]]:
    if is_in(room.name, "portal.gateways"):  # Stripe's checkouts are sessions too.
        return
    for node in room.tree.body:
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.name.startswith("_"):
            continue
        positional = [argument.arg for argument in (*node.args.posonlyargs, *node.args.args)]
        handles = {*positional, *(argument.arg for argument in node.args.kwonlyargs)} & {*HANDLES}
        misplaced = sorted(
            handle for handle in handles if not any(is_in(room.name, floor) for floor in HANDLES[handle])
        )
        if misplaced:
            yield node.lineno, f"{node.name} takes {', '.join(misplaced)}, which this floor does not have"
        elif handles and positional[:1] != [*handles]:
            yield node.lineno, f"{node.name} takes {', '.join(sorted(handles))}: one of them, and first"


def commits(room: Room) -> Iterator[tuple[int, str]]:
    if any(is_in(room.name, place) for place in GROUNDWORK):
        return
    for node in _walk(room):
        if isinstance(node, ast.Attribute) and node.attr in ("commit", "rollback"):
            yield node.lineno, f".{node.attr} in the caller's transaction"


def environment_reads(room: Room) -> Iterator[tuple[int, str]]:
    if room.name == "portal.settings":
        return
    written = {
        id(node.value) for node in _walk(room) if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Store)
    }
    for node in _walk(room):
        if isinstance(node, ast.Attribute) and dotted(node) in ("os.environ", "os.getenv"):
            if id(node) not in written:
                yield node.lineno, f"{dotted(node)} is read outside settings"


def unannounced(room: Room) -> Iterator[tuple[int, str]]:
    if not room.source.strip():
        return
    words = [line for line in (ast.get_docstring(room.tree) or "").splitlines() if line.strip()]
    if not 1 <= len(words) <= 4:
        yield 1, f"opens with {len(words)} lines of words; one to four say what it is for"


def _walk(room: Room) -> Iterable[ast.AST]:
    """In the order of the text."""
    return sorted(ast.walk(room.tree), key=lambda node: getattr(node, "lineno", 0))
