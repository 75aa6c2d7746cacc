"""Files of a folder, an SFTP server and an S3 store: taken once, taken again when changed, never while being written."""

from __future__ import annotations

import logging
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import boto3
import pytest
import requests
from duizhang.core.errors import ContractProblem, InfraProblem
from duizhang.core.settings import Settings
from duizhang.pull import Connection, arrivals, landing, sftp
from moto.server import ThreadedMotoServer

from tests.sources.conftest import Pull
from tests.sources.servers import PASSWORD, Sshd, free_port


class Place:
    """A sender's place: how it is written to, and how it is pulled from."""

    def __init__(self, put: Callable[[str, bytes], None], remove: Callable[[str], None], connection: Connection | None, url: str) -> None:
        self.put, self.remove, self.connection, self.url = put, remove, connection, url


@pytest.fixture(scope="session")
def store() -> Iterator[str]:
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def _bucket(store: str) -> tuple[Any, Connection]:
    requests.post(f"{store}/moto-api/reset", timeout=10)
    client = boto3.client("s3", endpoint_url=store, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    client.create_bucket(Bucket="exports")
    return client, Connection("store", "aws", login="a", password="b", extra={"endpoint_url": store})


@pytest.fixture(params=["file", "sftp", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "s3":
        store = request.getfixturevalue("store")
        client, connection = _bucket(store)
        return Place(
            lambda name, content: client.put_object(Bucket="exports", Key=f"county/{name}", Body=content),
            lambda name: client.delete_object(Bucket="exports", Key=f"county/{name}"), connection, "s3://exports/county",
        )  # fmt: skip
    folder = tmp_path / "sender"
    folder.mkdir()

    def put(name: str, content: bytes) -> None:
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content)

    if request.param == "file":
        return Place(put, lambda name: (folder / name).unlink(), None, f"file://{folder}")
    server: Sshd = request.getfixturevalue("sshd")
    return Place(put, lambda name: (folder / name).unlink(), server.connection(), f"sftp://127.0.0.1:{server.port}{folder}")


@pytest.fixture
def fetched(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files whose bytes were fetched."""
    names: list[str] = []
    original = landing.store

    def noted(root: Path, source: Any, item: Any, gone: set[str]) -> Any:
        names.append(item.name)
        return original(root, source, item, gone)

    monkeypatch.setattr(landing, "store", noted)
    return names


def test_known_files_are_not_fetched_again_and_changed_ones_are(place: Place, take: Pull, settings: Settings, fetched: list[str]) -> None:
    for number in range(30):
        place.put(f"{number:02}.csv", f"content {number}".encode())
    place.put("乡/乙.csv", b"two")
    place.put("大.csv.part", b"half")
    place.put("其他.doc", b"not asked for")
    first = take(place.connection, url=place.url, files=["*.csv"])
    assert len(first) == len(fetched) == 31
    assert first[-1].name == "来源/乡/乙.csv"
    assert (settings.landing / first[-1].sha256).read_bytes() == b"two"
    fetched.clear()
    assert take(place.connection, url=place.url, files=["*.csv"]) == first
    assert fetched == []
    place.put("07.csv", b"corrected, and longer")
    place.put("31.csv", b"new")
    again = take(place.connection, url=place.url, files=["*.csv"])
    assert sorted(fetched) == ["07.csv", "31.csv"]
    assert len(again) == 32
    assert len(arrivals(settings)) == 33  # what stood there before the correction has arrived, too
    before = {a.sha256 for a in first} & {path.name for path in settings.landing.iterdir()}
    assert len(before) == 31  # nothing overwritten
    place.remove("07.csv")
    fetched.clear()
    take(place.connection, url=place.url, files=["*.csv"])
    place.put("07.csv", b"corrected, and longer")
    assert len(take(place.connection, url=place.url, files=["*.csv"])) == 32
    assert len(arrivals(settings)) == 33


def test_nothing_is_changed_at_the_sender(take: Pull, outbox: Path, sshd: Sshd) -> None:
    before = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in sorted(outbox.rglob("*"))}
    assert len(take(sshd.connection(), url=f"sftp://127.0.0.1:{sshd.port}{outbox}")) == 2
    assert {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in sorted(outbox.rglob("*"))} == before


@pytest.mark.parametrize("kind", ["file", "sftp"])
def test_a_file_being_written_is_left_until_it_has_settled(kind: str, request: pytest.FixtureRequest, take: Pull, outbox: Path) -> None:
    connection, url = None, f"file://{outbox}"
    if kind == "sftp":
        server: Sshd = request.getfixturevalue("sshd")
        connection, url = server.connection(), f"sftp://127.0.0.1:{server.port}{outbox}"
    start = time.time()
    (outbox / "新.csv").write_bytes(b"half")
    os.utime(outbox / "新.csv", (start, start))
    os.utime(outbox / "甲.csv", (start - 3600, start - 3600))
    os.utime(outbox / "乡" / "乙.csv", (start + 7200, start + 7200))  # the sender's clock is two hours ahead
    names = lambda at: [a.name for a in take(connection, url=url, settle=60, clock=lambda: start + at)]  # noqa: E731
    assert names(10) == ["来源/甲.csv"]
    (outbox / "新.csv").write_bytes(b"half and more")
    os.utime(outbox / "新.csv", (start + 30, start + 30))
    assert names(75) == ["来源/乡/乙.csv", "来源/甲.csv"]  # unchanged since we first saw it
    assert "来源/新.csv" in names(91)


def test_a_file_that_changes_while_it_is_read_is_left(take: Pull, outbox: Path, sshd: Sshd, monkeypatch: pytest.MonkeyPatch) -> None:
    opened = sftp.Sftp.open

    def and_grows(self: Any, item: Any) -> Any:
        if item.name == "甲.csv":
            (outbox / "甲.csv").write_bytes(b"one and more")
        return opened(self, item)

    url = f"sftp://127.0.0.1:{sshd.port}{outbox}"
    with monkeypatch.context() as patch:
        patch.setattr(sftp.Sftp, "open", and_grows)
        assert [a.name for a in take(sshd.connection(), url=url)] == ["来源/乡/乙.csv"]
    assert len(take(sshd.connection(), url=url)) == 2


def test_links_at_the_sender_are_not_followed(take: Pull, outbox: Path, sshd: Sshd, tmp_path: Path) -> None:
    (tmp_path / "outside.csv").write_bytes(b"secret")
    (outbox / "link.csv").symlink_to(tmp_path / "outside.csv")
    (outbox / "loop").symlink_to(outbox)
    assert len(take(sshd.connection(), url=f"sftp://127.0.0.1:{sshd.port}{outbox}")) == 2


def _refused(problem: type[Exception], take: Pull, caplog: pytest.LogCaptureFixture, connection: Connection, url: str) -> str:
    import traceback

    with caplog.at_level(logging.DEBUG), pytest.raises(problem) as caught:
        take(connection, url=url)
    shown = "".join(traceback.format_exception(caught.value)) + caplog.text + repr(connection)
    assert PASSWORD not in shown
    return str(caught.value)


def test_sftp_refusals_say_who_must_act_and_hold_no_password(
    take: Pull, outbox: Path, sshd: Sshd, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    good = sshd.connection()
    url = f"sftp://127.0.0.1:{sshd.port}{outbox}"
    assert "refuses the login" in _refused(
        ContractProblem, take, caplog, replace(sshd.connection(key_file=""), password=PASSWORD), url
    )  # fmt: skip
    assert "key is not known" in _refused(ContractProblem, take, caplog, replace(sshd.connection(host_key=""), password=PASSWORD), url)
    other = (tmp_path / "other").with_suffix(".pub")
    import subprocess

    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(other.with_suffix(""))], check=True)
    wrong = " ".join(other.read_text().split()[:2])
    assert "another key" in _refused(ContractProblem, take, caplog, replace(sshd.connection(host_key=wrong), password=PASSWORD), url)
    nobody = f"sftp://127.0.0.1:{free_port()}{outbox}"
    assert "cannot be reached" in _refused(InfraProblem, take, caplog, replace(good, password=PASSWORD), nobody)
    assert "cannot be read" in _refused(InfraProblem, take, caplog, replace(good, password=PASSWORD), f"{url}/nowhere")


def test_s3_refusals_say_who_must_act_and_hold_no_key(take: Pull, store: str, caplog: pytest.LogCaptureFixture) -> None:
    client, good = _bucket(store)
    client.put_object(Bucket="exports", Key="county/a.csv", Body=b"x")
    requests.post(f"{store}/moto-api/reset-auth", data=b"0", timeout=10)
    try:
        assert "refuses the key" in _refused(ContractProblem, take, caplog, replace(good, password=PASSWORD), "s3://exports/county")
    finally:
        requests.post(f"{store}/moto-api/reset-auth", data=b"inf", timeout=10)
    assert "not there" in _refused(ContractProblem, take, caplog, replace(good, password=PASSWORD), "s3://no-such-bucket/x")
    nobody = replace(good, password=PASSWORD, extra={"endpoint_url": f"http://127.0.0.1:{free_port()}"})
    assert "cannot be reached" in _refused(InfraProblem, take, caplog, nobody, "s3://exports/county")
