"""The page of a codemod in Markdown, from its docstring, its options and plan, and its cases."""

from __future__ import annotations

import difflib
import tomllib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from codemods.codemod import Codemod
from codemods.engine.plans import plan_fields

SHOWN = 4
"""Rewrites that a page shows in full; the other cases are named."""
LONGEST = 40
"""Lines of a diff that still makes a good example."""


def cases_of(folder: Path) -> list[Path]:
    """The folders of a codemod's cases."""
    return sorted(path for path in folder.glob("*/") if path.is_dir())


def page(codemod: Codemod, cases: Sequence[Path], note: str = "") -> str:
    """The page of one codemod.

    Args:
        codemod: whose docstring, options and plan are shown.
        cases: the folders of its cases.
        note: what stands below the title.
    """
    changing = [case for case in cases if states(case, "after")]
    staying = [case for case in cases if case not in changing]
    lines = [
        f"# {codemod.name}",
        "",
        *([note, ""] if note else []),
        codemod.documentation.strip(),
        "",
    ]
    lines += list(options(codemod))
    lines += list(plan(codemod))
    lines += list(rules(codemod))
    if not codemod.scans:
        lines += ["It needs a finding and does not run in scans.", ""]
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
        yield from (
            "## Plan",
            "",
            "The fields for `autofix run` and for a directive in a report:",
            "",
        )
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
