"""Imports point one way: index <- rag <- api, and eval on top of all three."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAY_IMPORT = {
    "index": {"index"},
    "rag": {"rag", "index"},
    "api": {"api", "rag", "index"},
    "eval": {"eval", "api", "rag", "index"},
}


def imported_packages(module: Path) -> set[str]:
    packages: set[str] = set()
    for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            packages.update(alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module} has a relative import"
            packages.add((node.module or "").split(".")[0])
    return packages


@pytest.mark.parametrize("package", MAY_IMPORT)
def test_imports_point_one_way(package: str) -> None:
    modules = list((ROOT / package).rglob("*.py"))
    assert modules
    for module in modules:
        forbidden = (imported_packages(module) & {*MAY_IMPORT, "tests"}) - MAY_IMPORT[package]
        assert not forbidden, f"{module.relative_to(ROOT)} imports {forbidden}"


def test_only_the_exporter_and_the_optional_embedder_name_torch_or_transformers() -> None:
    heavy = {"torch", "transformers", "sentence_transformers", "sklearn", "onnx"}
    named = {
        m.relative_to(ROOT).as_posix() for p in MAY_IMPORT for m in (ROOT / p).rglob("*.py") if imported_packages(m) & heavy
    }
    assert named == {"index/export.py", "index/embedders.py", "eval/calibration.py"}
