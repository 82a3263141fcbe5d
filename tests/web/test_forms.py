"""Forms: one sentence for each field that is wrong, in the page's own words."""

import pytest
from pydantic import Field
from starlette.datastructures import ImmutableMultiDict

from portal.web.forms import Email, Form, FormRefused, read_form
from tests.support.site import Site

SENTENCES = {
    ("email", "missing"): "Enter your email address",
    ("email", "*"): "Enter an email address, like name@example.com",
    ("count", "*"): "Enter a number",
}


class Example(Form):
    email: Email
    count: int = 1
    chosen: list[str] = Field(default=[])


def read(*pairs: tuple[str, str]) -> Example:
    return read_form(Example, ImmutableMultiDict(list(pairs)), SENTENCES)


def test_a_form_becomes_values() -> None:
    found = read(("email", " a@x.org "), ("count", "3"), ("chosen", "a"), ("chosen", "b"), ("other", "x"))
    assert found == Example(email="a@x.org", count=3, chosen=["a", "b"])


def test_what_is_empty_is_missing() -> None:
    assert read(("email", "a@x.org"), ("count", " "), ("chosen", "")) == Example(email="a@x.org")


@pytest.mark.parametrize(
    ("typed", "errors"),
    [
        ([], [("email", "Enter your email address")]),
        ([("email", "  ")], [("email", "Enter your email address")]),
        ([("email", "a")], [("email", "Enter an email address, like name@example.com")]),
        ([("email", "a b@x.org")], [("email", "Enter an email address, like name@example.com")]),
        ([("email", f"a@{'x' * 260}.org")], [("email", "Enter an email address, like name@example.com")]),
        ([("email", "a@x.org"), ("count", "ten")], [("count", "Enter a number")]),
        ([("count", "ten")], [("email", "Enter your email address"), ("count", "Enter a number")]),
    ],
)
def test_each_wrong_field_gets_its_sentence(typed: list[tuple[str, str]], errors: list[tuple[str, str]]) -> None:
    with pytest.raises(FormRefused) as refused:
        read(*typed)
    assert refused.value.errors == [{"field": field, "text": text} for field, text in errors]


@pytest.mark.parametrize("charset", ["utf-7", "punycode", "unicode_escape", "undefined", "no-such-thing"])
def test_a_form_in_letters_that_browsers_do_not_send(site: Site, charset: str) -> None:
    body = '--x\r\ncontent-disposition: form-data; name="email"\r\n\r\n+2AA-\r\n--x--\r\n'
    said = {"content-type": f"multipart/form-data; boundary=x; charset={charset}"}
    assert site.browser().post("/link", content=body, headers=said).status_code == 400
