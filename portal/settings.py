"""How this installation is deployed, read from `PORTAL_…` environment variables and nowhere else.

What the business has decided (terms, time zone, smallest payment) is not here: it is policy, in the database.
"""

import re
import secrets
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from portal.rules.refusals import Refusal

STRIPE_API = "https://api.stripe.com"
STRIPE_PAGES = ("https://checkout.stripe.com", "https://hooks.stripe.com")
_SQLITE = "sqlite:///"
_FILE, _S3 = "file://", "s3://"
_FILES = re.compile(r"file://(/[^/\0]+)+|s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9](/[A-Za-z0-9._-]+)*")

Listed = Annotated[tuple[str, ...], NoDecode]
SecretsListed = Annotated[tuple[SecretStr, ...], NoDecode]


class Settings(BaseSettings):
    """Frozen; each field is the variable PORTAL_<NAME>. Lists are separated by commas."""

    model_config = SettingsConfigDict(env_prefix="PORTAL_", frozen=True, extra="ignore", hide_input_in_errors=True)

    base_url: str = "http://127.0.0.1:8000"
    database_url: str = Field(default=f"{_SQLITE}data/portal.db", repr=False)
    secret_keys: SecretsListed = ()
    instance: str = Field(default="portal", pattern=r"^[a-z0-9-]{1,40}$")
    stripe_secret_key: SecretStr | None = None
    stripe_webhook_secrets: SecretsListed = ()
    stripe_api_base: str = STRIPE_API
    stripe_pages: Listed = STRIPE_PAGES
    smtp_url: SecretStr | None = None
    mail_from: str = "billing@localhost"
    files_url: str = ""
    files_s3_endpoint: str | None = None
    files_s3_region: str = Field(default="us-east-1", pattern=r"^[a-zA-Z0-9-]{1,40}$")
    files_s3_access_key: SecretStr | None = None
    files_s3_secret_key: SecretStr | None = None
    trusted_proxies: Listed = ()
    worker: Literal["on", "off"] = "on"

    @field_validator("secret_keys", "stripe_webhook_secrets", "stripe_pages", "trusted_proxies", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",")) if isinstance(value, str) else value

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        for value in filter(None, values):
            try:
                ip_network(value, strict=False)
            except ValueError:
                raise ValueError(f"{value} is not an address or a network such as 10.0.0.0/8") from None
        return tuple(filter(None, values))

    @field_validator(
        *("stripe_secret_key", "smtp_url", "files_s3_endpoint", "files_s3_access_key", "files_s3_secret_key"),
        mode="before",
    )
    @classmethod
    def _blank_is_unset(cls, value: object) -> object:
        # A space before a live key must not make it look like a test key.
        return value.strip() or None if isinstance(value, str) else value

    @field_validator("base_url", "stripe_api_base", "files_s3_endpoint")
    @classmethod
    def _address(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not _is_origin(value):
            raise ValueError("must be an address such as https://pay.example.com, with nothing after it")
        return value.rstrip("/")

    @field_validator("stripe_pages")
    @classmethod
    def _origins(cls, values: tuple[str, ...]) -> tuple[str, ...]:
        # They stand in a header, where a space or a semicolon would mean something else.
        if not all(_is_origin(value) for value in values):
            raise ValueError("each must be an address such as https://checkout.stripe.com, with nothing after it")
        return values

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        if not value.startswith((_SQLITE, "postgresql://")):
            raise ValueError("must look like sqlite:////srv/portal/portal.db or postgresql://user@host/portal")
        return value

    @field_validator("files_url")
    @classmethod
    def _known_store(cls, value: str) -> str:
        value = value.strip().rstrip("/")
        if value and not _FILES.fullmatch(value):
            raise ValueError("must look like s3://bucket/prefix or file:///srv/portal/files, or be left out")
        return value

    @field_validator("secret_keys")
    @classmethod
    def _long_enough(cls, keys: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        if any(len(key.get_secret_value()) < 32 for key in keys):
            raise ValueError("each key needs 32 characters or more, for example from `openssl rand -hex 32`")
        return keys

    @field_validator("stripe_webhook_secrets")
    @classmethod
    def _real_secrets(cls, values: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        for value in values:
            bare = value.get_secret_value().strip()
            # An empty secret would make every forged webhook valid.
            if not bare.startswith("whsec_") or len(bare) < 16:
                raise ValueError("each secret starts with whsec_ (see your webhook endpoint in Stripe's dashboard)")
        return values

    @model_validator(mode="after")
    def _fit_together(self) -> Self:
        if self.is_live and self.stripe_api_base != STRIPE_API:
            raise ValueError(f"a live Stripe key works with {STRIPE_API} only; unset PORTAL_STRIPE_API_BASE")
        if self.is_live and not self.stripe_webhook_secrets:
            raise ValueError("a live Stripe key needs PORTAL_STRIPE_WEBHOOK_SECRETS, or no payment would be posted")
        if self.is_live and not self.is_https:
            raise ValueError("a live Stripe key needs an https address in PORTAL_BASE_URL")
        if self.files_bucket and not (self.files_s3_access_key and self.files_s3_secret_key):
            raise ValueError(
                "PORTAL_FILES_URL names a bucket: PORTAL_FILES_S3_ACCESS_KEY and PORTAL_FILES_S3_SECRET_KEY are needed"
            )
        return self

    @property
    def is_https(self) -> bool:
        return self.base_url.startswith("https://")

    @property
    def is_live(self) -> bool:
        """Whether real money moves: a secret or restricted key of live mode (https://docs.stripe.com/keys)."""
        key = self.stripe_secret_key
        return key is not None and key.get_secret_value().startswith(("sk_live_", "rk_live_"))

    @property
    def host(self) -> str:
        """The only host that requests may name."""
        return urlsplit(self.base_url).hostname or ""

    @property
    def data_folder(self) -> Path:
        """Where this installation keeps its own files: beside the SQLite database, else `data/`."""
        if self.database_url.startswith(_SQLITE):
            return Path(self.database_url.removeprefix(_SQLITE)).parent
        return Path("data")

    @property
    def files_folder(self) -> Path:
        """Where attachments are kept, unless they are in a bucket: `files/` in the data folder by default."""
        return Path(self.files_url.removeprefix(_FILE)) if self.files_url else self.data_folder / "files"

    @property
    def files_bucket(self) -> tuple[str, str] | None:
        """(bucket, prefix) where attachments are kept in a bucket; the prefix may be ""."""
        if not self.files_url.startswith(_S3):
            return None
        bucket, _, prefix = self.files_url.removeprefix(_S3).partition("/")
        return bucket, prefix


def read_settings() -> Settings:
    """Settings from the environment; a Refusal names every variable that is wrong, without its value."""
    try:
        return Settings()
    except ValidationError as error:
        lines = [_sentence(problem["loc"], problem["msg"]) for problem in error.errors()]
        raise Refusal("\n".join(lines)) from None


def make_data_folder(settings: Settings) -> Path:
    """The folder of this installation's own files; one that is made here is closed to the machine's other users."""
    settings.data_folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return settings.data_folder


def signing_keys(settings: Settings) -> tuple[str, ...]:
    """The keys that sign links, newest last: those of the settings, else one made once and kept in a file."""
    if settings.secret_keys:
        return tuple(key.get_secret_value() for key in settings.secret_keys)
    file = make_data_folder(settings) / "secret.key"
    fresh = file.with_suffix(f".{secrets.token_hex(4)}")
    fresh.touch(mode=0o600)
    fresh.write_text(secrets.token_hex(32))
    try:
        # Linking fails where the file exists, so two processes that start together agree on one key.
        file.hardlink_to(fresh)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    return (file.read_text().strip(),)


def _is_origin(value: str) -> bool:
    try:
        parts = urlsplit(value)
        has_port_or_none = parts.port is None or parts.port > 0
    except ValueError:
        return False
    is_bare = parts.path in ("", "/") and not (parts.query or parts.fragment or "@" in parts.netloc)
    is_clean = value.isprintable() and not set(value) & set(" ;,'\"")
    return parts.scheme in ("http", "https") and bool(parts.hostname) and has_port_or_none and is_bare and is_clean


def _sentence(where: tuple[int | str, ...], message: str) -> str:
    words = message.removeprefix("Value error, ")
    return f"PORTAL_{str(where[0]).upper()}: {words}" if where else words
