import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.api.command_line import QUOTEWISE, Run, check_complaint
from tests.conftest import SEED, SEEDS, WHY


def test_an_answer_can_be_piped_into_verify(library: Path, tmp_path: Path) -> None:
    options: dict[str, Any] = {"cwd": tmp_path, "capture_output": True, "timeout": 60, "check": True}
    environment = {**os.environ, "QUOTEWISE_INDEX": str(library)}
    answer = subprocess.run([QUOTEWISE, "ask", WHY, "--json"], env=environment, **options).stdout
    verified = subprocess.run([QUOTEWISE, "verify", "-", "--json"], input=answer, env=environment, **options)
    assert {result["verdict"] for result in json.loads(verified.stdout)} == {"valid"}
    assert verified.stderr == b""


@pytest.mark.parametrize("tampered", ["quote", "file", "folder"])
def test_verify_exits_with_1_as_soon_as_one_citation_no_longer_holds(seeded: Run, tmp_path: Path, tampered: str) -> None:
    answer = seeded("ask", WHY, "--json").json
    answer["citations"] = [answer["citations"][0], dict(answer["citations"][0])]
    folder = tmp_path / "copy"
    folder.mkdir()
    if tampered != "folder":
        (folder / SEED).write_bytes((SEEDS / SEED).read_bytes() + (b"!" if tampered == "file" else b""))
    if tampered == "quote":
        answer["citations"][-1]["quote"] = "Nobody said this."
    (tmp_path / "answer.json").write_text(json.dumps(answer), encoding="utf-8")
    outcome = seeded("verify", tmp_path / "answer.json", "--folder", folder, "--json")
    assert outcome.code == 1
    verdicts = [found["verdict"] for found in outcome.json]
    assert verdicts[-1] == ("missing" if tampered == "folder" else "changed")
    assert (verdicts.count("valid") == len(verdicts) - 1) == (tampered == "quote")
    assert seeded("verify", tmp_path / "answer.json", "--folder", folder).code == 1


@pytest.mark.parametrize(
    ("content", "mentioned"),
    [
        (b"not json", "ask --json"),
        (b"", "ask --json"),
        (b"\x89PNG\r\n\x1a\n\xff\xfe\x00", "ask --json"),
        (b"5", "ask --json"),
        (b'"text"', "ask --json"),
        (b'{"question": "why"}', "citations"),
        (b'{"citations": null}', "ask --json"),
        (b'[{"quote": "a"}]', "start"),
        (b'[{"quote": "a", "start": -1, "end": 1, "document": {"path": "a", "sha256": "b"}}]', "start"),
        (b"[" * 100_000, "ask --json"),
    ],
    ids=lambda value: repr(value)[:30] if isinstance(value, bytes) else "",
)
def test_a_file_of_no_citations_is_refused(seeded: Run, tmp_path: Path, content: bytes, mentioned: str) -> None:
    (tmp_path / "answer.json").write_bytes(content)
    check_complaint(seeded("verify", tmp_path / "answer.json"), mentioned)
