"""What ``autofix init`` writes: each file as it is, and as it would be."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import tomlkit
from tomlkit.exceptions import ParseError
from tomlkit.items import Table

from .exit import UserError
from .files import read_below, write_below
from .installed import NAME, with_extra

SETTINGS: tuple[tuple[str, list[str], str], ...] = (
    ("reports", ["docs/audits/*.md"], "where the audit reports are"),
    ("exclude", [], "files that a scan leaves out, as in .gitignore"),
    ("ignore", [], "codemods that a scan does not run"),
)
HOOK = """\
- repo: local
  hooks:
    - id: autofix
      name: autofix
      entry: autofix scan --fix --exit-zero --force-exclude --jobs 1 --
      language: python
      additional_dependencies: [autofix-codemods]
      types_or: [python, pyi]
      require_serial: true
"""
WORKFLOW = """\
name: autofix

on:
  pull_request:

permissions:
  contents: read

jobs:
  scan:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@d23441a48e516b6c34aea4fa41551a30e30af803 # v6.1.0
        with:
          # What changed since the pull request left its base is asked of git.
          fetch-depth: 0
      - uses: actions/setup-python@ece7cb06caefa5fff74198d8649806c4678c61a1 # v6.3.0
        with:
          python-version: "3.13"
      - run: python -m pip install autofix-codemods
      - run: autofix scan --since "origin/$GITHUB_BASE_REF" --output-format github
"""
BOT_WORKFLOW = """\
name: autofix bot

on:
  schedule:
    - cron: "17 5 * * 1-5"
  push:
    branches: [main]
  workflow_dispatch:
  issue_comment:
    types: [created]
  issues:
    types: [edited]
  pull_request:
    types: [closed, reopened, edited, labeled, unlabeled]

permissions:
  contents: write
  pull-requests: write
  issues: write

concurrency:
  # One run after the other, none cut off; a comment has a group of its own, and is never dropped.
  group: autofix-bot-${{ github.event.comment.id || 'run' }}
  cancel-in-progress: false

jobs:
  bot:
    # What forks send comes without a token that may write; of comments and issues only ours count.
    if: >-
      (github.event_name != 'issue_comment' || startsWith(github.event.comment.body, '/autofix'))
      && (github.event_name != 'issues' || contains(github.event.issue.body, '<!-- autofix:1 '))
      && (github.event_name != 'pull_request'
      || github.event.pull_request.head.repo.full_name == github.repository)
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@d23441a48e516b6c34aea4fa41551a30e30af803 # v6.1.0
        with:
          # Never the code of a pull request.
          ref: ${{ github.event.repository.default_branch }}
          persist-credentials: false
      - uses: actions/setup-python@ece7cb06caefa5fff74198d8649806c4678c61a1 # v6.3.0
        with:
          python-version: "3.13"
      - run: python -m pip install 'autofix-codemods[bot]'
      - env:
          GH_TOKEN: ${{ github.token }}
        run: |
          case "$GITHUB_EVENT_NAME" in
            push | schedule | workflow_dispatch)
              autofix bot run --apply --summary "$GITHUB_STEP_SUMMARY" ;;
            *)
              autofix bot event --summary "$GITHUB_STEP_SUMMARY" ;;
          esac
