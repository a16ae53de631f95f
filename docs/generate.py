"""Writes the pages of the catalogue: `python docs/generate.py` (or `--check`: are they fresh?).

A page comes from a codemod's docstring, its declared options and its fixtures, and from nothing
else: a new codemod has its page without anybody writing one.
"""

from __future__ import annotations

import ast
import json
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from codemods.codemod import Codemod, by_area
from codemods.delivery import schemas
from codemods.output.page import cases_of, fields_of, page
from codemods.project.config import KEYS, ROOT_ONLY
from codemods.transforms import catalogue

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "docs"))

import pictures  # noqa: E402

PAGES = ROOT / "docs" / "codemods"
SCHEMAS = ROOT / "docs" / "schema"
CONFIGURATION = ROOT / "docs" / "configuration.md"
CONFIGURATION_NOTE = (
    "<!-- Written by `make docs` from codemods/delivery/schemas.py and the options: edit those. -->"
)
KIT = ROOT / "docs" / "kit.md"
FIXTURES = ROOT / "fixtures"
KIT_NOTE = "<!-- Written by `make docs` from codemods/kit and the docstrings: edit those. -->"
NOTE = "<!-- Written by `make docs` from the module and its fixtures: edit those. -->"


def pages() -> dict[Path, str]:
    """Every generated page with its text."""
    codemods = catalogue()
    made = {
        PAGES / f"{name}.md": page(codemod, cases_of(FIXTURES / name), NOTE)
        for name, codemod in codemods.items()
    }
    made[PAGES / "index.md"] = index(codemods)
    made[PAGES / "plans.md"] = plans(codemods)
    made[KIT] = kit()
    settings = schemas.settings(codemods.values())
    made[CONFIGURATION] = configuration(settings, codemods)
    for name, schema in (*schemas.documents(), ("settings", settings)):
        made[SCHEMAS / f"{name}.json"] = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
    return made


