"""Imports point one way: index <- rag <- api, and eval and integrations on top of all three."""

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "index": {"index"},
    "rag": {"rag", "index"},
    "api": {"api", "rag", "index"},
    "eval": {"eval", "api", "rag", "index"},
    "integrations": {"integrations", "api", "rag", "index"},
}


def _package(module: str) -> str:
    """Of ours the part of ``quotewise``, of others the top-level package."""
    return module.removeprefix("quotewise.").split(".")[0]


def imported_packages(module: Path) -> set[str]:
    packages: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            packages.update(_package(alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} has a relative import"
            packages.add(_package(node.module or ""))
    return packages


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_point_one_way(package: str) -> None:
    modules = list((ROOT / package).rglob("*.py"))
    assert modules
    for module in modules:
        forbidden = (imported_packages(module) & {*MAY_IMPORT, "tests"}) - MAY_IMPORT[package]
        assert not forbidden, f"{module.relative_to(ROOT)} imports {forbidden}"


TRAINING_ONLY = {"torch", "transformers", "sentence_transformers", "sklearn", "onnx", "onnxscript", "safetensors"}
MAY_NAME_THEM = {
    "eval/bench/models.py",
    "eval/measures.py",
    "eval/peers/tutorial.py",
    "eval/peers/weights.py",
    "eval/training/calibration.py",
    "eval/training/export.py",
    "eval/training/network.py",
    "eval/training/restored.py",
    "eval/training/teacher.py",
    "eval/training/train.py",
    "index/embedders.py",
}


def test_only_making_and_measuring_models_and_the_optional_embedder_name_the_libraries_of_training() -> None:
    modules = [module for package in MAY_IMPORT for module in (ROOT / package).rglob("*.py")]
    named = {m.relative_to(ROOT).as_posix() for m in modules if imported_packages(m) & TRAINING_ONLY}
    assert named == MAY_NAME_THEM


def test_what_answers_questions_imports_neither_the_exporter_nor_the_training() -> None:
    making = ("quotewise.eval",)
    for module in (m for package in ("index", "rag", "api") for m in (ROOT / package).rglob("*.py")):
        source = ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        imported = {node.module or "" for node in source if isinstance(node, ast.ImportFrom)}
        assert not any(name.startswith(making) for name in imported), module


def test_serving_loads_no_library_of_training_nor_the_slow_sdk_of_mcp(tmp_path: Path) -> None:
    program = f"""if True:
        import sys
        from pathlib import Path
        import quotewise.api.cli
        from quotewise.api.app import create_app
        from quotewise.api.service import Service
        from quotewise.api.settings import Settings
        from quotewise.index.embedders import load_embedder
        from starlette.testclient import TestClient
        load_embedder()
        settings = Settings(index=Path(sys.argv[1]))
        service = Service.open(settings, create=True)
        service.warm()
        with TestClient(create_app(service, settings), "http://localhost", client=("127.0.0.1", 50000)) as client:
            assert client.post("/extract", json={{"question": "Who fell?", "texts": ["The bridge fell."]}}).json()["results"]
        print(*{(TRAINING_ONLY | {"mcp", "opentelemetry.sdk"})!r} & set(sys.modules))
    """
    done = subprocess.run([sys.executable, "-c", program, tmp_path], cwd=ROOT, capture_output=True, text=True)
    assert (done.returncode, done.stdout.strip()) == (0, ""), done.stderr


def test_the_container_is_built_from_every_folder_of_the_package() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    folders = {"quotewise", *project["tool"]["setuptools"]["package-dir"].values()}
    assert folders <= {line.removeprefix("!") for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()}
