"""The schemas: what commands print holds to them, and they say what the readers of settings say."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import Any

import jsonschema_rs
import msgspec
import pytest
import tomlkit

from codemods.delivery import schemas
from codemods.delivery.bot.settings import BotSettings
from codemods.delivery.bot.settings import read_settings as read_bot_settings
from codemods.engine.scanning.baseline import Known, baseline_text
from codemods.output.documents import DOCUMENTS
from codemods.project.config import KEYS, PER_PATH, Settings, load_settings
from codemods.project.files import MemoryFiles
from codemods.project.settings import SettingsError
from codemods.transforms import Defaults, catalogue
from tests.documents import SCHEMAS, check_document, strict

TWO_THINGS = {
    "finding": "`show` has all of it, results its id: of version 0.1",
    "lines": "a location of a report has several ranges, a place has one: of version 0.1",
}
"""Names that stand for two things, each with why."""


@pytest.mark.parametrize(
    ("document", "what"),
    [
        ({"version": 2, "findings": []}, "another version"),
        ({"version": 1}, "a key is missing"),
        ({"version": 1, "findings": [], "more": 1}, "a key that nobody knows"),
        ({"version": 1, "findings": [{"id": "B-01"}]}, "a finding without the rest"),
    ],
)
def test_what_no_command_prints(document: object, what: str) -> None:
    with pytest.raises(jsonschema_rs.ValidationError):
        check_document(["list", "--output-format", "json"], json.dumps(document).encode())


def test_other_formats_are_not_ours_to_hold() -> None:
    check_document(["scan", "--output-format", "sarif"], b"{}")
    check_document(["scan", "--output-format", "json"], b"")


def test_a_baseline_holds() -> None:
    known = [Known("a.py", "f", "weak-hash", "hashlib.md5()", "0" * 16, 1)]
    for some in ([], known):
        strict("baseline").validate(json.loads(baseline_text(some)))


def _types(schema: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Each property with its type."""
    if isinstance(schema, list):
        for item in schema:
            yield from _types(item)
    elif isinstance(schema, dict):
        for key, item in schema.get("properties", {}).items():
            yield key, _type(item)
        for item in schema.values():
            yield from _types(item)


def _type(item: Any) -> str:
    """Without what only some documents have: ``null``, and the words around it."""
    if "anyOf" in item:
        kinds = [one for one in item["anyOf"] if one.get("type") != "null"]
        return _type(kinds[0])
    if item.get("type") == "array":
        return f"[{_type(item.get('items', {}))}]"
    return str(item.get("type") or ("object" if "Document" in str(item) else "string"))


def test_a_name_stands_for_one_thing() -> None:
    seen: dict[str, set[str]] = {}
    for name in DOCUMENTS:
        schema = json.loads((SCHEMAS / f"{name}.json").read_text("utf-8"))
        for key, kind in _types(schema):
            seen.setdefault(key, set()).add(kind)
    two = {key: sorted(kinds) for key, kinds in seen.items() if len(kinds) > 1}
    assert {key: kinds for key, kinds in two.items() if key not in TWO_THINGS} == {}


def test_the_schema_knows_every_setting() -> None:
    table = msgspec.structs.fields(schemas.SettingsTable)
    assert {item.encode_name for item in table} == set(KEYS)
    unset = Settings()
    for item in table:
        if item.encode_name not in ("extend", "bot", PER_PATH):
            default = getattr(unset, item.name)
            told = () if item.default is msgspec.NODEFAULT else item.default
            assert (list(told) if isinstance(default, tuple) else told) == (
                list(default) if isinstance(default, tuple) else default
            )


def test_the_schema_knows_every_setting_of_the_bot() -> None:
    told = msgspec.to_builtins(schemas.BotTable())
    real = BotSettings()
    assert {key.replace("-", "_") for key in told} == {item.name for item in fields(real)}
    for item in fields(real):
        value = getattr(real, item.name)
        wanted = [str(one) for one in value] if isinstance(value, tuple) else value
        written = told[item.name.replace("_", "-")]
        assert (list(written) if isinstance(written, tuple) else written) == wanted, item.name


@pytest.fixture(scope="module")
def settings() -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(schemas.settings(catalogue().values()))


WRONG: list[dict[str, Any]] = [
    {"selct": []},
    {"select": "add-exc-info"},
    {"select": ["nonsense"]},
    {"fail-on": "never"},
    {"base": 1},
    {"extend": []},
    {"nonsense": {}},
    {"add-exc-info": {"logers": []}},
    {"add-exc-info": {"loggers": "log"}},
    {"add-exc-info": {"style": "exceptions"}},
    {"add-exc-info": {"style": 1}},
    {"offload-blocking-calls": {"tests": "yes"}},
    {"per-path": []},
    {"per-path": {"tests/": 1}},
    {"per-path": {"tests/": {"select": "x"}}},
    {"per-path": {"tests/": {"add-exc-info": {"logers": []}}}},
    {"bot": 1},
]
RIGHT: list[dict[str, Any]] = [
    {},
    {"reports": ["docs/*.md"], "branch-prefix": "fix", "fail-on": "safe", "verify": "make"},
    {"select": ["add-exc-info"], "ignore": ["weak-hash"], "exclude": ["gen/"]},
    {"add-exc-info": {"loggers": ["log"], "style": "exception"}},
    {"per-path": {"tests/": {"ignore": ["weak-hash"], "add-exc-info": {"loggers": []}}}},
    {"bot": {"enabled": True, "limits": [{"paths": ["a/"], "open-limit": 1}]}},
]


@pytest.mark.parametrize("table", [*WRONG, *RIGHT], ids=str)
def test_the_schema_says_what_the_reader_says(
    table: dict[str, Any], settings: jsonschema_rs.Validator
) -> None:
    assert settings.is_valid(table) is (table in RIGHT)
    text = tomlkit.dumps(table).encode()
    codemods = catalogue()
    try:
        load_settings(MemoryFiles({"autofix.toml": text}), codemods, Defaults(codemods))
        read = True
    except SettingsError:
        read = False
    assert read is (table in RIGHT)


@pytest.mark.parametrize(
    "bot",
    [{"enabled": 1}, {"draft": "no"}, {"limits": [{}]}, {"ignore": [{"why": 1}]}, {"opn-limit": 1}],
    ids=str,
)
def test_the_schema_says_what_the_reader_of_the_bot_says(
    bot: dict[str, Any], settings: jsonschema_rs.Validator
) -> None:
    assert not settings.is_valid({"bot": bot})
    with pytest.raises(SettingsError):
        read_bot_settings(bot)


def test_every_schema_is_one(tmp_path: Path) -> None:
    for path in SCHEMAS.glob("*.json"):
        jsonschema_rs.meta.validate(json.loads(path.read_text("utf-8")))