def configuration(schema: dict[str, Any], codemods: Mapping[str, Codemod]) -> str:
    """The reference of the settings, from their schema."""
    tables = schema["$defs"]
    lines = ["# Configuration", "", CONFIGURATION_NOTE, ""]
    lines += [
        "Settings stand in `pyproject.toml` below `[tool.autofix]`, or at the top of "
        "`autofix.toml`. [How files of folders count](scanning.md#settings) is on another page; "
        "`autofix config` prints what is in force. Editors that take a JSON Schema for TOML find "
        "it in [settings.json](schema/settings.json).",
        "",
        "## `[tool.autofix]`",
        "",
        *settings_rows(tables["SettingsTable"], KEYS, tables),
        "",
        "## `[tool.autofix.bot]`",
        "",
        *settings_rows(tables["BotTable"], tables["BotTable"]["properties"], tables),
        "",
    ]
    for heading, name in (("bot.limits", "LimitTable"), ("bot.ignore", "IgnoreTable")):
        lines += [f"## `[[tool.autofix.{heading}]]`", ""]
        lines += [*settings_rows(tables[name], tables[name]["properties"], tables), ""]
    lines += [
        "## Options of codemods",
        "",
        "Below `[tool.autofix.NAME]`, and for a part of the project below "
        '`[tool.autofix.per-path."PATTERN".NAME]`.',
        "",
    ]
    for name in codemods:
        if tables[name]["properties"]:
            lines += [f"### [{name}](codemods/{name}.md)", ""]
            lines += [*settings_rows(tables[name], tables[name]["properties"], tables), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def settings_rows(
    table: dict[str, Any], names: Iterable[str], tables: dict[str, Any]
) -> Iterator[str]:
    """A table of settings in Markdown."""
    yield "| key | type | default | |"
    yield "| --- | --- | --- | --- |"
    for name in sorted(names):
        item = table["properties"][name]
        said = item.get("description") or tables.get(ref_of(item), {}).get("description", "")
        default = item.get("default")
        shown = "" if default in (None, [], {}) else f"`{json.dumps(default)}`"
        if name in ROOT_ONLY and table["title"] == "SettingsTable":
            said += " At the top only."
        text = said.replace("|", "\\|")
        yield f"| `{name}` | {type_of(item)} | {shown} | {text} |"


def ref_of(item: dict[str, Any]) -> str:
    """The name of the table that a key holds, `""` for none."""
    return str(item.get("$ref", item.get("items", {}).get("$ref", ""))).rpartition("/")[2]


def type_of(item: dict[str, Any]) -> str:
    """What a key holds, in words."""
    if "enum" in item:
        return ", ".join(f"`{json.dumps(value)}`" for value in item["enum"])
    if "anyOf" in item:
        return " or ".join(type_of(one) for one in item["anyOf"] if one.get("type") != "null")
    if item.get("format") == "date":
        return "date"
    words = {"array": "list", "object": "table", "integer": "number", "boolean": "true or false"}
    kind = str(item.get("type", "table" if "$ref" in item else ""))
    return words.get(kind, kind)


def index(codemods: Mapping[str, Codemod]) -> str:
    """The table of the catalogue."""
    rows: list[str] = []
    for area, items in by_area(codemods.values()).items():
        rows += ["", f"## {area}", "", "| codemod | what it does |", "| --- | --- |"]
        rows += [f"| [{item.name}]({item.name}.md) | {item.summary} |" for item in items]
    head = ["# The catalogue", "", NOTE, ""]
    head += ["[Plans](plans.md) lists what the plan of each codemod may contain."]
    return "\n".join([*head, *rows]) + "\n"


def plans(codemods: Mapping[str, Codemod]) -> str:
    """The plans of the whole catalogue, by their schemas."""
    lines = ["# Plans", "", NOTE, ""]
    lines += [
        "The plan of each codemod: the fields that `autofix run CODEMOD --at PATH::SYMBOL --set "
        "field=value`, `autofix apply --plan FILE` and the directive of a report may set. A field "
        "with a default may be omitted.",
        "",
    ]
    for name, codemod in codemods.items():
        lines += [f"## [{name}]({name}.md)", "", codemod.summary, ""]
        lines += [*fields_of(codemod)] or ["Its plan has no fields.", ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def kit() -> str:
    """The page of what authors of codemods may import, from the docstrings."""
    lines = ["# The kit", "", KIT_NOTE, ""]
    lines += [
        "Authors of codemods may import these names, and those of `codemods` itself, which are on "
        "[another page](api.md). [Writing a codemod](writing-a-codemod.md) uses them. Any other "
        "name may move in any version.",
        "",
    ]
    for path in sorted((ROOT / "codemods" / "kit").glob("[!_]*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        lines += [f"## codemods.kit.{path.stem}", "", ast.get_docstring(tree) or "", ""]
        lines += ["| name | what it is |", "| --- | --- |"]
        origins = {
            alias.name: node.module or ""
            for node in tree.body
            if isinstance(node, ast.ImportFrom)
            for alias in node.names
        }
        for name in origins_shown(tree):
            head, text = described_in(origins[name], name)
            lines.append(f"| `{head}` | {text} |")
        lines.append("")
    text = re.sub(r":\w+:`~?([^`]*)`", r"`\1`", "\n".join(lines))
    return text.replace("``", "`").rstrip("\n") + "\n"


def origins_shown(tree: ast.Module) -> list[str]:
    """The names of a module's `__all__`."""
    return next(
        ast.literal_eval(node.value)
        for node in tree.body
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__"
    )


def described_in(module: str, name: str) -> tuple[str, str]:
    """How a name is written, with its parameters, and the first sentence of what it says."""
    body = ast.parse((ROOT / f"{module.replace('.', '/')}.py").read_text("utf-8")).body
    for node, following in zip(body, [*body[1:], None], strict=True):
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and node.name == name:
            head = name
            if isinstance(node, ast.FunctionDef):
                arguments = node.args
                positional = [item.arg for item in arguments.args]
                star = [f"*{arguments.vararg.arg}"] if arguments.vararg else []
                named = [item.arg for item in arguments.kwonlyargs]
                bare = ["*"] if named and not star else []
                head = f"{name}({', '.join([*positional, *star, *bare, *named])})"
            return head, sentence(ast.get_docstring(node) or "")
        if isinstance(node, (ast.Assign, ast.AnnAssign)):
            target = node.targets[0] if isinstance(node, ast.Assign) else node.target
            if isinstance(target, ast.Name) and target.id == name:
                value = getattr(following, "value", None)
                told = value.value if isinstance(value, ast.Constant) else ""
                return name, sentence(str(told))
    raise ValueError(f"{module} does not define {name}")


def sentence(docstring: str) -> str:
    """Its first sentence on one line, without the markup of Sphinx."""
    text = " ".join(docstring.partition("\n\n")[0].split())
    first = next((part for part in re.findall(r".*?\.(?= [A-Z`]|$)", text)), text)
    return re.sub(r":\w+:`~?([^`]*)`", r"`\1`", first).replace("|", "\\|")


def main(arguments: list[str]) -> int:
    """Write what differs, or with `--check` only say so; 1 when a check fails."""
    check = arguments == ["--check"]
    if arguments and not check:
        print("usage: generate.py [--check]", file=sys.stderr)
        return 2
    wanted = pages()
    stale = [
        path
        for path, text in wanted.items()
        if not path.is_file() or path.read_text("utf-8") != text
    ]
    surplus = [path for path in PAGES.glob("*.md") if path not in wanted]
    for path in sorted([*stale, *surplus]):
        print(f"{path.relative_to(ROOT)} {'is stale: run make docs' if check else 'written'}")
    if check:
        return 1 if pictures.main(["--check"]) or stale or surplus else 0
    for folder in (PAGES, SCHEMAS):
        folder.mkdir(parents=True, exist_ok=True)
    for path in stale:
        path.write_text(wanted[path], "utf-8")
    for path in surplus:
        path.unlink()
    return pictures.main(["--needed"])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
