"""Every template, filled in with believable contexts: nothing missing, nothing unescaped, every word translatable."""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from jinja2 import nodes

from portal.templating import environment, render, render_letter
from tests.templates.base import CANARY, LOCALE
from tests.templates.paper_samples import LETTERS
from tests.templates.samples import SAMPLES, long_statement

PAGES = [(name, variant) for name, variants in SAMPLES.items() for variant in variants]
MAIL = [(kind, variant) for kind, variants in LETTERS.items() for variant in variants]
VOID = {"br", "hr", "img", "input", "link", "meta"}
NOT_WORDS = {"style", "script"}


class Reader(HTMLParser):
    """Checks that tags close in order, and collects tags with their attributes, ids, and text."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> closes nothing"
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] not in NOT_WORDS:
            self.text.append(data)


def read(html: str) -> Reader:
    reader = Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader


@pytest.mark.parametrize(("name", "variant"), PAGES)
def test_pages_are_whole_and_escaped(name: str, variant: str) -> None:
    html = render(name, SAMPLES[name][variant], LOCALE)
    reader = read(html)
    assert CANARY not in html
    assert "<b>&" not in html
    ids = [attributes["id"] for _, attributes in reader.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    assert [tag for tag, _ in reader.tags].count("h1") == 1


@pytest.mark.parametrize(("name", "variant"), [each for each in PAGES if not each[0].startswith("pdf/")])
def test_pages_obey_the_content_security_policy(name: str, variant: str) -> None:
    """No inline style, script or handler; and no button that can be switched off."""
    for tag, attributes in read(render(name, SAMPLES[name][variant], LOCALE)).tags:
        assert tag != "style"
        assert tag != "script" or "src" in attributes
        assert not [key for key in attributes if key == "style" or key.startswith("on")]
        assert "disabled" not in attributes


@pytest.mark.parametrize(("kind", "variant"), MAIL)
def test_letters_say_the_same_twice(kind: str, variant: str) -> None:
    letter = render_letter(kind, LETTERS[kind][variant], LOCALE)
    reader = read(letter.html)
    assert CANARY not in letter.html
    context: Any = LETTERS[kind][variant]
    # A letter to the seller opens nothing, or what is behind the log-in; one with a code has no link beside it.
    rows = [row["href"] for row in context.get("waiting", [])]
    button = [*rows, context["href"]] if kind not in ("seller", "code") else []
    assert [attributes["href"] for tag, attributes in reader.tags if tag == "a"] == button
    assert re.findall(r"https?://\S+", letter.text) == button
    figures = re.compile(r"\$[\d,.]+\d")
    assert set(figures.findall(letter.text)) == set(figures.findall(" ".join(reader.text)))
    assert "\n" not in letter.subject
    assert "\n\n\n" not in letter.text


def test_every_template_has_a_sample() -> None:
    """A page or PDF extends a layout; what is only included is filled in with its page."""
    made = environment(LOCALE)
    assert made.loader is not None
    sources = {name: made.loader.get_source(made, name)[0] for name in made.list_templates()}
    pages = {name for name, source in sources.items() if "{% extends" in source}
    letters = {f"letters/{kind}/body.{form}" for kind in LETTERS for form in ("html", "txt")}
    sampled = SAMPLES.keys() | letters
    assert pages == {name for name in sampled if name != "pdf/layout.html"}


@pytest.mark.parametrize("name", environment(LOCALE).list_templates())
def test_every_word_goes_through_gettext(name: str) -> None:
    """What stands in a template outside of tags and expressions has no letters of its own."""
    made = environment(LOCALE)
    assert made.loader is not None
    tree = made.parse(made.loader.get_source(made, name)[0])
    data = "".join(f"{node.data}\0" for node in tree.find_all(nodes.TemplateData))
    bare = re.sub(r"<(style|script)\b.*?</\1>|<[^>]*>|&\w+;|page-narrow", " ", data, flags=re.DOTALL)
    bare = re.sub(r'[\w-]+="[^"\0]*|[^\0]*">', " ", bare)
    assert re.findall(r"[^\W\d_]{2,}", bare) == []


def test_a_thousand_rows() -> None:
    html = render("statements/show.html", long_statement(1000), LOCALE)
    assert html.count('name="charge"') == 1000
