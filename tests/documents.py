"""Holds what commands print as JSON to ``docs/schema``, wherever a test runs a command."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import jsonschema_rs

SCHEMAS = Path(__file__).parent.parent / "docs/schema"
_SAME = {"diff": "apply", "run": "apply", "review": "decided"}


def check_document(arguments: Sequence[str], data: bytes) -> None:
    """Fails when a command printed JSON that its schema does not have.

    Args:
        arguments: of the command line.
        data: what it printed.
    """
    if not data or not _asks_for_json(arguments):
        return
    document = json.loads(data)
    name = arguments[0]
    if "decisions" in document and name == "apply":
        name = "decided"
    strict(_SAME.get(name, name)).validate(document)


def _asks_for_json(arguments: Sequence[str]) -> bool:
    if "--output-format=json" in arguments:
        return True
    pairs = pairwise(arguments)
    return ("--output-format", "json") in pairs and not {"--output-file", "-h"} & {*arguments}


@cache
def strict(name: str) -> jsonschema_rs.Validator:
    """The schema of a document, with no key beside those that it names."""
    schema = json.loads((SCHEMAS / f"{name}.json").read_text("utf-8"))
    return jsonschema_rs.validator_for(closed(schema))


def closed(schema: Any) -> Any:
    """A schema in which objects have no other keys."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: closed(value) for key, value in schema.items()}
    if isinstance(made.get("properties"), dict) and made.get("type") == "object":
        made.setdefault("additionalProperties", False)
    return made
