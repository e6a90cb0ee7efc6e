"""YAML, TOML, INI and other settings: entries under what leads to them."""

import pytest

from quotewise.index.chunking import block_spans
from tests.index.formats.files import block, parse_document

SHOP = """# Deployment of the shop
services:
  payment:
    image: "shop/payment:2.4"
    retries: 3
  # Written anew in May
  'search engine':
    command: |
      run: index
      sleep 5
    {{- if .Values.fast }}
    retries: 5
on_call:
- name: Jana Kowalski
  phone: "+48 22 555 0101"
- name: Piet de Vries
  phone: "+31 20 555 0188"
---
retries: 8
"""
SERVER = """worker_processes 4;
http {
    # The shop
    server {
        location /api {
            read_timeout 30s;
        }
        listen 80;
    }
    gzip on;
}
"""
TOOLS = """line = 120
[tool.linter]
select = [
  "E", "F",
  ["W"],
]
[[tool.hooks]]  # first
run = "build"
"""


@pytest.mark.parametrize(
    ("path", "text", "entry", "trail"),
    [
        ("a.yaml", SHOP, "retries: 3", ("services", "payment")),
        ("a.yml", SHOP, "# Written anew", ("services", "search engine")),
        ("a.yml", SHOP, "run: index", ("services", "search engine", "command")),
        ("a.yml", SHOP, "retries: 5", ("services", "search engine")),
        ("a.yml", SHOP, 'phone: "+31', ("on_call", "name: Piet de Vries")),
        ("a.yml", SHOP, "retries: 8", ()),
        ("a.conf", SERVER, "worker_processes", ()),
        ("a.conf", SERVER, "# The shop", ("http", "server")),
        ("a.conf", SERVER, "read_timeout", ("http", "server", "location /api")),
        ("a.conf", SERVER, "listen", ("http", "server")),
        ("a.conf", SERVER, "gzip", ("http",)),
        ("a.toml", TOOLS, "line", ()),
        ("a.toml", TOOLS, '["W"]', ("tool.linter",)),
        ("a.ini", TOOLS, "run", ("tool.hooks",)),
    ],
)
@pytest.mark.parametrize("end", ["\n", "\r\n"], ids=("LF", "CRLF"))
def test_an_entry_stands_under_the_keys_or_sections_that_lead_to_it(
    path: str, text: str, entry: str, trail: tuple[str, ...], end: str
) -> None:
    document = parse_document(path, text.replace("\n", end).encode())
    assert block(document, entry).heading == trail


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        ("app/Dockerfile", ["FROM python", "# Install tools", "RUN apt-get update && \\", "    apt-get install git"]),
        ("Makefile", ["all: build test", "test:", "\t./a --check"]),
        ("user.proto", ["message User {", "  // Never empty.", "  string name = 1;", "}"]),
        ("backup.service", ["[Unit]", "Description=Backup", "Restart=on-failure"]),
        ("main.tf", ['resource "bucket" "logs" {', "  days = 90", "}"]),
    ],
)
def test_lines_of_files_for_programs_are_quoted_one_by_one(path: str, lines: list[str]) -> None:
    document = parse_document(path, "\n".join(lines).encode())
    quoted = [document.text[a:b].strip() for one in document.blocks for a, b in block_spans(document.text, one)]
    assert quoted == [line.strip() for line in lines if any(map(str.isalnum, line))] + ["}"] * lines.count("}")


@pytest.mark.parametrize(
    "text",
    ["k: " + "!x" * 5_000 + " z", "- " * 5_000, "a {\n" * 5_000, "}\n" * 5_000, "a:b" * 5_000, "a" + "\t" * 40_000 + "b"],
)
@pytest.mark.parametrize("path", ["a.yaml", "a.conf"])
def test_hostile_settings_lose_nothing(path: str, text: str) -> None:
    document = parse_document(path, text.encode())
    shown = "".join(document.text[one.start : one.end] for one in document.blocks)
    assert [sign for sign in shown if sign.isalnum()] == [sign for sign in text if sign.isalnum()]
