"""The examples in /openapi.json: a test sends each of them to a service of ``seeds/`` and checks the response."""

import json
from pathlib import Path
from typing import Any

EXAMPLES: dict[str, Any] = json.loads(Path(__file__).with_name("examples.json").read_text(encoding="utf-8"))


def add_examples(paths: dict[str, Any]) -> None:
    """Add those of JSON bodies to the paths of an OpenAPI document; FastAPI would drop what is null from the answer."""
    for path, examples in EXAMPLES["bodies"].items():
        paths[path]["post"]["requestBody"]["content"]["application/json"]["examples"] = examples
    paths["/ask"]["post"]["responses"]["200"]["content"]["application/json"]["example"] = EXAMPLES["answer"]
