"""Each careful place of the bot made careless, and which test notices.

``python benchmarks/bot_mutants.py``. Every mutant is a change of the source in a copy of the
checkout, on which the bot's tests run until the first one fails: the quick ones first, then those
against the test server, then short histories. What months in memory catch is in the slow test
``tests/bot/test_mutants.py``.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent.parent

Mutant = tuple[str, str, str]
"""A file, what stands there, and what stands there in its place."""
DELIVERY = "codemods/delivery"
OF_THE_FORGE: Mapping[str, Mutant] = {
    "a lease is no matter": (
        f"{DELIVERY}/bot/remote.py",
        "leases = [f\"--force-with-lease={ref}:{expected or ''}\" for ref, _, expected in moves]",
        'leases = ["--force"]',
    ),
    "a refused lease is taken for success": (
        f"{DELIVERY}/bot/remote.py",
        'and ("stale info" in refused or "already exists" in refused):\n            return False',
        'and ("stale info" in refused or "already exists" in refused):\n            return True',
    ),
    "what people committed is thrown away": (
        f"{DELIVERY}/bot/remote.py", "if keep and expected is not None:", "if False:",
    ),
    "an amended commit is ours": (
        f"{DELIVERY}/survey.py",
        "    elif digest(own.message, entries) != trailers.digest:",
        "    elif False:",
    ),
    "commits on top are ours": (
        f"{DELIVERY}/survey.py", "    if tip.id != own.id and not updated:", "    if False:",
    ),
    "the same patch is another one": (
        f"{DELIVERY}/bot/remote.py", "branch.patch != patch,", "True,",
    ),
    "comments are not looked for": (
        f"{DELIVERY}/forge/github.py",
        '{"body": body}, look, ahead=True)', '{"body": body})',
    ),
    "a comment is not looked for again before it is sent": (
        f"{DELIVERY}/forge/github.py",
        '{"body": body}, look, ahead=True)', '{"body": body}, look)',
    ),
    "a pull request is not looked for": (
        f"{DELIVERY}/forge/github.py", "wanted, look, ahead=True)", "wanted)",
    ),
    "what was closed meanwhile is opened again": (
        f"{DELIVERY}/forge/github.py",
        "opened + newly_closed(listed, self.account(), known)", "opened",
    ),
    "only the first page is read": (
        f"{DELIVERY}/forge/client.py", "            if not self._more:", "            if True:",
    ),
    "a write is sent again": (
        f"{DELIVERY}/forge/client.py",
        "                if error.trouble is not Trouble.UNKNOWN or look is None:",
        "                if error.trouble is Trouble.UNKNOWN:\n"
        "                    continue\n"
        "                if error.trouble is not Trouble.UNKNOWN or look is None:",
    ),
    "a page of a proxy is an answer": (
        f"{DELIVERY}/forge/answers.py",
        "            return json.loads(answer.text)\n        except ValueError:\n            raise",
        "            return json.loads(answer.text)\n        except ValueError:\n"
        "            return {'number': 1, 'id': 1}\n            raise",
    ),
    "an answer without a number is one": (
        f"{DELIVERY}/forge/client.py",
        "    if not isinstance(found, int) or isinstance(found, bool):", "    if False:",
    ),
    "a renamed repository is no matter": (
        f"{DELIVERY}/forge/github.py",
        "            if name.lower() != self._name.lower():", "            if False:",
    ),
    "writes follow each other at once": (
        f"{DELIVERY}/forge/pace.py", "        if due > 0:", "        if False:",
    ),
    "a fork's pull request is ours": (
        f"{DELIVERY}/forge/github.py",
        'return held is not None and str(held["full_name"]).lower() == self._name.lower()',
        "return True",
    ),
    "anybody commands": (
        f"{DELIVERY}/bot/events.py", "    if permission in WRITERS:", "    if True:",
    ),
    "the marker of anybody counts": (
        f"{DELIVERY}/publish/publishing.py",
        "known[issue.author] = forge.permission(issue.author) in WRITERS",
        "known[issue.author] = True",
    ),
    "a directive of anybody counts": (
        f"{DELIVERY}/publish/reading.py",
        "if login != forge.account() and forge.permission(login) not in WRITERS:", "if False:",
    ),
    "words of a report act": (
        f"{DELIVERY}/inert.py",
        "    text = _OBJECT.sub(_in_pieces, text)",
        "    return text\n    text = _OBJECT.sub(_in_pieces, text)",
    ),
    "the settings of the work tree count": (
        "cli/bot/work.py",
        "        return self._folders_at(CommitFiles(self._folder, commit)).top",
        "        from codemods.project.files import WorkTreeFiles\n\n"
        "        return self._folders_at(WorkTreeFiles(self._folder)).top",
    ),
}  # fmt: skip
STAGES: Sequence[tuple[str, ...]] = (
    ("tests/bot/test_life.py", "tests/bot/test_farewell.py", "tests/bot/test_closed_meanwhile.py",
     "tests/bot/test_fault_matrix.py", "tests/bot/test_printed.py", "tests/bot/test_publishing.py",
     "tests/bot/test_issue_reports.py", "tests/bot/test_github.py", "tests/bot/test_months.py"),
    ("-m", "", "tests/bot/test_remote.py", "tests/bot/test_kept.py"),
    ("-m", "", "tests/bot/test_runs.py", "tests/bot/test_publish_command.py"),
    ("-m", "", "tests/bot/test_server_months.py"),
)  # fmt: skip


def mutants() -> dict[str, Mutant]:
    """All of them."""
    return dict(OF_THE_FORGE)


def copied(folder: Path) -> None:
    """The checkout as it is, without what is not part of it."""
    listing = subprocess.run(
        ["git", "-C", str(HERE), "ls-files", "-z"], capture_output=True, check=True, text=True
    ).stdout
    rooms = ("codemods/", "cli/", "tests/bot/", "tests/delivery/", "tests/cli/", "pyproject.toml")
    for name in listing.split("\0"):
        if name.startswith(rooms) or Path(name).parent == Path("tests"):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(HERE / name, target)
    # Where it is when it is installed.
    (folder / "codemods/cli").symlink_to(folder / "cli")


def caught(folder: Path, stages: Sequence[tuple[str, ...]] = STAGES) -> str:
    """The first test that fails; ``""`` where none does."""
    environment = {**os.environ, "PYTHONPATH": str(folder), "PYTHONDONTWRITEBYTECODE": "1"}
    for stage in stages:
        command = [
            sys.executable,
            "-m",
            "pytest",
            "-xq",
            "-p",
            "no:xdist",
            "-p",
            "no:cacheprovider",
        ]
        done = subprocess.run(
            [*command, *stage], cwd=folder, env=environment, capture_output=True, text=True
        )
        found = re.search(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.MULTILINE)
        # A mutant that cannot be imported would be caught by anything.
        assert done.returncode in (0, 1) and (found is None or "::" in found[1]), done.stdout
        if found:
            return found[1].removeprefix("tests/bot/")
    return ""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("-k", dest="part", default="", help="only mutants with this in their names")
    asked = parser.parse_args(arguments)
    left = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        copied(folder)
        assert not caught(folder, STAGES[:1]), "the tests fail without a mutant"
        for title, (path, old, new) in mutants().items():
            if asked.part not in title:
                continue
            file = folder / path
            source = file.read_text("utf-8")
            assert source.count(old) == 1, (title, path, source.count(old))
            file.write_text(source.replace(old, new), "utf-8")
            test = caught(folder)
            file.write_text(source, "utf-8")
            left += not test
            print(f"{title:55} {test or 'SURVIVED'}", flush=True)
    print(f"{len(mutants())} mutants, {left} survived")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
