import json
from pathlib import Path

import pytest

from quotewise.api.cli import main
from quotewise.api.settings import Settings, SettingsError, load_settings, origins
from quotewise.rag.defaults import DEFAULT_TOP_K


@pytest.fixture(autouse=True)
def _nothing_set_outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, default_reader: None) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize(
    ("file", "environment", "flag", "value", "origin"),
    [
        (None, None, None, DEFAULT_TOP_K, "default"),
        (5, None, None, 5, "file"),
        (None, 6, None, 6, "environment"),
        (5, 6, None, 6, "environment"),
        (None, None, 7, 7, ""),
        (5, 6, 7, 7, ""),
    ],
)
def test_flags_stand_before_the_environment_and_that_before_the_file_and_that_before_the_default(
    monkeypatch: pytest.MonkeyPatch, file: int | None, environment: int | None, flag: int | None, value: int, origin: str
) -> None:
    if file is not None:
        Path("quotewise.toml").write_text(f"top_k = {file}\nmax_quotes = 1\n", encoding="utf-8")
    if environment is not None:
        monkeypatch.setenv("QUOTEWISE_TOP_K", str(environment))
    assert load_settings(top_k=flag).top_k == value
    assert flag or origins()["top_k"] == origin
    expected = (1, "file") if file is not None else (3, "default")
    assert (load_settings(top_k=flag).max_quotes, origins()["max_quotes"]) == expected


def test_every_setting_can_be_set_in_the_environment_and_in_the_file(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = {
        "index": "elsewhere",
        "catalogue": "postgresql://user@127.0.0.1/quotewise",
        "uploads": "/mnt/uploads",
        "search_index": "milvus",
        "milvus_uri": "http://127.0.0.1:19530",
        "collection": "notes",
        "host": "0.0.0.0",
        "port": 9000,
        "workers": 3,
        "embedder": "intfloat/e5-small",
        "chunk_tokens": 64,
        "language": "de",
        "max_file_bytes": 1,
        "password_file": "/run/secrets/passwords",
        "public_url": "https://quotes.example.org/docs",
        "max_body_bytes": 2,
        "body_seconds": 1.5,
        "parallel": 3,
        "queue": 7,
        "extract_seconds": 2.5,
        "rate": "5/second",
        "cors_origins": ["https://a.example", "http://b.example:8080"],
        "trusted_proxies": ["10.0.0.0/8"],
        "max_uploads": 3,
        "upload_seconds": 0.5,
        "remembered_answers": 4,
        "top_k": 3,
        "retrieval": "dense",
        "max_quotes": 2,
        "reader": "similarity",
        "threshold": 0.5,
        "threads": 4,
        "log_format": "json",
        "log_level": "debug",
        "log_questions": True,
        "shutdown_seconds": 3,
    }
    assert wanted.keys() == Settings.model_fields.keys()
    Path("quotewise.toml").write_text("\n".join(f"{name} = {json.dumps(value)}" for name, value in wanted.items()))
    assert load_settings().model_dump(mode="json") == wanted
    assert set(origins().values()) == {"file"}
    Path("quotewise.toml").unlink()
    for name, value in wanted.items():
        monkeypatch.setenv(f"QUOTEWISE_{name.upper()}", ",".join(value) if isinstance(value, list) else str(value))
    assert load_settings().model_dump(mode="json") == wanted
    assert set(origins().values()) == {"environment"}


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("top_k = 0", "the setting 'top_k' is not valid: .* got 0"),
        ("top_k = 101", "the setting 'top_k' is not valid: .* got 101"),
        ("max_quotes = 4", "'max_quotes'"),
        ("threshold = nan", "'threshold'"),
        ("threads = 0", "'threads'"),
        ("chunk_tokens = 15", "'chunk_tokens'"),
        ("port = 65536", "'port'"),
        ("queue = -1", "'queue'"),
        ("body_seconds = 0", "'body_seconds'"),
        ('rate = "often"', "'rate'"),
        ('cors_origins = ["*"]', "'cors_origins"),
        ('cors_origins = ["https://a.example/page"]', "'cors_origins"),
        ('trusted_proxies = ["nearby"]', "'trusted_proxies"),
        ("topk = 5", "'topk'"),
        ("top_k =", "quotewise.toml is not valid TOML"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_name(content: str, complaint: str) -> None:
    Path("quotewise.toml").write_text(content, encoding="utf-8")
    with pytest.raises(SettingsError, match=complaint):
        load_settings()


def test_the_settings_command_lists_every_setting_with_its_value_origin_and_purpose(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Path("quotewise.toml").write_text('collection = "notes"\n', encoding="utf-8")
    monkeypatch.setenv("QUOTEWISE_PORT", "0")
    with pytest.raises(SystemExit, match="0"):
        main(["settings", "--json"])
    listed = json.loads(capsys.readouterr().out)
    assert listed.keys() == Settings.model_fields.keys()
    assert (listed["collection"]["value"], listed["collection"]["from"]) == ("notes", "file")
    assert (listed["port"]["value"], listed["port"]["from"]) == (0, "environment")
    assert (listed["top_k"]["value"], listed["top_k"]["from"]) == (DEFAULT_TOP_K, "default")
    assert all(setting["about"] for setting in listed.values())

    with pytest.raises(SystemExit, match="0"):
        main(["settings"])
    rows = [line.split() for line in capsys.readouterr().out.splitlines()]
    for name, setting in listed.items():
        assert [name, str(setting["value"]), setting["from"]] in [row[:3] for row in rows]
