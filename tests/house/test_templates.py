"""Every template compiles, misses nothing silently, escapes what it should, and is used by somebody."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping

import pytest
from jinja2 import DictLoader, Environment, StrictUndefined, TemplateSyntaxError, UndefinedError, meta

from portal.templating import environment
from tests.house.rooms import Room, rooms_under, snippets, stands

LOCALE = "en_US"


def test_every_template_compiles() -> None:
    stands(broken(environment(LOCALE)))


def test_a_missing_name_is_an_error_not_an_empty_place() -> None:
    assert environment(LOCALE).undefined is StrictUndefined
    with pytest.raises(UndefinedError):
        environment(LOCALE).from_string("{{ nobody }}").render()


def test_everything_is_escaped_but_the_plain_text_of_letters() -> None:
    escapes = environment(LOCALE).autoescape
    assert callable(escapes)
    unescaped = [name for name in environment(LOCALE).list_templates() if not escapes(name)]
    assert [name for name in unescaped if not re.fullmatch(r"letters/.+\.txt", name)] == []


def test_every_template_is_used() -> None:
    stands(unused(sources(environment(LOCALE)), environment(LOCALE), rooms_under("portal", "admin")))


def test_the_walls_can_fail() -> None:
    templates = {
        "bad.html": "{% if %}",
        "unheard.html": "{{ x|unheard }}",
        "base.html": "{% block a %}{% endblock %}",
        "page.html": '{% extends "base.html" %}',
        "letters/a/body.txt": "",
        "letters/b/body.txt": "",
        "other/a/body.txt": "",
    }
    made = Environment(loader=DictLoader(templates), autoescape=True)
    assert [line.split(":")[0] for line in broken(made)] == ["bad.html", "unheard.html"]
    code = 'render("page.html"); kind = "a"; render(f"letters/{kind}/body.txt"); "bad.html"'
    sound = {name: text for name, text in templates.items() if name not in ("bad.html", "unheard.html")}
    assert list(unused(sound, made, snippets({"portal/a.py": code}))) == [
        "letters/b/body.txt: nothing uses it",
        "other/a/body.txt: nothing uses it",
    ]


def broken(made: Environment) -> Iterator[str]:
    for name in made.list_templates():
        try:
            made.get_template(name)
        except TemplateSyntaxError as error:
            yield f"{name}:{error.lineno}: {error.message}"


def unused(templates: Mapping[str, str], made: Environment, rooms: Iterable[Room]) -> Iterator[str]:
    """What an f-string fills in must stand as a text of its own somewhere: `"receipt"` for `f"letters/{kind}/…"`."""
    nodes = [node for room in rooms for node in ast.walk(room.tree)]
    texts = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    patterns = [_pattern(node) for node in nodes if isinstance(node, ast.JoinedStr)]
    for name, source in templates.items():
        texts |= {other for other in meta.find_referenced_templates(made.parse(source)) if other and other != name}
    for name in sorted(templates.keys() - texts):
        matches = (pattern.fullmatch(name) for pattern in patterns)
        if not any(match and texts.issuperset(match.groups()) for match in matches):
            yield f"{name}: nothing uses it"


def sources(made: Environment) -> dict[str, str]:
    assert made.loader is not None
    return {name: made.loader.get_source(made, name)[0] for name in made.list_templates()}


def _pattern(node: ast.JoinedStr) -> re.Pattern[str]:
    """Each filled place is a group that stands for one part of a path."""
    parts = (re.escape(str(part.value)) if isinstance(part, ast.Constant) else "([^/]+)" for part in node.values)
    return re.compile("".join(parts))
