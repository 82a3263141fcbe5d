"""A webhook handed to the application, with one hop into its event loop instead of a client's seven."""

from typing import Any

from starlette.types import ASGIApp


async def posted(app: ASGIApp, path: str, body: bytes, headers: dict[str, str], host: str) -> int:
    """The status of the answer, once what the application does after it is done as well."""
    answer: dict[str, Any] = {}
    coming = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        return coming.pop() if coming else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        answer.update(message)

    given = {**headers, "Host": host, "Content-Length": str(len(body))}
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "root_path": "",
        "headers": [(name.lower().encode(), value.encode()) for name, value in given.items()],
        "client": ("203.0.113.9", 50_000),
        "server": (host, 80),
        "state": {},
    }
    await app(scope, receive, send)
    return int(answer["status"])
