"""The two stores of attachments, a folder and a bucket of a real S3-compatible server: what is written is there."""

import stat
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from portal.gateways import files as rooms
from portal.gateways.files import FileMissing, Files, FilesUnavailable, FolderFiles, is_name, made_at, new_name
from portal.gateways.files_s3 import open_bucket
from portal.resources import open_resources
from portal.rules.refusals import Refusal
from portal.settings import Settings

NOW = datetime(2026, 3, 2, 15, 0, 7, 250_000, tzinfo=UTC)
KEYS = {"access_key": "test", "secret_key": "test"}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of an S3-compatible server with an empty bucket called `evidence`."""
    running = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    url = f"http://{host}:{port}"
    keys = {"aws_access_key_id": "test", "aws_secret_access_key": "test", "region_name": "us-east-1"}
    boto3.client("s3", endpoint_url=url, **keys).create_bucket(Bucket="evidence")
    yield url
    running.stop()


@pytest.fixture(params=["folder", "bucket"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> Files:
    """An empty store of each kind."""
    if request.param == "folder":
        return FolderFiles(tmp_path / "data" / "files")
    url: str = request.getfixturevalue("server")
    return open_bucket("evidence", tmp_path.name, endpoint=url, region="us-east-1", **KEYS)


def test_what_is_written_can_be_read_listed_and_deleted(files: Files) -> None:
    assert [*files.names()] == []
    written = {files.write(data, now=NOW): data for data in (b"a", b"a", b"x" * 3_000_000)}
    assert len(written) == 3
    assert {name: files.read(name) for name in written} == written
    assert sorted(files.names()) == sorted(written)
    gone = next(iter(written))
    files.delete(gone)
    files.delete(gone)
    with pytest.raises(FileMissing):
        files.read(gone)
    assert sorted(files.names()) == sorted({*written} - {gone})


def test_a_name_is_random_and_says_when_it_was_made(files: Files) -> None:
    first, second = files.write(b"a", now=NOW), files.write(b"a", now=NOW)
    assert first[:5] != second[:5] or first != second
    assert is_name(first)
    assert made_at(first) == NOW.replace(microsecond=0)


@pytest.mark.parametrize("name", ["../secret.key", "/etc/passwd", "ab/cd/../../../x", "ab/cd", "", "new/..", "a\0b"])
def test_no_other_path_is_opened(files: Files, tmp_path: Path, name: str) -> None:
    (tmp_path / "data").mkdir(exist_ok=True)
    (tmp_path / "data" / "secret.key").write_text("secret")
    with pytest.raises(FileMissing):
        files.read(name)
    with pytest.raises(FileMissing):
        files.delete(name)


def test_a_list_longer_than_a_page_is_complete(server: str) -> None:
    files = open_bucket("evidence", "long", endpoint=server, region="us-east-1", **KEYS)
    client = boto3.client(
        "s3", endpoint_url=server, aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1"
    )
    names = {new_name(NOW) for _ in range(1_005)}
    for name in names:
        client.put_object(Bucket="evidence", Key=f"long/{name}", Body=b"x")
    client.put_object(Bucket="evidence", Key="long/README.txt", Body=b"not ours")
    assert {*files.names()} == names


def test_a_folder_is_closed_to_others(tmp_path: Path) -> None:
    root = tmp_path / "files"
    name = FolderFiles(root).write(b"a", now=NOW)
    for folder in (root, root / "new", *list((root / name).parents)[:2]):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((root / name).stat().st_mode) == 0o600
    assert [*(root / "new").iterdir()] == []


def test_nothing_is_left_where_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, data: bytes) -> None:
        path.write_bytes(data[:1])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(rooms, "write_through", full)
    files = FolderFiles(tmp_path / "files")
    with pytest.raises(FilesUnavailable, match="No space left"):
        files.write(b"abc", now=NOW)
    assert [*files.names()] == []


def test_a_write_that_never_ended_is_listed(tmp_path: Path) -> None:
    files = FolderFiles(tmp_path / "files")
    files.write(b"a", now=NOW)
    left = "new/" + new_name(NOW).rpartition("/")[2]
    (tmp_path / "files" / left).write_bytes(b"half")
    (tmp_path / "files" / "new" / "notes.txt").write_bytes(b"not ours")
    assert left in files.names()
    assert len([*files.names()]) == 2
    files.delete(left)
    assert len([*files.names()]) == 1


def test_a_folder_that_cannot_be_entered_is_away(tmp_path: Path) -> None:
    (tmp_path / "files").write_text("a file where the folder should be")
    files = FolderFiles(tmp_path / "files")
    with pytest.raises(FilesUnavailable):
        files.write(b"a", now=NOW)
    with pytest.raises(FilesUnavailable):
        files.read(new_name(NOW))


def test_a_bucket_that_does_not_answer_is_away(server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portal.gateways.files_s3._TRIES", 1)
    nobody = open_bucket("evidence", "", endpoint="http://127.0.0.1:1", region="us-east-1", **KEYS)
    no_bucket = open_bucket("no-such-bucket", "", endpoint=server, region="us-east-1", **KEYS)
    for files in (nobody, no_bucket):
        with pytest.raises(FilesUnavailable):
            files.write(b"a", now=NOW)
        with pytest.raises(FilesUnavailable):
            files.read(new_name(NOW))
        with pytest.raises(FilesUnavailable):
            [*files.names()]


def test_the_settings_open_a_bucket(server: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # What boto3 would take from elsewhere does not count.
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "somebody")
    settings = _settings(tmp_path, files_url="s3://evidence/harbor/supply", files_s3_endpoint=server)
    resources = open_resources(settings, online=False)
    name = resources.files.write(b"a", now=NOW)
    resources.close()
    whole = open_bucket("evidence", "harbor", endpoint=server, region="us-east-1", **KEYS)
    assert [*whole.names()] == []
    part = open_bucket("evidence", "harbor/supply", endpoint=server, region="us-east-1", **KEYS)
    assert [*part.names()] == [name]


def test_without_the_library_the_refusal_says_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "portal.gateways.files_s3", None)
    with pytest.raises(Refusal, match=r"pip install 'payment-portal\[s3\]'"):
        open_resources(_settings(tmp_path, files_url="s3://evidence"), online=False)


def _settings(folder: Path, **more: str) -> Settings:
    return Settings.model_validate(
        {
            "database_url": f"sqlite:///{folder / 'portal.db'}",
            "secret_keys": "k" * 32,
            "files_s3_access_key": "test",
            "files_s3_secret_key": "test",
            **more,
        }
    )
