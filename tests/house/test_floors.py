"""Imports only go down, never in a circle, and a foreign library has one owner.

A library that is not in `OWNERS` fails on purpose: say here who owns it before using it.
"""

import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from tests.house.rooms import Room, imports, is_in, rooms_under, snippets, stands

# From the roof down. Rooms on one line are neighbours and may not use each other.
FLOORS = (
    ("admin",),
    ("portal.app",),
    ("portal.pages", "portal.jobs"),
    ("portal.web",),
    ("portal.views",),
    ("portal.actions",),
    ("portal.resources",),
    ("portal.wording",),
    ("portal.links", "portal.shown"),
    ("portal.records", "portal.gateways", "portal.signing", "portal.templating", "portal.settings"),
    ("portal.rules",),
)

STRIPE = ("portal.gateways.stripe_checkout", "portal.gateways.stripe_webhooks")
PAGES = ("portal.web", "portal.pages", "portal.app", "admin")
# Logging is spoken on every floor that does something; rules do nothing.
DOING = (*PAGES, "portal.jobs", "portal.actions", "portal.resources", "portal.gateways", "portal.records")

OWNERS: Mapping[str, tuple[str, ...]] = {
    "alembic": ("portal.records.migrations", "portal.records.migrate"),
    "argon2": ("admin.access",),
    "babel": ("portal.templating",),
    "cryptography": ("admin.access",),
    "boto3": ("portal.gateways.files_s3",),
    "botocore": ("portal.gateways.files_s3",),
    "css_inline": ("portal.gateways.mailer",),
    "filetype": ("portal.gateways.images",),
    "itsdangerous": ("portal.signing",),
    "jinja2": ("portal.templating",),
    "PIL": ("portal.gateways.image_worker",),
    "limits": ("portal.web",),
    "markupsafe": ("portal.templating",),
    "psycopg": ("portal.records",),
    "pydantic": ("portal.settings", *PAGES),
    "pydantic_settings": ("portal.settings",),
    "pyotp": ("admin.access",),
    "rich": ("admin.cli",),
    "segno": ("admin.access",),
    "sqlalchemy": ("portal.records",),
    "starlette": PAGES,
    "stripe": STRIPE,
    "structlog": DOING,
    "typer": ("admin.cli",),
    "uvicorn": ("admin.cli",),
    "weasyprint": ("portal.gateways.pdf",),
    "webauthn": ("admin.access",),
    # Of the standard library: what speaks to the world outside.
    "gettext": ("portal.templating",),
    "http.client": ("portal.gateways",),
    "smtplib": ("portal.gateways.mailer",),
    "socket": ("portal.gateways", "admin.cli"),
    "sqlite3": ("portal.records",),
    "ssl": ("portal.gateways",),
    "urllib.request": ("portal.gateways",),
}

# Values in, decisions out: these would reach beyond the values.
CLOSED_TO_RULES = (
    *("asyncio", "http", "logging", "os", "pathlib", "random", "secrets", "shutil", "socket", "sqlite3"),
    *("subprocess", "sys", "tempfile", "threading", "time", "urllib"),
)


def test_imports_only_go_down() -> None:
    stands(upward(house()))


def test_no_circle_among_modules_or_packages() -> None:
    stands(circles(house()))


def test_every_library_is_used_by_its_owner_only() -> None:
    stands(trespasses(house()))


def test_rules_use_the_standard_library_only_and_nothing_beyond_values() -> None:
    stands(impure_rules(house()))


def test_nothing_in_the_house_knows_the_world_outside() -> None:
    stands(leaks(house()))


def test_the_walls_can_fail() -> None:
    up = {"portal/rules/a.py": "from portal.records import b", "portal/records/b.py": "", "portal/c.py": ""}
    assert list(upward(snippets(up))) == [
        "portal.c: has no floor; add it to FLOORS",
        "portal.rules.a:1: imports portal.records.b, which is above",
    ]
    beside = {"portal/pages/a.py": "def f(): from portal.jobs import b", "portal/jobs/b.py": ""}
    assert list(upward(snippets(beside))) == [
        "portal.pages.a:1: imports portal.jobs.b, which is a neighbour on the same floor"
    ]
    ring = {"portal/rules/a.py": "from . import b", "portal/rules/b.py": "from .a import x"}
    assert list(circles(snippets(ring))) == ["portal.rules.a -> portal.rules.b -> portal.rules.a"]
    folders = {
        "portal/rules/a/x.py": "import portal.rules.b.y",
        "portal/rules/a/z.py": "",
        "portal/rules/b/y.py": "import portal.rules.a.z",
    }
    assert list(circles(snippets(folders))) == ["portal.rules.a -> portal.rules.b -> portal.rules.a"]
    library = {"portal/actions/a.py": "import stripe.error\nimport unheard_of"}
    assert list(trespasses(snippets(library))) == [
        "portal.actions.a:1: imports stripe, which belongs to " + " and ".join(STRIPE),
        "portal.actions.a:2: imports unheard_of, which has no owner; give it one in OWNERS",
    ]
    impure = {"portal/rules/a.py": "import stripe\nfrom urllib.request import urlopen\nimport re"}
    assert len(list(impure_rules(snippets(impure)))) == 2
    assert len(list(leaks(snippets({"portal/app.py": "from e2e import house\nimport tests.support"})))) == 2


