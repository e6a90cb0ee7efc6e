import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import takewhile
from pathlib import Path
from typing import IO

import httpx
import psutil
import pytest

from quotewise.api.app import from_environment
from quotewise.api.cli import main
from quotewise.api.keys import Keys
from tests.api.conftest import serving, wait_until
from tests.conftest import SEED, SEEDS, WHY

QUOTEWISE = Path(sys.executable).with_name("quotewise")


@contextmanager
def quotewise(*arguments: str | Path, index: Path) -> Iterator[subprocess.Popen[str]]:
    """The real command as a process of its own, stderr joined to stdout; killed after two minutes if it still runs."""
    environment = {**os.environ, "QUOTEWISE_INDEX": str(index), "PYTHONUNBUFFERED": "1"}
    with subprocess.Popen(
        [QUOTEWISE, *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, cwd=index.parent
    ) as process:
        killer = threading.Timer(120, process.kill)
        killer.start()
        try:
            yield process
        finally:
            killer.cancel()
            if process.poll() is None:
                process.kill()


def listening(output: IO[str]) -> tuple[list[str], str]:
    """What a service prints until it says where it listens, and where that is."""
    lines = []
    for line in output:
        lines.append(line)
        if found := re.search(r"127\.0\.0\.1\W+(\d+)", line):
            return lines, f"http://127.0.0.1:{found[1]}"
    pytest.fail("".join(lines))


@pytest.mark.parametrize("how", ["--empty", "folder"])
def test_a_service_that_begins_empty_answers_from_what_is_uploaded(tmp_path: Path, how: str) -> None:
    folder = tmp_path / "index" / "uploads" / "default" if how == "--empty" else tmp_path / how
    if how == "folder":
        folder.mkdir()
    with quotewise("serve", folder if how == "folder" else how, "--port", "0", index=tmp_path / "index") as process:
        assert process.stdout
        _, address = listening(process.stdout)
        with httpx.Client(base_url=address, timeout=30) as client:
            assert client.post("/ask", json={"question": WHY}).json()["type"].endswith(":unknown-collection")
            text = (SEEDS / SEED).read_bytes()
            assert client.put("/collections/default/documents/seed.txt", content=text).status_code == 201
            assert client.post("/ask", json={"question": WHY}).json()["answered"]
    assert (folder / "seed.txt").read_bytes() == text


@pytest.mark.usefixtures("default_reader")
def test_serve_indexes_a_folder_listens_and_stops_when_told_to(tmp_path: Path) -> None:
    with quotewise("serve", SEEDS, "--port", "0", index=tmp_path / "index") as process:
        assert process.stdout
        lines, address = listening(process.stdout)
        assert lines[0].startswith("1 added")
        with httpx.Client(base_url=address, timeout=30) as client:
            answer = client.post("/ask", json={"question": WHY}).raise_for_status().json()
            assert answer["answered"]
            citation = answer["citations"][0]
            text = (SEEDS / SEED).read_bytes().decode()
            assert text[citation["start"] : citation["end"]] == citation["quote"]
        os.kill(process.pid, signal.SIGTERM)
        rest = process.stdout.read()
        assert process.wait(timeout=20) in (0, -signal.SIGTERM)
    assert not rest, "on a terminal it is quiet"
    assert not list((tmp_path / "index").glob("catalogue.sqlite-*")), "the catalogue was not closed"


def test_serve_follows_the_changes_of_a_watched_folder_and_stops_when_told_to(tmp_path: Path, folder: Path) -> None:
    (folder / "tea.txt").write_text("Tea was first drunk in China.")
    with quotewise("serve", folder, "--watch", "--port", "0", index=tmp_path / "index") as process:
        assert process.stdout
        _, address = listening(process.stdout)
        with httpx.Client(base_url=address, timeout=30) as client:
            (folder / "coffee.txt").write_text("Coffee was first brewed in Yemen.")
            assert process.stdout.readline() == "1 added: coffee.txt\n"
            answer = client.post("/ask", json={"question": "Where was coffee first brewed?"}).raise_for_status().json()
            assert [citation["document"]["path"] for citation in answer["citations"]] == ["coffee.txt"]
            (folder / "bad.txt").write_bytes(b"\0")
            assert "failed: bad.txt: is binary" in process.stdout.readline()
        os.kill(process.pid, signal.SIGTERM)
        assert process.wait(timeout=30) in (0, -signal.SIGTERM)


def test_serve_tells_where_it_listens_as_json(tmp_path: Path) -> None:
    with quotewise("serve", SEEDS, "--port", "0", "--json", index=tmp_path / "index") as process:
        assert process.stdout
        printed = takewhile(lambda line: line != "}\n", process.stdout)
        told = json.loads("".join(printed) + "}")
        assert told["indexed"]["added"] == [SEED]
        assert httpx.get(f"{told['url']}/health", timeout=30).json() == {"status": "alive"}
        os.kill(process.pid, signal.SIGTERM)


def test_serve_names_the_mistake_before_the_port_that_is_taken_and_each_in_one_line(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, library: Path
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        mistakes = {
            (): port,
            (str(SEEDS),): port,
            (str(tmp_path / "no folder"),): "no folder",
            ("--index", str(tmp_path / "no index")): "no index",
            ("--reader", str(tmp_path / "no reader")): "no reader",
            (str(SEEDS), "--chunk-tokens", "17"): "chunks of",
            ("--chunk-tokens", "1"): "chunk_tokens",
            ("--watch",): "--watch needs the FOLDER",
        }
        for arguments, named in mistakes.items():
            with pytest.raises(SystemExit, match="1"):
                main(["serve", "--index", str(library), "--port", port, *arguments])
            assert re.fullmatch(rf"quotewise: [^\n]*{named}[^\n]*\n", capsys.readouterr().err), arguments
    assert not (tmp_path / "no index").exists()


def test_serve_on_every_address_answers_strangers_as_soon_as_there_is_a_key(tmp_path: Path, library: Path) -> None:
    index = Path(shutil.copytree(library, tmp_path / "index"))
    with quotewise("serve", "--host", "0.0.0.0", "--port", "0", index=index) as process:
        assert process.stdout
        assert "there is no key yet" in process.stdout.readline()
        port = process.stdout.readline().strip().rpartition(":")[2]
        own = [a.address for found in psutil.net_if_addrs().values() for a in found if a.family == socket.AF_INET]
        strange = [address for address in own if not address.startswith("127.")]
        wait_until(lambda: httpx.get(f"http://127.0.0.1:{port}/ready").status_code == 200)
        assert httpx.get(f"http://127.0.0.1:{port}/collections").status_code == 200
        for address in strange:
            assert "quotewise keys make" in httpx.get(f"http://{address}:{port}/collections").json()["detail"]
        _, secret = Keys(index).make("stranger")
        for address in ("127.0.0.1", *strange):
            assert httpx.get(f"http://{address}:{port}/collections").status_code == 401
            headers = {"Authorization": f"Bearer {secret}"}
            assert httpx.get(f"http://{address}:{port}/collections", headers=headers).status_code == 200
        os.kill(process.pid, signal.SIGTERM)


def test_a_server_of_another_make_finds_its_settings_in_the_environment(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("QUOTEWISE_INDEX", str(library))
    monkeypatch.setenv("QUOTEWISE_COLLECTION", "notes")
    monkeypatch.setenv("QUOTEWISE_MAX_BODY_BYTES", "40")
    with serving(from_environment()) as client:
        wait_until(lambda: client.get("/ready").status_code == 200)
        assert client.get("/collections").json()["default"] == "notes"
        assert client.get("/documents").json()["total"] == 4
        assert client.post("/ask", json={"question": "x" * 40}).status_code == 413
