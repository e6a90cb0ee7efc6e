"""/openapi.json: FastAPI's document, completed by ``openapi.json``: examples, events, and the responses of OpenAI's protocol.

A test sends each example to a service of ``seeds/`` and checks the response.
"""

import json
from pathlib import Path
from typing import Any

from fastapi import FastAPI

from quotewise.api import events, problems
from quotewise.api.middleware import authenticate

_ADDED: dict[str, Any] = json.loads(Path(__file__).with_name("openapi.json").read_text(encoding="utf-8"))


def document(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document of an app, with problem details in the place of FastAPI's validation errors."""
    if app.openapi_schema is None:
        schema = FastAPI.openapi(app)
        components = schema["components"]["schemas"]
        components |= events.schemas() | _ADDED["components"]
        for unused in ("HTTPValidationError", "ValidationError", "Span"):
            components.pop(unused, None)
        components["securitySchemes"] = {"key": {"type": "http", "scheme": "bearer"}}
        schema["security"] = [{"key": []}, {}]  # without any key, this machine itself is answered
        for name, added in _ADDED["operations"].items():
            method, path = name.split(" ")
            _merge(schema["paths"][path][method], added)
        for path, item in schema["paths"].items():
            for operation in item.values():
                if path in authenticate.PROBES:
                    operation["security"] = []
                if path in authenticate.PROBES or "4XX" in operation["responses"]:  # OpenAI's shape covers these
                    for status in map(str, problems.responses(*authenticate.PROBLEMS)):
                        operation["responses"].pop(status)
        app.openapi_schema = schema
    return app.openapi_schema


def _merge(target: dict[str, Any], added: dict[str, Any]) -> None:
    for name, value in added.items():
        if isinstance(value, dict) and isinstance(target.get(name), dict) and target[name]:
            _merge(target[name], value)
        else:
            target[name] = value
