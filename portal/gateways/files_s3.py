"""Attachments in a bucket of Amazon S3, or of a store that speaks as it does (MinIO, Ceph, R2, B2).

Keys and addresses that boto3 could take from elsewhere (its own variables, profiles, a machine's role) are named here:
what the settings say is all there is.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from portal.gateways.files import FileMissing, Files, FilesUnavailable, is_name, new_name

_CONNECT_SECONDS = 5
_READ_SECONDS = 30
_TRIES = 3


class BucketFiles:
    """A bucket, and in it what begins with `prefix`. Safe to use from several threads."""

    def __init__(self, client: Any, bucket: str, prefix: str) -> None:
        self._client = client
        self._bucket = bucket
        self._prefix = f"{prefix}/" if prefix else ""

    def write(self, data: bytes, *, now: datetime) -> str:
        name = new_name(now)
        with _asking(name):
            # It is there wholly when the store has answered, and not at all before.
            self._client.put_object(
                Bucket=self._bucket, Key=self._key(name), Body=data, ContentType="application/octet-stream"
            )
        return name

    def read(self, name: str) -> bytes:
        if not is_name(name):
            raise FileMissing(name)
        with _asking(name):
            found = self._client.get_object(Bucket=self._bucket, Key=self._key(name))
            return bytes(found["Body"].read())

    def delete(self, name: str) -> None:
        if not is_name(name):
            raise FileMissing(name)
        with _asking(name):
            self._client.delete_object(Bucket=self._bucket, Key=self._key(name))

    def names(self) -> Iterator[str]:
        with _asking("the list of files"):
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._prefix)
            for page in pages:
                for found in page.get("Contents", ()):
                    name = str(found["Key"]).removeprefix(self._prefix)
                    if is_name(name):
                        yield name

    def _key(self, name: str) -> str:
        return self._prefix + name


def open_bucket(
    bucket: str, prefix: str, *, endpoint: str | None, region: str, access_key: str, secret_key: str
) -> Files:
    """The files of this bucket; without an endpoint it is Amazon's. Nothing is asked yet."""
    config = Config(
        connect_timeout=_CONNECT_SECONDS,
        read_timeout=_READ_SECONDS,
        retries={"total_max_attempts": _TRIES, "mode": "standard"},
        ignore_configured_endpoint_urls=True,
        # Stores beside Amazon's mostly know neither host names for buckets nor the newer checksums.
        s3={"addressing_style": "path" if endpoint else "auto"},
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    client = boto3.session.Session().client(
        "s3",
        endpoint_url=endpoint,
        region_name=region,
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        config=config,
    )
    return BucketFiles(client, bucket, prefix)


@contextmanager
def _asking(name: str) -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") in ("NoSuchKey", "404"):
            raise FileMissing(name) from None
        raise FilesUnavailable(f"{name}: {error}") from error
    except (BotoCoreError, OSError) as error:
        raise FilesUnavailable(f"{name}: {error}") from error
