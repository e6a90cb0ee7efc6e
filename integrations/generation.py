"""From an OpenAPI document, and nothing else, the values and operations of the clients in Python and in TypeScript.

Written by ``python -m quotewise.integrations.generation < openapi.json``. What is OpenAI's, below ``/v1/``, has clients.
"""

import json
import keyword
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Schema = Mapping[str, Any]
_HERE = Path(__file__).parent
_SCALARS = {"string": "str", "integer": "int", "number": "float", "boolean": "bool", "null": "None"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """One of an operation; ``place`` is ``path``, ``query``, ``headers``, ``body``, a field of it, or ``content``."""

    name: str
    place: str
    schema: Schema
    required: bool

    variable: str


@dataclass(frozen=True, slots=True)
class Operation:
    """What the service does; ``answers`` has the schema of each good status, ``events`` that of each event's data."""

    name: str
    method: str
    path: str
    description: str
    body: Schema | None
    parameters: list[Parameter]
    answers: dict[int, Schema]
    events: dict[str, Schema]

    def of(self, place: str) -> list[Parameter]:
        return [parameter for parameter in self.parameters if parameter.place == place]


def operations(document: Schema) -> Iterator[Operation]:
    """Those of the document, in its order."""
    for path, item in document["paths"].items():
        for method, found in item.items() if not path.startswith("/v1/") else ():
            place = {"path": "path", "query": "query", "header": "headers"}
            named = {p["name"]: p["name"].replace("-", "_") for p in found.get("parameters", [])}
            parameters = [
                Parameter(p["name"], place[p["in"]], p["schema"], p["required"], named[p["name"]])
                for p in found.get("parameters", [])
            ]
            contents = found.get("requestBody", {}).get("content", {})
            body = next(iter(contents.values()))["schema"] if len(contents) == 1 else None
            if body:
                schema = document["components"]["schemas"][_name(body)]
                required = schema.get("required", ())
                for name, field in schema["properties"].items():
                    variable = f"new_{name}" if name in named else name  # what one of the path becomes
                    parameters.append(Parameter(name, "body", field, name in required, variable))
            elif contents:
                parameters.append(Parameter("content", "content", {"type": "string", "format": "binary"}, True, "content"))
            good = {int(status): response.get("content", {}) for status, response in found["responses"].items() if status < "3"}
            events = good.get(200, {}).get("text/event-stream", {}).get("schema", {}).get("oneOf", [])
            yield Operation(
                name=found["operationId"].removesuffix(re.sub(r"\W", "_", path) + f"_{method}"),
                method=method.upper(),
                path=path,
                description=found["description"].split("\n\n")[0],
                body=body,
                parameters=sorted(parameters, key=lambda parameter: not parameter.required),
                answers={
                    status: next((c["schema"] for c in content.values()), {"type": "null"}) for status, content in good.items()
                },
                events={e["properties"]["event"]["const"]: e["properties"]["data"]["contentSchema"] for e in events},
            )


def _schemas(document: Schema, used: list[Operation]) -> dict[str, Schema]:
    """Those that the operations lead to, by name."""
    schemas, found = document["components"]["schemas"], set[str]()
    parts = [[o.body, list(o.answers.values()), list(o.events.values()), [p.schema for p in o.parameters]] for o in used]
    new = _names([*parts, {"$ref": "/Problem"}])
    while new:
        found |= new
        new = _names([schemas[name] for name in new]) - found
    return {name: schemas[name] for name in sorted(found)}


def _names(value: Any) -> set[str]:
    return {found.rpartition("/")[2] for found in re.findall(r'"\$ref": "([^"]+)"', json.dumps(value))}


def _name(schema: Schema) -> str:
    return str(schema["$ref"]).rpartition("/")[2]


def _union(types: Iterable[str]) -> str:
    return " | ".join(dict.fromkeys(types))


def python(document: Schema) -> str:
    """A module of the values as pydantic models, and of the operations as methods, once to be called and once to be awaited."""
    used = list(operations(document))
    schemas = _schemas(document, used)
    lines = [
        '"""The values and operations of the HTTP API: made from its OpenAPI document by ``generation``, not to be edited."""\n'
    ]
    lines += ["# ruff: noqa\nfrom __future__ import annotations\n"]
    lines += ["from collections.abc import AsyncIterator, Iterator, Mapping, Sequence\nfrom typing import Any, Literal\n"]
    lines += ["from pydantic import BaseModel, ConfigDict, Field\n"]
    lines += ["\nclass Value(BaseModel):", "    model_config = ConfigDict(frozen=True, validate_by_name=True)\n"]
    for name, schema in schemas.items():
        if "properties" not in schema:
            lines.append(f"\n{name} = {_python(schema)}\n{_docstring(schema)}\n")
            continue
        lines += [f"\nclass {name}(Value):", f"    {_docstring(schema)}\n"]
        for field, found in schema["properties"].items():
            lines.append(f"    {_field(field, found, field in schema.get('required', ()))}")
            lines += [f"    {_docstring(found)}"] if "description" in found else []
        lines.append("")
    for kind, wait, define, iterator in (("", "", "def", "Iterator"), ("Async", "await ", "async def", "AsyncIterator")):
        lines += [f"\nclass {kind}Operations:", '    """What the service does, as methods."""\n']
        lines += [f"    {define} _send(self, method: str, path: str, answers: Mapping[int, Any], **parts: Any) -> Any:"]
        lines += ["        raise NotImplementedError\n"]
        lines += [f"    def _events(self, method: str, path: str, events: Mapping[str, Any], **parts: Any) -> {iterator}[Any]:"]
        lines += ["        raise NotImplementedError\n"]
        for operation in used:
            answer = _union(map(_python, operation.answers.values()))
            answers = ", ".join(f"{status}: {_python(schema)}" for status, schema in operation.answers.items())
            lines += [*_method(operation, schemas, define, operation.name, answer)]
            lines += [f"        found: {answer} = {wait}self._send({_call(operation, answers)})", "        return found\n"]
            if operation.events:
                kinds = {name: _python(schema) for name, schema in operation.events.items()}
                answer = f"{iterator}[{_union(kind for kind in kinds.values() if kind != 'Problem')}]"
                lines += [*_method(operation, schemas, "def", f"{operation.name}_events", answer)]
                events = ", ".join(f'"{name}": {kind}' for name, kind in kinds.items())
                lines += [f"        return self._events({_call(operation, events)})\n"]
    return "\n".join(lines)


def _docstring(schema: Schema) -> str:
    return f'r"""{" ".join((schema.get("description") or schema["title"]).split())}"""'


def _method(operation: Operation, schemas: Mapping[str, Schema], define: str, name: str, answer: str) -> Iterator[str]:
    given = ["self"]
    for parameter in operation.parameters:
        kind = re.sub(r"\w+", lambda name: _union([name[0], *_extending(name[0], schemas)]), _python(parameter.schema))
        if parameter.required:
            given.append(f"{parameter.variable}: {kind}")
        else:
            given += [] if "*" in given else ["*"]
            given.append(f"{parameter.variable}: {_union([*kind.split(' | '), 'None'])} = None")
    yield f"    {define} {name}({', '.join(given)}) -> {answer}:"
    yield f'        r"""{" ".join(operation.description.split())}"""'


def _extending(name: str, schemas: Mapping[str, Schema]) -> list[str]:
    """The values that are sent where one of this name is asked for, since they have its fields and others are let pass."""
    wanted = schemas.get(name, {})
    if "properties" not in wanted or wanted.get("additionalProperties", True) is False:
        return []
    return [
        other
        for other, found in schemas.items()
        if other != name and wanted["properties"].keys() <= found.get("properties", {}).keys()
    ]


def _call(operation: Operation, results: str) -> str:
    places = (place for place in ("path", "query", "headers", "body") if operation.of(place))
    named = {place: ", ".join(f'"{p.name}": {p.variable}' for p in operation.of(place)) for place in places}
    parts = [f"{'parameters' if place == 'path' else place}={{{values}}}" for place, values in named.items()]
    parts += ["content=content"] if operation.of("content") else []
    return ", ".join([f'"{operation.method}", "{operation.path}", {{{results}}}', *parts])


def _python(schema: Schema) -> str:
    match schema:
        case {"$ref": _}:
            return _name(schema)
        case {"anyOf": choices}:
            return _union(map(_python, choices))
        case {"enum": values}:
            return f"Literal[{', '.join(map(repr, values))}]"
        case {"const": value}:
            return f"Literal[{value!r}]"
        case {"prefixItems": items}:
            return f"tuple[{', '.join(map(_python, items))}]"
        case {"items": item}:
            return f"Sequence[{_python(item)}]"
        case {"type": "object"}:
            return f"Mapping[str, {_python(schema.get('additionalProperties', {}))}]"
        case {"format": "binary"}:
            return "bytes"
        case {"type": kind}:
            return _SCALARS[kind]
    return "Any"


def _field(name: str, schema: Schema, required: bool) -> str:
    """One whose name is a word of Python is written with an underscore behind it."""
    kind, _, default = f"{_python(schema)}{'' if required else _default(schema)}".partition(" = ")
    if keyword.iskeyword(name):
        other = f'validation_alias="{name}", serialization_alias="{name}"'
        return f"{name}_: {kind} = Field({default or '...'}, {other})"
    return f"{name}: {kind}{default and f' = {default}'}"


def _default(schema: Schema) -> str:
    """Of a field that may be left out."""
    default = schema.get("default")
    if "$ref" in schema or (default is None and "None" not in _python(schema)):
        return " | None = None"
    return f" = {tuple(default) if isinstance(default, list) else default!r}"


def typescript(document: Schema) -> str:
    """A module of the values as interfaces, and of the operations as methods."""
    used = list(operations(document))
    lines = [
        "/** The values and operations of the HTTP API: made from its OpenAPI document by generation.py, not to be edited. */\n"
    ]
    for name, schema in _schemas(document, used).items():
        lines.append(_comment(schema.get("description", name)))
        if "properties" not in schema:
            lines.append(f"export type {name} = {_typescript(schema)};\n")
            continue
        lines.append(f"export interface {name} {{")
        for field, found in schema["properties"].items():
            lines += [f"  {_comment(found['description'])}"] if "description" in found else []
            lines.append(f"  {field}{'' if field in schema.get('required', ()) else '?'}: {_typescript(found)};")
        lines.append("}\n")
    lines += [
        _comment("A request: `parameters` stand in the path."),
        "export interface Call {",
        "  method: string;",
        "  path: string;",
    ]
    lines += [f"  {part}?: {kind};" for part, kind in _PARTS.items()] + ["}\n"]
    lines += [_comment("What the service does, as methods."), "export abstract class Operations {"]
    lines += [
        "  protected abstract send<T>(call: Call): Promise<T>;",
        "  protected abstract events<T>(call: Call): AsyncGenerator<T>;",
    ]
    for operation in used:
        given = [f"{p.variable}: {_typescript(p.schema)}" for p in operation.of("path")]
        sent = [f'method: "{operation.method}"', f'path: "{operation.path}"']
        sent += [f"parameters: {{ {', '.join(p.variable for p in operation.of('path'))} }}"] if operation.of("path") else []
        for place, kind in (("body", _typescript(operation.body or {})), ("content", _PARTS["content"])):
            given += [f"{place}: {kind}"] if operation.of(place) else []
            sent += [place] if operation.of(place) else []
        for place in ("query", "headers"):
            fields = "; ".join(f'"{p.name}"?: {_typescript(p.schema)}' for p in operation.of(place))
            given += [f"{place}: {{ {fields} }} = {{}}"] if fields else []
            sent += [place] if fields else []
        given, call = [*given, "signal?: AbortSignal"], ", ".join([*sent, "signal"])
        answer = _union(map(_typescript, operation.answers.values()))
        lines += ["", f"  {_comment(operation.description)}", f"  {operation.name}({', '.join(given)}): Promise<{answer}> {{"]
        lines += [f"    return this.send({{ {call} }});", "  }"]
        if operation.events:
            events = {name: _typescript(schema) for name, schema in operation.events.items()}
            answer = _union(f'{{ name: "{name}"; data: {kind} }}' for name, kind in events.items() if kind != "Problem")
            lines += ["", f"  {_comment(operation.description)}"]
            lines += [f"  {operation.name}_events({', '.join(given)}): AsyncGenerator<{answer}> {{"]
            lines += [f"    return this.events({{ {call} }});", "  }"]
    return "\n".join([*lines, "}", ""])


_PARTS = {
    "parameters": "Record<string, string | number>",
    "query": "object",
    "headers": "object",
    "body": "object",
    "content": "BodyInit",
    "signal": "AbortSignal",
}


def _comment(text: str) -> str:
    return f"/** {' '.join(text.split()).replace('*/', '* /')} */"


def _typescript(schema: Schema) -> str:
    match schema:
        case {"$ref": _}:
            return _name(schema)
        case {"anyOf": choices}:
            return _union(map(_typescript, choices))
        case {"enum": values}:
            return _union(map(json.dumps, values))
        case {"const": value}:
            return json.dumps(value)
        case {"prefixItems": items}:
            return f"[{', '.join(map(_typescript, items))}]"
        case {"items": item}:
            return f"Array<{_typescript(item)}>"
        case {"type": "object"}:
            return f"Record<string, {_typescript(schema.get('additionalProperties', {}))}>"
        case {"format": "binary"}:
            return "Blob"
        case {"type": kind}:
            return "number" if kind == "integer" else str(kind)
    return "unknown"


WRITTEN = {_HERE / "operations.py": python, _HERE / "typescript" / "src" / "operations.ts": typescript}
"""The file of each language, and what it holds of a document."""

if __name__ == "__main__":
    described = json.load(sys.stdin)
    for path, write in WRITTEN.items():
        path.write_text(write(described), encoding="utf-8")
