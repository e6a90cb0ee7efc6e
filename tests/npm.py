"""Packages of npm for tests, which skip where these cannot be had."""

import shutil
import subprocess
from pathlib import Path

import pytest


def installed(source: Path, request: pytest.FixtureRequest, factory: pytest.TempPathFactory) -> Path:
    """A copy of a folder with what its lock file names, kept from one run of the tests to the next where pytest has a cache."""
    npm = shutil.which("npm")
    if not (npm and shutil.which("node")):
        pytest.skip("node and npm are not installed")
    try:
        folder = request.config.cache.mkdir(source.name)
    except (OSError, AttributeError):  # read-only, or without pytest's cache
        folder = factory.mktemp(source.name)
    lock = (source / "package-lock.json").read_text()
    marker = folder / "installed"
    shutil.copytree(source, folder, ignore=shutil.ignore_patterns("node_modules", "dist"), dirs_exist_ok=True)
    if not marker.exists() or marker.read_text() != lock:
        command = [npm, "ci", "--no-audit", "--no-fund", "--ignore-scripts", "--fetch-retries=0"]
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
        except subprocess.TimeoutExpired:
            pytest.skip(f"npm does not install the packages of {source.name} within a minute")
        if done.returncode:
            pytest.skip(f"npm cannot install the packages of {source.name}: {done.stderr[-200:]}")
        marker.write_text(lock)
    return folder
