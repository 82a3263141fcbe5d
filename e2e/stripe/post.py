"""The post office: endpoints, deliveries on their way, and the switches that make webhooks misbehave."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import requests

Post = Callable[[str, bytes, dict[str, str]], int | None]


@dataclass
class Switches:
    """How webhooks misbehave. All at rest by default; they apply to what happens from now on."""

    late_seconds: int = 0
    copies: int = 1
    second_event: bool = False
    shuffle: bool = False
    drop_percent: int = 0
    wrong_secret: bool = False
    future_seconds: int = 0
    flip_livemode: bool = False
    inside_call: bool = False


@dataclass
class Endpoint:
    """Where webhooks go. Several secrets (a rotation under way) give several signatures in one header."""

    url: str
    secrets: list[str]
    types: tuple[str, ...] = ("*",)

    def wants(self, kind: str) -> bool:
        return "*" in self.types or kind in self.types


@dataclass
class Attempt:
    at: datetime
    status: int | None


@dataclass
class Delivery:
    """One event on its way to one endpoint. `state`: waiting, sending, delivered, dropped, given_up."""

    number: int
    event: dict[str, Any]
    endpoint: Endpoint
    due_at: datetime
    state: str = "waiting"
    request_id: str | None = None
    attempts: list[Attempt] = field(default_factory=list)


class PostOffice:
    """The endpoints, the switches and the queue of one State."""

    def __init__(self, seed: int, post: Post | None = None) -> None:
        self.endpoints: list[Endpoint] = []
        self.switches = Switches()
        self.queue: list[Delivery] = []
        self.post: Post = post or over_http
        self.fate = random.Random(f"drop:{seed}")
        self.order = random.Random(f"order:{seed}")


def over_http(url: str, body: bytes, headers: dict[str, str]) -> int | None:
    """The answer's status; None when nobody answered."""
    with requests.Session() as session:
        session.trust_env = False
        try:
            return session.post(url, data=body, headers=headers, timeout=30, allow_redirects=False).status_code
        except requests.RequestException:
            return None
