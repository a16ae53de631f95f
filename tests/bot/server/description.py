"""An OpenAPI description: which operation a request is, and whether a document is what it says."""

from __future__ import annotations

import functools
import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jsonschema_rs

FOLDER = Path(__file__).resolve().parent / "openapi"
GITHUB, ENTERPRISE = "api.github.com", "ghes-3.17"
NOW = "2026-03-02T08:00:00Z"

Json = Any


@functools.cache
def description(name: str) -> Description:
    """One of the two descriptions, read once."""
    with gzip.open(FOLDER / f"{name}.json.gz") as file:
        return Description(_modern(json.load(file)))


def _modern(node: Json) -> Json:
    """OpenAPI 3.0's ``nullable`` as JSON Schema says it."""
    if isinstance(node, list):
        return [_modern(item) for item in node]
    if not isinstance(node, dict):
        return node
    made = {name: _modern(item) for name, item in node.items() if name != "discriminator"}
    if not made.pop("nullable", False):
        return made
    if "type" not in made:
        return {"anyOf": [made, {"type": "null"}]}
    kinds = made["type"] if isinstance(made["type"], list) else [made["type"]]
    made["type"] = [*kinds, "null"]
    if "enum" in made and None not in made["enum"]:
        made["enum"] = [*made["enum"], None]
    return made


@dataclass(frozen=True)
class Operation:
    """What a request asks for."""

    name: str
    """``pulls/create``."""
    template: str
    arguments: Mapping[str, str]
    content: Json = field(repr=False)


class Description:
    """One server's interface."""

    def __init__(self, document: Json) -> None:
        self._document = document
        # Paths with fewer parameters go first: `/issues/comments/{id}` before `/issues/{number}`.
        self._paths = sorted(
            document["paths"].items(), key=lambda item: (item[0].count("{"), -len(item[0]))
        )
        self._validators: dict[int, jsonschema_rs.Validator] = {}
        self._skeletons: dict[tuple[str, int], Json] = {}

    def find(self, method: str, path: str) -> Operation | None:
        """The operation of a request; a ``{ref}`` may hold slashes."""
        parts = path.strip("/").split("/")
        for template, operations in self._paths:
            arguments = _fits(template.strip("/").split("/"), parts)
            if arguments is not None and method.lower() in operations:
                content = operations[method.lower()]
                return Operation(content["operationId"], template, arguments, content)
        return None

    def request_problems(
        self, operation: Operation, query: Mapping[str, str], body: Json
    ) -> list[str]:
        """What is wrong with a request."""
        known = {
            item["name"]
            for item in map(self.resolved, operation.content.get("parameters", []))
            if item["in"] == "query"
        }
        problems = [f"unknown query {name}" for name in query if name not in known]
        if body is None or "requestBody" not in operation.content:
            return problems
        schema = operation.content["requestBody"]["content"]["application/json"]["schema"]
        problems += self._problems(schema, body)
        properties = self.resolved(schema).get("properties", {})
        if properties and isinstance(body, dict):
            problems += [f"unknown field {name}" for name in body if name not in properties]
        return problems

    def answer(self, operation: Operation, status: int, given: Json) -> Json:
        """A whole answer, made of what matters and of a skeleton of the rest."""
        schema = self._answer_schema(operation, status)
        if schema is None or given is None:
            return given
        made = self._filled(schema, given)
        problems = self._problems(schema, made)
        assert not problems, (operation.name, status, problems)
        return made

    def _answer_schema(self, operation: Operation, status: int) -> Json | None:
        found = operation.content["responses"].get(str(status))
        if found is None:
            return None
        content = self.resolved(found).get("content", {}).get("application/json", {})
        return content.get("schema")

    def _problems(self, schema: Json, value: Json) -> list[str]:
        validator = self._validators.get(id(schema))
        if validator is None:
            whole = {**schema, "components": self._document["components"]}
            validator = jsonschema_rs.Draft202012Validator(whole)
            self._validators[id(schema)] = validator
        return [
            f"{'/'.join(map(str, item.instance_path))}: {item.message[:200]}"
            for item in validator.iter_errors(value)
        ]

    def resolved(self, node: Json) -> Json:
        """What a reference leads to."""
        while "$ref" in node:
            target = self._document
            for part in node["$ref"].removeprefix("#/").split("/"):
                target = target[part]
            node = target
        return node

    def _filled(self, schema: Json, given: Json) -> Json:
        node = self.resolved(schema)
        if given is not None and not isinstance(given, dict | list):
            return given
        if "allOf" in node:
            made: dict[str, Json] = {}
            for part in node["allOf"]:
                made |= self._filled(part, given)
            return made
        options = node.get("anyOf") or node.get("oneOf")
        if options:
            if given is None and any(self.resolved(o).get("type") == "null" for o in options):
                return None
            wanted = "array" if isinstance(given, list) else None
            fitting = [
                item
                for item in options
                if (kind := self.resolved(item).get("type")) != "null"
                and (wanted is None or kind == wanted)
            ]
            return self._filled((fitting or options)[0], given)
        kinds = node.get("type")
        kinds = kinds if isinstance(kinds, list) else [kinds]
        if isinstance(given, list):
            return [self._filled(node.get("items", {}), item) for item in given]
        if "object" in kinds or "properties" in node:
            return self._object(node, given, kinds)
        return _plain(node, kinds) if given is None else given

    def _object(self, node: Json, given: Json, kinds: list[str]) -> Json:
        if given is None and "null" in kinds:
            return None
        held = given or {}
        properties = node.get("properties", {})
        made = {
            name: self._filled(properties.get(name, {}), held.get(name))
            for name in node.get("required", [])
        }
        for name, item in held.items():
            if name not in made:
                made[name] = self._filled(properties[name], item) if name in properties else item
        return made


def _fits(template: list[str], parts: list[str]) -> dict[str, str] | None:
    found: dict[str, str] = {}
    for place, piece in enumerate(template):
        if place >= len(parts):
            return None
        if piece == "{ref}" and place == len(template) - 1:
            found["ref"] = "/".join(parts[place:])
            return found
        if piece.startswith("{"):
            found[piece.strip("{}")] = parts[place]
        elif piece != parts[place]:
            return None
    return found if len(parts) == len(template) else None


def _plain(node: Json, kinds: list[str]) -> Json:
    """A value of a simple type that nobody asked for."""
    if "null" in kinds:
        return None
    if "enum" in node:
        return node["enum"][0]
    if "array" in kinds:
        return []
    if "integer" in kinds or "number" in kinds:
        return 1
    if "boolean" in kinds:
        return False
    if node.get("format") == "date-time":
        return NOW
    return "http://example.invalid/" if node.get("format") in ("uri", "uri-template") else "x"
