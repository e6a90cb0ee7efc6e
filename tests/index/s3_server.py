"""An S3 server on this machine: moto's, in a process of its own, which workers ask, too; or one that fails in a given way."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from importlib.util import find_spec
from typing import Any

import pytest

from tests.http_server import served

_START = """if True:
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import make_server
    server = make_server("127.0.0.1", 0, DomainDispatcherApplication(create_backend_app), threaded=True)
    print(server.port, flush=True)
    server.serve_forever()
"""
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "a",
    "AWS_SECRET_ACCESS_KEY": "b",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_CONFIG_FILE": os.devnull,
    "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
    "AWS_MAX_ATTEMPTS": "1",
}
needs_s3 = pytest.mark.skipif(not (find_spec("s3fs") and find_spec("moto")), reason="needs s3fs and moto")


@contextmanager
def moto_server() -> Iterator[str]:
    """The address of a server without any bucket."""
    with subprocess.Popen(
        [sys.executable, "-c", _START], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as server:
        assert server.stdout
        try:
            yield f"http://127.0.0.1:{int(server.stdout.readline())}"
        finally:
            server.kill()


class Objects:
    """The objects of a new bucket, to be put and deleted by their keys."""

    def __init__(self, bucket: str, url: str) -> None:
        import boto3

        self.bucket = bucket
        self._client: Any = boto3.client("s3", endpoint_url=url)
        self._client.create_bucket(Bucket=bucket)

    def put(self, **texts: str) -> None:
        """By keys without ``.txt``; two underscores stand for a slash."""
        for name, text in texts.items():
            self.put_key(f"{name.replace('__', '/')}.txt", text.encode())

    def put_key(self, key: str, data: bytes) -> None:
        self._client.put_object(Bucket=self.bucket, Key=key, Body=data)

    def delete(self, key: str) -> None:
        self._client.delete_object(Bucket=self.bucket, Key=key)


Answer = tuple[int, bytes]


def refusal(code: str, status: int) -> Answer:
    return status, f"<Error><Code>{code}</Code><Message>It says {code}.</Message></Error>".encode()


def listing(*keys: str, more: bool = False) -> Answer:
    """A page of keys, of objects of 12 bytes."""
    entries = "".join(
        f"<Contents><Key>{key}</Key><LastModified>2026-01-01T00:00:00Z</LastModified><ETag>1</ETag><Size>12</Size></Contents>"
        for key in keys
    )
    continued = "<IsTruncated>true</IsTruncated><NextContinuationToken>n</NextContinuationToken>" if more else ""
    return 200, f"<ListBucketResult><Name>bucket</Name>{continued}{entries}</ListBucketResult>".encode()


@contextmanager
def answering(answer: Callable[[str], Answer | None]) -> Iterator[str]:
    """The address of a server of such answers to requests, by path and query; it hangs up instead of None.

    What moto does not do: refuse, or break off.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            given = answer(self.path)
            if given is None:
                self.close_connection = True
                return
            self.send_response(given[0])
            self.send_header("ETag", '"1"')
            self.send_header("Last-Modified", "Thu, 01 Jan 2026 00:00:00 GMT")
            self.send_header("Content-Length", str(len(given[1])))
            self.end_headers()
            self.wfile.write(given[1])

    with served(Handler) as address:
        yield address
