"""Objects of an S3-compatible store, by boto3. An object appears whole or not at all, and its etag names its content."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, Any, cast
from urllib.parse import unquote, urlsplit

import boto3
import botocore.config
import botocore.exceptions

from duizhang.core.errors import ContractProblem, InfraProblem
from duizhang.pull.connections import Connection
from duizhang.pull.source import Item, is_arrival

_SECONDS = {"connect_timeout": 20, "read_timeout": 120}
_REFUSED = {"InvalidAccessKeyId", "SignatureDoesNotMatch", "AccessDenied", "403", "AuthFailure", "InvalidToken"}
_WRONG = {"NoSuchBucket", "PermanentRedirect"}


class Objects:
    """The objects below a prefix of a bucket."""

    def __init__(self, client: Any, bucket: str, prefix: str) -> None:
        self.client = client
        self.bucket = bucket
        self.prefix = prefix

    def items(self) -> Iterator[Item]:
        for page in self.client.get_paginator("list_objects_v2").paginate(Bucket=self.bucket, Prefix=self.prefix):
            for entry in page.get("Contents", ()):
                name = entry["Key"][len(self.prefix) :]
                if name and not name.endswith("/") and is_arrival(name):
                    yield Item(name, entry["Key"], (entry["Size"], entry["ETag"]))

    def open(self, item: Item) -> IO[bytes]:
        return cast(IO[bytes], self.client.get_object(Bucket=self.bucket, Key=item.location)["Body"])

    def changed(self, item: Item) -> bool:
        head = self.client.head_object(Bucket=self.bucket, Key=item.location)
        return (head["ContentLength"], head["ETag"]) != item.state


@contextmanager
def objects(name: str, url: str, connection: Connection) -> Iterator[Objects]:
    """The objects of `s3://bucket/prefix`. Login and password of `connection` are key id and secret; extras: endpoint_url
    (any S3-compatible store), region_name, addressing_style (default `path` with an endpoint, as most stores want it).

    Raises InfraProblem where the store cannot be reached, ContractProblem where it refuses; no text of the store passes.
    """
    parts = urlsplit(url)
    prefix = unquote(parts.path).lstrip("/")
    endpoint = connection.extra.get("endpoint_url") or connection.host or None
    style = connection.extra.get("addressing_style") or ("path" if endpoint else "auto")
    config = botocore.config.Config(
        **_SECONDS, retries={"max_attempts": 2}, s3={"addressing_style": style},
        # stores that are not Amazon's do not know the newer checksums
        request_checksum_calculation="when_required", response_checksum_validation="when_required",
    )  # fmt: skip
    try:
        client = boto3.client(
            "s3", endpoint_url=endpoint, region_name=connection.extra.get("region_name") or "us-east-1",
            aws_access_key_id=connection.login or None, aws_secret_access_key=connection.password or None, config=config,
        )  # fmt: skip
        yield Objects(client, parts.netloc, f"{prefix.rstrip('/')}/" if prefix else "")
        client.close()
    except botocore.exceptions.ClientError as problem:
        code = str(problem.response.get("Error", {}).get("Code", ""))
        if code in _REFUSED:
            raise ContractProblem(f"Source {name}: the store refuses the key of connection {connection.conn_id} ({code}).") from None
        if code in _WRONG:
            raise ContractProblem(f"Source {name}: its bucket is not there ({code}).") from None
        raise InfraProblem(f"Source {name}: the store failed ({code}).") from None
    except (botocore.exceptions.NoCredentialsError, ValueError):
        raise ContractProblem(f"Source {name}: connection {connection.conn_id} has no key, or no address.") from None
    except (botocore.exceptions.BotoCoreError, botocore.exceptions.HTTPClientError) as problem:
        raise InfraProblem(f"Source {name} cannot be reached ({type(problem).__name__}).") from None
