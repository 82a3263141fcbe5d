"""The one typed exception for whatever a person can meet; its text is for humans and says what to do next."""


class Refusal(Exception):
    """A human sentence, the form field or column it belongs to (if any), and the HTTP status it deserves.

    What a customer can meet is written as a literal with `%(name)s` for each of `values`: that is the `message` to
    be translated. `sentence` is the same in English, filled in. Without values a sentence stays as it is.
    """

    status = 422

    def __init__(
        self, message: str, /, *, field: str | None = None, status: int | None = None, **values: object
    ) -> None:
        self.message = message
        self.values = values
        self.sentence = message % values if values else message
        super().__init__(self.sentence)
        self.field = field
        if status is not None:
            self.status = status


class NotFound(Refusal):
    """What was asked for does not exist, or is not theirs to see; the sentence must not tell which."""

    status = 404


class Conflict(Refusal):
    """What was asked for cannot be done any more, because something happened in between."""

    status = 409
