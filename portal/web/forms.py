"""What a person typed, checked: a model's fields, or a sentence for each field that is wrong.

pydantic finds what is wrong; the words are the page's own, by field and kind of error.
"""

from collections.abc import Mapping
from typing import Annotated, TypeVar, get_origin

from pydantic import BaseModel, StringConstraints, ValidationError
from starlette.datastructures import ImmutableMultiDict

# Whether an address exists, only a letter can tell; this is what no address lacks.
Email = Annotated[str, StringConstraints(max_length=254, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]


class Form(BaseModel):
    """The base of every form: a field is a text, or whatever pydantic makes of one; a list takes every value."""


Filled = TypeVar("Filled", bound=Form)


class FormRefused(Exception):
    """`errors` are {field, text} for the template's summary, in the order of the fields."""

    def __init__(self, errors: list[dict[str, str]]) -> None:
        super().__init__("; ".join(error["text"] for error in errors))
        self.errors = errors


def read_form(
    model: type[Filled], typed: ImmutableMultiDict[str, str], sentences: Mapping[tuple[str, str], str]
) -> Filled:
    """The model filled from the form; FormRefused otherwise.

    Texts are stripped; a field that the form lacks and one left empty are both missing, a list has each of its
    values. `sentences` says (field, pydantic's error type) in words, with (field, "*") for all other types.
    """
    given: dict[str, object] = {}
    for name, field in model.model_fields.items():
        values = [text for value in typed.getlist(name) if (text := str(value).strip())]
        if get_origin(field.annotation) in (list, tuple):
            given[name] = values
        elif values:
            given[name] = values[-1]
    try:
        return model.model_validate(given)
    except ValidationError as wrong:
        found: dict[str, dict[str, str]] = {}
        for error in wrong.errors():
            field_name = str(error["loc"][0])
            text = sentences.get((field_name, error["type"])) or sentences[field_name, "*"]
            found.setdefault(field_name, {"field": field_name, "text": text})
        raise FormRefused(list(found.values())) from None
