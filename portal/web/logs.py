"""What may stand in logs: a link's token is a key to an account, so it is cut out of every address."""

import logging
import re

_TOKEN = re.compile(r"(/l/)[^/?#\s]+")


def without_token(text: str) -> str:
    """`/l/WyJh…` becomes `/l/…`."""
    return _TOKEN.sub(r"\1…", text)


class WithoutTokens(logging.Filter):
    """For the server's access log."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Cut the tokens out of the record itself, and let it pass."""
        record.msg = without_token(str(record.msg))
        if isinstance(record.args, tuple):
            record.args = tuple(without_token(a) if isinstance(a, str) else a for a in record.args)
        return True


WITHOUT_TOKENS = WithoutTokens()