def house() -> tuple[Room, ...]:
    return rooms_under("portal", "admin")


def upward(rooms: Iterable[Room]) -> Iterator[str]:
    rooms = tuple(rooms)
    yield from (
        f"{room.name}: has no floor; add it to FLOORS"
        for room in rooms
        if room.name != "portal" and _floor(room.name) is None
    )
    for room in rooms:
        here = _floor(room.name)
        for line, module in imports(room, rooms):
            there = _floor(module)
            if here is None or there is None or here == there:
                continue
            if there[0] < here[0]:
                yield f"{room.name}:{line}: imports {module}, which is above"
            elif there[0] == here[0]:
                yield f"{room.name}:{line}: imports {module}, which is a neighbour on the same floor"


def circles(rooms: Iterable[Room]) -> Iterator[str]:
    """One circle of each kind: among modules, and among the direct children of each package."""
    rooms = tuple(rooms)
    names = {room.name for room in rooms}
    edges = {(room.name, module) for room in rooms for _, module in imports(room, rooms) if module in names}
    found = set()
    packages = {".".join(name.split(".")[:depth]) for name in names for depth in range(name.count(".") + 1)}
    for package in ("", *sorted(packages)):
        graph: dict[str, set[str]] = defaultdict(set)
        for start, end in edges:
            if (is_in(start, package) and is_in(end, package)) or not package:
                graph[_child(start, package)].add(_child(end, package))
        found.add(_circle(graph))
    graph = defaultdict(set)
    for start, end in edges:
        graph[start].add(end)
    found.add(_circle(graph))
    yield from sorted(" -> ".join(circle) for circle in found if circle)


def trespasses(rooms: Iterable[Room]) -> Iterator[str]:
    rooms = tuple(rooms)
    for room in rooms:
        for line, module in imports(room, rooms):
            library = _library(module)
            if library in OWNERS:
                if not any(is_in(room.name, owner) for owner in OWNERS[library]):
                    owners = " and ".join(OWNERS[library])
                    yield f"{room.name}:{line}: imports {library}, which belongs to {owners}"
            elif not _is_standard(library) and library not in ("portal", "admin", "e2e", "tests"):
                yield f"{room.name}:{line}: imports {library}, which has no owner; give it one in OWNERS"


def impure_rules(rooms: Iterable[Room]) -> Iterator[str]:
    rooms = tuple(room for room in rooms if is_in(room.name, "portal.rules"))
    for room in rooms:
        for line, module in imports(room, rooms):
            pure = _is_standard(module) and not any(is_in(module, closed) for closed in CLOSED_TO_RULES)
            if module == "urllib.parse" or is_in(module, "portal.rules") or pure:
                continue
            yield f"{room.name}:{line}: rules may not import {module}"


def leaks(rooms: Iterable[Room]) -> Iterator[str]:
    rooms = tuple(rooms)
    for room in rooms:
        for line, module in imports(room, rooms):
            if is_in(module, "e2e") or is_in(module, "tests"):
                yield f"{room.name}:{line}: imports {module}, which is outside the house"


def _floor(module: str) -> tuple[int, str] | None:
    """(height counted from the roof, place); a smaller number is higher."""
    for height, places in enumerate(FLOORS):
        for place in places:
            if is_in(module, place):
                return height, place
    return None


def _library(module: str) -> str:
    """The name under which a module is owned: `urllib.request`, but `stripe` for `stripe.params.checkout`."""
    two = ".".join(module.split(".")[:2])
    return two if two in OWNERS else module.split(".")[0]


def _is_standard(module: str) -> bool:
    return module.split(".")[0] in sys.stdlib_module_names


def _child(module: str, package: str) -> str:
    """The direct child of a package that a module lies in; the package's own `__init__` is a child too."""
    if module == package:
        return f"{package}.__init__"
    depth = package.count(".") + 2 if package else 1
    return ".".join(module.split(".")[:depth])


def _circle(graph: Mapping[str, set[str]]) -> tuple[str, ...]:
    """Any circle longer than one, from its alphabetically first member round to it again; empty if none."""
    done: set[str] = set()

    def walk(node: str, path: tuple[str, ...]) -> tuple[str, ...]:
        if node in path:
            return path[path.index(node) :]
        if node in done:
            return ()
        for following in sorted(graph.get(node, set()) - {node}):
            if ring := walk(following, (*path, node)):
                return ring
        done.add(node)
        return ()

    for start in sorted(graph):
        if ring := walk(start, ()):
            first = ring.index(min(ring))
            return (*ring[first:], *ring[:first], ring[first])
    return ()
