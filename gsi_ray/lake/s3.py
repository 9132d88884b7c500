"""How a lake talks to S3 and to stores that speak its language (MinIO, Ceph, R2, ...).

Credentials, region and address come from the standard places of the AWS tools: `AWS_ACCESS_KEY_ID`, `AWS_PROFILE`,
`~/.aws`, the role of the machine; `AWS_ENDPOINT_URL` for another server than Amazon's. A request that fails for the
moment (5xx, throttling, lost or silent connections) is repeated with growing pauses; `AWS_MAX_ATTEMPTS` says how often.
Time limits and all other settings of s3fs come from fsspec's own configuration, for example
`FSSPEC_S3='{"config_kwargs": {"read_timeout": 5}}'`.

Files of 32 MiB or more go up in parts. A writer that is killed leaves the parts, unseen but paid for: give the bucket
a lifecycle rule `AbortIncompleteMultipartUpload` (`cluster/bucket-lifecycle.json` is one), or call `abort_upload` for
the `unfinished_uploads` that are more than a day old.
"""

from __future__ import annotations

import socket
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from aiobotocore.session import AioSession
from botocore.session import Session
from botocore.utils import parse_timestamp
from s3fs import S3FileSystem

ATTEMPTS = 8
"""Pauses between them are half a second on average at first, then double up to ten: an outage of half a minute."""

FIRST_ATTEMPTS = 2
"""For the very first request of a run: what is misspelt should not take minutes to be said."""

CONNECT_TIMEOUT_S = 5
READ_TIMEOUT_S = 15
PART_BYTES = 16 * 2**20
"""What is sent again when a connection breaks; a file of less than two parts goes up at once."""


@dataclass(frozen=True)
class UnfinishedUpload:
    """A file that is being sent in parts, or was when its writer died. `begun` has a time zone."""

    path: str
    upload_id: str
    begun: datetime


class PatientS3(S3FileSystem):  # type: ignore[misc]  # s3fs has no types
    """s3fs with the habits of a lake. `patient` says whether it is worth while to wait for a store that is down."""

    session: Any

    def __init__(self, *, patient: bool = True, config_kwargs: dict[str, Any] | None = None, **options: Any) -> None:
        attempts = Session().get_config_variable("max_attempts") or (ATTEMPTS if patient else FIRST_ATTEMPTS)
        config: dict[str, Any] = {
            "connect_timeout": CONNECT_TIMEOUT_S,
            "read_timeout": READ_TIMEOUT_S,
            "retries": {"mode": "standard", "total_max_attempts": attempts},
        } | (config_kwargs or {})
        config["connector_args"] = {"socket_factory": _SocketFactory(config["read_timeout"])}
        # A worker needs one stream: its neighbours have theirs, and one stream repeats an answer that broke off.
        # Readers of Parquet know which bytes they want, so nothing is read ahead.
        habits: dict[str, Any] = {"max_concurrency": 1, "default_cache_type": "none"}
        super().__init__(config_kwargs=config, **(habits | options))
        # For answers that break off, which are none of botocore's business, and for what it has given up.
        self.retries = 2 if patient else 1

    async def set_session(self, *arguments: Any, **options: Any) -> Any:
        """Get ready for requests; s3fs calls it before each."""
        if self.session is None:
            self.session = AioSession(**self.kwargs)
            self.session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=timestamp)
        return await super().set_session(*arguments, **options)

    async def _pipe_file(self, path: str, data: bytes, **options: Any) -> Any:
        options = {"chunksize": PART_BYTES} | options
        try:
            return await super()._pipe_file(path, data, **options)
        except FileNotFoundError:
            # When the answer to the end of an upload is lost, some stores say to the repeated request that there is no
            # such upload. The object may be there, or not, should somebody have aborted the upload.
            return await super()._pipe_file(path, data, **options)

    def unfinished_uploads(self, folder: str, before: datetime) -> Iterator[UnfinishedUpload]:
        """Uploads of files under a folder (`bucket/key`) that were begun before a time and have not ended."""
        bucket, key, _ = self.split_path(f"{folder}/")
        page: dict[str, Any] = {"NextKeyMarker": "", "NextUploadIdMarker": "", "IsTruncated": True}
        while page["IsTruncated"]:
            markers = {"KeyMarker": page["NextKeyMarker"], "UploadIdMarker": page["NextUploadIdMarker"]}
            page = self.call_s3("list_multipart_uploads", Bucket=bucket, Prefix=key, **markers)
            for upload in page.get("Uploads", []):
                if upload["Initiated"] < before:
                    yield UnfinishedUpload(f"{bucket}/{upload['Key']}", upload["UploadId"], upload["Initiated"])

    def abort_upload(self, upload: UnfinishedUpload) -> None:
        """Drop the parts of an upload."""
        bucket, key, _ = self.split_path(upload.path)
        self.abort_mpu(bucket, key, upload.upload_id)


def timestamp(text: str) -> datetime:
    """The time that a text gives. botocore's own parser takes five sixths of the time that a page of keys takes."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return parse_timestamp(text)


@dataclass(frozen=True)
class _SocketFactory:
    """Makes sockets that give up on a peer that takes no more bytes; the time-out for reading sees only answers."""

    limit_s: float

    def __call__(self, address: tuple[Any, ...]) -> socket.socket:
        family, kind, protocol, _, _ = address
        opened = socket.socket(family, kind, protocol)
        opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, int(self.limit_s * 1000))
        return opened
