"""Writes the pages of the catalogue: `python docs/generate.py` (or `--check`: are they fresh?).

A page comes from a codemod's docstring, its declared options and its fixtures, and from nothing
else: a new codemod has its page without anybody writing one.
"""

from __future__ import annotations

import ast
import difflib
import json
import re
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from codemods.codemod import Codemod
from codemods.delivery.review.decisions import schema
from codemods.engine.plans import plan_fields
from codemods.transforms import catalogue

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "docs"))

import pictures  # noqa: E402

PAGES = ROOT / "docs" / "codemods"
SCHEMAS = ROOT / "docs" / "schema"
KIT = ROOT / "docs" / "kit.md"
FIXTURES = ROOT / "fixtures"
SHOWN = 4
"""Rewrites that a page shows in full; the other cases are named."""
LONGEST = 40
"""Lines of a diff that still makes a good example."""
KIT_NOTE = "<!-- Written by `make docs` from codemods/kit and the docstrings: edit those. -->"
NOTE = "<!-- Written by `make docs` from the module and its fixtures: edit those. -->"


def pages() -> dict[Path, str]:
    """Every generated page with its text."""
    codemods = catalogue()
    made = {PAGES / f"{name}.md": page(codemod) for name, codemod in codemods.items()}
    made[PAGES / "index.md"] = index(codemods)
    made[PAGES / "plans.md"] = plans(codemods)
    made[KIT] = kit()
    made[SCHEMAS / "decisions.json"] = json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"
    return made


def index(codemods: Mapping[str, Codemod]) -> str:
    """The table of the catalogue."""
    rows = [f"| [{name}]({name}.md) | {item.summary} |" for name, item in codemods.items()]
    head = ["# The catalogue", "", NOTE, ""]
    head += ["What each can be told is on [one page](plans.md).", ""]
    head += ["| codemod | what it does |", "| --- | --- |"]
    return "\n".join([*head, *rows]) + "\n"


def plans(codemods: Mapping[str, Codemod]) -> str:
    """The plans of the whole catalogue, by their schemas."""
    lines = ["# Plans", "", NOTE, ""]
    lines += [
        "What each codemod can be told, by `autofix run CODEMOD --at PATH::SYMBOL --set "
        "field=value`, by `autofix apply --plan FILE` and by the directive of a report. A field "
        "with a default may be left out.",
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
        "What an author of codemods may import beside the names of `codemods` itself, which are on "
        "[another page](api.md). [Writing a codemod](writing-a-codemod.md) uses them. Whatever is "
        "on neither page may move with any version.",
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


def page(codemod: Codemod) -> str:
    """The page of one codemod."""
    cases = sorted(path for path in (FIXTURES / codemod.name).glob("*/") if path.is_dir())
    changing = [case for case in cases if states(case, "after")]
    staying = [case for case in cases if case not in changing]
    lines = [f"# {codemod.name}", "", NOTE, "", codemod.documentation.strip(), ""]
    lines += list(options(codemod))
    lines += list(plan(codemod))
    lines += list(rules(codemod))
    if not codemod.scans:
        lines += ["It needs a finding and takes no part in a scan.", ""]
    examples = [(case, text) for case in changing if (text := diff(case)).count("\n") <= LONGEST]
    if examples:
        lines += ["## What it rewrites", ""]
        for case, text in examples[:SHOWN]:
            lines += [f"{title(case)}:", "", "```diff", text.rstrip("\n"), "```", ""]
    others = [case for case in changing if case not in [item for item, _ in examples[:SHOWN]]]
    if others:
        lines += ["Also:", "", *(f"- {title(case)}" for case in others), ""]
    if staying:
        lines += ["## What it leaves alone", "", "| case | why |", "| --- | --- |"]
        lines += [f"| {title(case)} | {why(case)} |" for case in staying]
        lines += [""]
    return "\n".join(lines).rstrip("\n") + "\n"


def options(codemod: Codemod) -> Iterator[str]:
    """The table of its options."""
    if not codemod.options:
        return
    yield from (
        "## Options",
        "",
        f"In `pyproject.toml`, under `[tool.autofix.{codemod.name}]`:",
        "",
    )
    yield from ("| option | default | what it does |", "| --- | --- | --- |")
    for item in codemod.options:
        yield f"| `{item.name}` | `{toml(item.default)}` | {item.help} |"
    yield ""


def plan(codemod: Codemod) -> Iterator[str]:
    """What ``autofix run`` and the directive of a report can say."""
    found = list(fields_of(codemod))
    if found:
        yield from ("## Plan", "", "What `autofix run` and the directive of a report can say:", "")
        yield from found


def fields_of(codemod: Codemod) -> Iterator[str]:
    """The table of its plan's fields, nothing where it has none."""
    found = plan_fields(codemod)
    if not found:
        return
    yield from ("| field | type | what it says |", "| --- | --- | --- |")
    for item in found:
        kind = f"{item.type}{item.default}".replace("|", "\\|")
        told = item.help.replace("``", "`").replace("|", "\\|")
        yield f"| `{item.name}` | {kind} | {told} |"
    yield ""


def rules(codemod: Codemod) -> Iterator[str]:
    """The rules of other tools that it fixes."""
    if codemod.rules:
        yield from ("## Rules of other tools", "")
        yield from (", ".join(f"`{rule}`" for rule in sorted(codemod.rules)), "")


def toml(value: Any) -> str:
    """A default as a person would write it into the settings."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, (set, frozenset)):
        value = sorted(value)
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(map(toml, value))}]"
    return str(value)


def states(case: Path, name: str) -> dict[str, bytes]:
    """The files of a case before or after, empty where there is no such state."""
    single, folder = case / f"{name}.py", case / name
    if single.is_file():
        return {"": single.read_bytes()}
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix in (".py", ".pyi")
    }


def diff(case: Path) -> str:
    """What changes, without headers; files are named where there are several."""
    before, after = states(case, "before"), states(case, "after")
    text = ""
    for path in sorted({*before, *after}):
        old, new = (
            side.get(path, b"").decode("utf-8", "backslashreplace").splitlines()
            for side in (before, {**before, **after})
        )
        hunks = list(difflib.unified_diff(old, new, n=2, lineterm=""))[2:]
        if hunks and path:
            text += f"# {path}\n"
        text += "".join(f"{line}\n" for line in hunks if not line.startswith("@@"))
    return text


def title(case: Path) -> str:
    """What a case is about: in its own words, else its folder's name."""
    about = described(case).get("about")
    return str(about).rstrip(".") if about else case.name.replace("-", " ").replace("_", " ")


def why(case: Path) -> str:
    """The reasons that a case expects."""
    expected = described(case)
    reasons = list(dict.fromkeys(expected.get("refusals", [])))
    if reasons:
        return ", ".join(f"`{reason}`" for reason in reasons)
    return str(expected.get("outcome", "nothing to do"))


def described(case: Path) -> dict[str, Any]:
    """The case's `case.toml`."""
    path = case / "case.toml"
    return tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}


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
