"""Each wrong setting is named in a sentence before anything starts, and no secret is repeated in it."""

import stat
from pathlib import Path

import pytest

from portal.rules.refusals import Refusal
from portal.settings import STRIPE_PAGES, Settings, read_settings, signing_keys

LIVE = {
    "PORTAL_BASE_URL": "https://pay.example.com",
    "PORTAL_STRIPE_SECRET_KEY": "sk_live_51abcdefgh",
    "PORTAL_STRIPE_WEBHOOK_SECRETS": "whsec_0123456789abcdef",
}


def given(monkeypatch: pytest.MonkeyPatch, **variables: str) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return read_settings()


def test_no_setting_at_all_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = given(monkeypatch)
    assert settings.database_url == "sqlite:///data/portal.db"
    assert settings.stripe_pages == STRIPE_PAGES
    assert not settings.is_live


def test_lists_are_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = given(
        monkeypatch,
        PORTAL_STRIPE_WEBHOOK_SECRETS="whsec_0123456789abcdef, whsec_fedcba9876543210",
        PORTAL_TRUSTED_PROXIES="10.0.0.0/8,",
    )
    assert len(settings.stripe_webhook_secrets) == 2
    assert settings.trusted_proxies == ("10.0.0.0/8",)


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("PORTAL_BASE_URL", "pay.example.com", "must be an address such as https://pay.example.com"),
        ("PORTAL_BASE_URL", "https://pay.example.com:https", "must be an address such as https://pay.example.com"),
        ("PORTAL_BASE_URL", "https://pay.example.com/portal", "with nothing after it"),
        ("PORTAL_BASE_URL", "https://me@pay.example.com", "with nothing after it"),
        ("PORTAL_STRIPE_PAGES", "https://checkout.stripe.com; script-src *", "each must be an address"),
        ("PORTAL_STRIPE_PAGES", "", "each must be an address"),
        ("PORTAL_BASE_URL", "ftp://pay.example.com", "must be an address such as https://pay.example.com"),
        ("PORTAL_SECRET_KEYS", "too-short", "each key needs 32 characters or more"),
        ("PORTAL_SECRET_KEYS", "", "each key needs 32 characters or more"),
        ("PORTAL_STRIPE_WEBHOOK_SECRETS", "", "each secret starts with whsec_"),
        ("PORTAL_STRIPE_WEBHOOK_SECRETS", "   ", "each secret starts with whsec_"),
        ("PORTAL_STRIPE_WEBHOOK_SECRETS", "whsec_", "each secret starts with whsec_"),
        ("PORTAL_STRIPE_WEBHOOK_SECRETS", "whsec_0123456789abcdef,", "each secret starts with whsec_"),
        ("PORTAL_STRIPE_API_BASE", "localhost:1", "must be an address"),
        ("PORTAL_TRUSTED_PROXIES", "proxy.example.com", "proxy.example.com is not an address or a network"),
        ("PORTAL_INSTANCE", "Has Spaces", "PORTAL_INSTANCE"),
        ("PORTAL_WORKER", "perhaps", "PORTAL_WORKER"),
        ("PORTAL_FILES_URL", "files", "must look like s3://bucket/prefix"),
        ("PORTAL_FILES_URL", "file://relative/files", "must look like s3://bucket/prefix"),
        ("PORTAL_FILES_URL", "s3://", "must look like s3://bucket/prefix"),
        ("PORTAL_FILES_URL", "s3://key:secret@bucket", "must look like s3://bucket/prefix"),
        ("PORTAL_FILES_URL", "https://bucket.example.com", "must look like s3://bucket/prefix"),
        ("PORTAL_FILES_S3_ENDPOINT", "minio.example.com", "must be an address"),
    ],
)
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, variable: str, value: str, sentence: str) -> None:
    with pytest.raises(Refusal) as refused:
        given(monkeypatch, **{variable: value})
    assert refused.value.sentence.startswith(f"{variable}: ")
    assert sentence in refused.value.sentence


def test_every_wrong_setting_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refusal) as refused:
        given(monkeypatch, PORTAL_BASE_URL="x", PORTAL_WORKER="y")
    assert "PORTAL_BASE_URL" in refused.value.sentence
    assert "PORTAL_WORKER" in refused.value.sentence


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"PORTAL_STRIPE_WEBHOOK_SECRETS": None}, "needs PORTAL_STRIPE_WEBHOOK_SECRETS"),
        ({"PORTAL_STRIPE_API_BASE": "http://localhost:1"}, "works with https://api.stripe.com only"),
        ({"PORTAL_BASE_URL": "http://pay.example.com"}, "needs an https address"),
    ],
)
def test_a_live_key_refuses_what_would_lose_money(
    monkeypatch: pytest.MonkeyPatch, change: dict[str, str | None], sentence: str
) -> None:
    variables = {name: value for name, value in {**LIVE, **change}.items() if value is not None}
    with pytest.raises(Refusal, match=sentence) as refused:
        given(monkeypatch, **variables)
    assert "51abcdefgh" not in refused.value.sentence


def test_a_live_key_is_known_behind_a_space(monkeypatch: pytest.MonkeyPatch) -> None:
    assert given(monkeypatch, **LIVE | {"PORTAL_STRIPE_SECRET_KEY": " sk_live_51abcdefgh\n"}).is_live


def test_a_live_key_starts_when_all_is_well(monkeypatch: pytest.MonkeyPatch) -> None:
    assert given(monkeypatch, **LIVE).is_live


def test_attached_files_are_kept_where_the_settings_say(monkeypatch: pytest.MonkeyPatch) -> None:
    assert given(monkeypatch).files_folder == Path("data/files")
    beside = given(monkeypatch, PORTAL_DATABASE_URL="sqlite:////srv/portal/portal.db")
    assert (beside.files_folder, beside.files_bucket) == (Path("/srv/portal/files"), None)
    elsewhere = given(monkeypatch, PORTAL_FILES_URL=" file:///mnt/evidence/ ")
    assert (elsewhere.files_folder, elsewhere.files_bucket) == (Path("/mnt/evidence"), None)


def test_a_bucket_needs_keys_which_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(Refusal, match="PORTAL_FILES_S3_ACCESS_KEY and PORTAL_FILES_S3_SECRET_KEY are needed"):
        given(monkeypatch, PORTAL_FILES_URL="s3://evidence/harbor/", PORTAL_FILES_S3_ACCESS_KEY="AK")
    settings = given(monkeypatch, PORTAL_FILES_S3_SECRET_KEY="hush")
    assert settings.files_bucket == ("evidence", "harbor")
    assert "hush" not in repr(settings)


def test_secrets_are_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    database = "postgresql://portal:hush@db.example.com/portal"
    mail = "smtp://u:hush@mail.example.com?starttls=1"
    shown = repr(given(monkeypatch, **LIVE, PORTAL_SMTP_URL=mail, PORTAL_DATABASE_URL=database))
    assert "51abcdefgh" not in shown
    assert "hush" not in shown
    assert "0123456789abcdef" not in shown


def test_a_signing_key_is_made_once_and_only_its_owner_may_read_it(tmp_path: Path) -> None:
    settings = Settings(database_url=f"sqlite:///{tmp_path}/made/portal.db")
    assert signing_keys(settings) == signing_keys(settings)
    (file,) = (tmp_path / "made").iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
