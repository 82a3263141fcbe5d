"""The one typed exception for whatever a person can meet; its text is for humans and says what to do next."""


class Refusal(Exception):
    """A human sentence, the form field or column it belongs to (if any), and the HTTP status it deserves."""

    status = 422

    def __init__(self, sentence: str, *, field: str | None = None, status: int | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.field = field
        if status is not None:
            self.status = status


class NotFound(Refusal):
    """What was asked for does not exist, or is not theirs to see; the sentence must not tell which."""

    status = 404


class Conflict(Refusal):
    """What was asked for cannot be done any more, because something happened in between."""

    status = 409