"""
_REPOS = re.compile(r"^repos:[ \t]*(?:(?P<inline>\[\])[ \t]*)?(?:#[^\r\n]*)?(?=\r?$)", re.MULTILINE)
_ITEM = re.compile(r"^(?P<indent>[ \t]*)- ", re.MULTILINE)
_TOP_LEVEL = re.compile(r"^[^\s#-]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Planned:
    """A file of the project, before and after."""

    path: str
    before: bytes | None
    """``None`` where there is no such file."""
    after: bytes
    note: str = ""
    """Why nothing changes, for a person."""

    @property
    def changed(self) -> bool:
        """Whether something would be written."""
        return self.before != self.after


def plan(top: Path, *, bot: bool = False, install: str | None = NAME) -> list[Planned]:
    """What would be written below the top of a project.

    Args:
        bot: the bot's workflow, too.
        install: how others install autofix; ``None``: they cannot, so that nothing which installs
            it is written.

    Raises:
        UserError: when a file that is there cannot be read.
    """
    if install is None:
        return [_settings(top)]
    pip = "pip install "
    scan = WORKFLOW.replace(f"{pip}{NAME}", f"{pip}'{install}'")
    workflows = [_workflow(top, "autofix", scan)]
    if bot:
        named = f"{pip}'{with_extra(NAME, 'bot')}'"
        text = BOT_WORKFLOW.replace(named, f"{pip}'{with_extra(install, 'bot')}'")
        workflows.append(_workflow(top, "autofix-bot", text))
    return [_settings(top), _hook(top, HOOK.replace(f"[{NAME}]", f'["{install}"]')), *workflows]


def written(top: Path, changes: Iterable[Planned]) -> Iterator[str]:
    """Write each file in one step; the paths, as they are written.

    Raises:
        UserError: when one has changed meanwhile, or cannot be written.
    """
    for item in changes:
        write_below(top, item.path, item.before, item.after)
        yield item.path


def _settings(top: Path) -> Planned:
    own = read_below(top, "autofix.toml")
    if own is not None:
        return Planned("autofix.toml", own, own, "already exists")
    data = read_below(top, "pyproject.toml")
    if data is None:
        document = tomlkit.document()
        _fill(document)
        return Planned("autofix.toml", None, tomlkit.dumps(document).encode())
    try:
        document = tomlkit.parse(data)
    except (ParseError, UnicodeDecodeError, RecursionError) as error:
        raise UserError(f"pyproject.toml: {' '.join(str(error).split())}") from error
    tool = document.get("tool")
    if tool is not None and "autofix" in tool:
        return Planned("pyproject.toml", data, data, "already has [tool.autofix]")
    table = tomlkit.table()
    _fill(table)
    if tool is None:
        # A super table has no line of its own: only [tool.autofix] is seen.
        tool = tomlkit.table(is_super_table=True)
        tool.append("autofix", table)
        document.append("tool", tool)
    else:
        tool.append("autofix", table)
    text = tomlkit.dumps(document)
    newline = "\r\n" if b"\r\n" in data else "\n"
    return Planned("pyproject.toml", data, _blank_before(text, newline).encode())


def _fill(table: Table | tomlkit.TOMLDocument) -> None:
    for key, value, comment in SETTINGS:
        item = tomlkit.item(value)
        item.comment(comment)
        table.append(key, item)


def _blank_before(text: str, newline: str) -> str:
    """A blank line before the new table, as people write it."""
    before, header, behind = text.partition(f"{newline}[tool.autofix]")
    gap = newline if header and before and not before.endswith("\n") else ""
    return f"{before}{gap}{header}{behind}"


def _hook(top: Path, hook: str) -> Planned:
    name = ".pre-commit-config.yaml"
    data = read_below(top, name)
    if data is None:
        return Planned(name, None, f"repos:\n{_indented(hook, '  ')}".encode())
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return Planned(name, data, data, "is not UTF-8 text: not changed")
    if re.search(r"^[^\S\n]*(?:-\s*)?id:\s*[\"']?autofix\b", text, re.MULTILINE):
        return Planned(name, data, data, "already has the hook")
    found = _REPOS.search(text)
    if found is None:
        return Planned(name, data, data, "has no `repos` list that the hook can be added to")
    return Planned(name, data, _with_hook(text, found, hook).encode())


def _with_hook(text: str, repos: re.Match[str], hook: str) -> str:
    """The hook behind the last entry of the list, indented as that is."""
    newline = "\r\n" if "\r\n" in text else "\n"
    own, rest = repos[0].replace(" []", "", 1).rstrip(), text[repos.end() :]
    head = text[: repos.start()] + own
    following = _TOP_LEVEL.search(rest)
    block, tail = (
        (rest[: following.start()], rest[following.start() :]) if following else (rest, "")
    )
    item = _ITEM.search(block)
    entry = _indented(hook, item["indent"] if item else "  ").replace("\n", newline)
    stripped = block.rstrip()
    gap = block[len(stripped) :] if tail else ""
    return f"{head}{stripped}{newline}{entry}{gap.removeprefix(newline)}{tail}"


def _indented(text: str, indent: str) -> str:
    return "".join(f"{indent}{line}\n" for line in text.splitlines())


def _workflow(top: Path, name: str, text: str) -> Planned:
    path = f".github/workflows/{name}.yml"
    data = read_below(top, path)
    if data is None:
        return Planned(path, None, text.encode())
    return Planned(path, data, data, "already exists")
