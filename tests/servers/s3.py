"""An S3 server for tests, in this process: moto's, with one empty bucket."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

BUCKET = "stems"


@contextmanager
def s3_server() -> Iterator[dict[str, str]]:
    """Run it; gives the environment in which a program finds it. Skips, loudly, where moto is missing."""
    moto = pytest.importorskip("moto.server", reason="LOUD: moto is not here, so no S3 server was asked")
    boto3 = pytest.importorskip("boto3")
    server = moto.ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    try:
        address = "http://{}:{}".format(*server.get_host_and_port())
        keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
        client = boto3.client("s3", endpoint_url=address, region_name="us-east-1", **keys)
        client.create_bucket(Bucket=BUCKET)
        client.close()
        found = {"AWS_ENDPOINT_URL": address, "AWS_REGION": "us-east-1"}
        yield {**found, **{name.upper(): value for name, value in keys.items()}}
    finally:
        server.stop()
