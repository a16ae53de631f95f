"""What the test forge holds, and what people do there; branches are real, in bare repositories."""

from __future__ import annotations

import atexit
import functools
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.bot.server.faults import Fault

BOT = "autofix[bot]"
PERSON = "ada"


HOOK = """#!/bin/sh
test -f "$(git rev-parse --git-dir)/protected" || exit 0
while read -r pattern; do
    case "$1" in
    $pattern) echo "error: GH006: Protected branch update failed for $1." >&2; exit 1 ;;
    esac
done < "$(git rev-parse --git-dir)/protected"
"""


@functools.cache
def _template() -> Path:
    """A bare repository with one empty commit, made once and copied."""
    folder = Path(tempfile.mkdtemp(prefix="autofix-forge-")) / "template.git"
    atexit.register(shutil.rmtree, folder.parent, ignore_errors=True)
    git("init", "-q", "--bare", "-b", "main", str(folder))
    for name, value in (("http.receivepack", "true"), ("uploadpack.allowAnySHA1InWant", "true")):
        git(f"--git-dir={folder}", "config", name, value)
    hook = folder / "hooks/update"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(HOOK)
    hook.chmod(0o755)
    tree = git(f"--git-dir={folder}", "mktree", stdin=b"")
    first = git(f"--git-dir={folder}", "commit-tree", tree, "-m", "first")
    git(f"--git-dir={folder}", "update-ref", "refs/heads/main", first)
    return folder


def git(*arguments: str, stdin: bytes | None = None, index: Path | None = None) -> str:
    """Run git as a person; its output."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("GIT_")}
    environment |= {
        f"GIT_{role}_{what}": value
        for role in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "Ada"), ("EMAIL", "ada@example.org"))
    }
    if index is not None:
        environment["GIT_INDEX_FILE"] = str(index)
    done = subprocess.run(
        ["git", *arguments], input=stdin, capture_output=True, env=environment, check=False
    )
    assert done.returncode == 0, (arguments, done.stderr.decode())
    return done.stdout.decode().strip()


def _data(content: bytes) -> bytes:
    return b"data %d\n%s\n" % (len(content), content)


@dataclass
class Item:
    """An issue or a pull request."""

    number: int
    title: str
    body: str
    author: str
    labels: list[str] = field(default_factory=list)
    state: str = "open"
    locked: bool = False
    reason: str = ""
    """Why it was closed: ``not_planned``."""
    editor: str = ""
    """Who edited it last."""
    head: str = ""
    """Only of pull requests: the branch."""
    base: str = ""
    draft: bool = False
    merged: bool = False
    tip: str = ""
    """The commit of the head, when it was last there."""
    fork: bool = False
    approvals: list[str] = field(default_factory=list)
    queued: bool = False
    auto_merge: str = ""
    """How the forge merges it, as soon as it may."""
    assignees: list[str] = field(default_factory=list)
    reviewers: list[str] = field(default_factory=list)


@dataclass
class Comment:
    """A comment of an item."""

    id: int
    number: int
    body: str
    author: str
    reactions: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Call:
    """A request that came in."""

    method: str
    path: str
    query: str
    token: str
    body: str


class State:
    """One repository ``acme/shop``.

    Args:
        root: an empty folder for it.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.name = "acme/shop"
        self.items: dict[int, Item] = {}
        self.comments: dict[int, Comment] = {}
        self.calls: list[Call] = []
        self.problems: list[str] = []
        """What was wrong with requests; a test looks that there is nothing."""
        self.faults: list[Fault] = []
        self.permissions = {BOT: "write", PERSON: "write", "eve": "read"}
        self.account = BOT
        self.archived = False
        self.has_issues = True
        self.graphql = True
        self.has_drafts = True
        self.has_auto_merge = True
        self.finds_by_author = True
        """Whether the list of issues knows accounts of Apps; some clouds find nothing by them."""
        self.protected: set[str] = set()
        """Branches that no push may change."""
        self.last = 0
        self.git_dir = root / f"{self.name}.git"
        self.git_dir.parent.mkdir(parents=True)
        shutil.copytree(_template(), self.git_dir)

    def git(self, *arguments: str, stdin: bytes | None = None) -> str:
        """Run git in the bare repository; its output."""
        return git(f"--git-dir={self.git_dir}", *arguments, stdin=stdin)

    def tips(self) -> dict[str, str]:
        """The commit of every branch."""
        listing = self.git("for-each-ref", "--format=%(refname:short) %(objectname)", "refs/heads")
        return dict(line.split(" ") for line in listing.split("\n") if line)

    def protect(self, *refs: str) -> None:
        """Let no push change these refs, or patterns of refs."""
        (self.git_dir / "protected").write_text("".join(f"{ref}\n" for ref in refs))

    def settle(self) -> None:
        """What a forge does by itself: a branch that is gone closes its pull requests."""
        tips = self.tips()
        for item in self.items.values():
            if not item.head or item.state != "open" or item.fork:
                continue
            if item.head in tips:
                item.tip = tips[item.head]
            else:
                item.state = "closed"

    def new_item(self, item: Item) -> Item:
        """Number it, and keep it."""
        self.last += 1
        item.number = self.last
        self.items[item.number] = item
        return item

    def new_comment(self, number: int, body: str, author: str) -> Comment:
        """Keep a comment."""
        made = Comment(len(self.comments) + 1000, number, body, author)
        self.comments[made.id] = made
        return made

    # What people do.

    def commit(self, branch: str, path: str, data: bytes, parent: str | None = None) -> str:
        """Somebody commits one file to a branch."""
        return self.commit_files(branch, {path: data}, parent)

    def commit_files(
        self, branch: str, files: Mapping[str, bytes], parent: str | None = None
    ) -> str:
        """Somebody commits some files to a branch, in one go."""
        ref = f"refs/heads/{branch}"
        lines = [
            f"commit {ref}\ncommitter Ada <ada@example.org> 1772438400 +0000\n".encode(),
            _data(f"by hand: {', '.join(files)}".encode()),
            f"from {parent or f'{ref}^0'}\n".encode(),
        ]
        for path, data in files.items():
            lines += [f"M 100644 inline {path}\n".encode(), _data(data)]
        self.git("fast-import", "--quiet", "--force", stdin=b"".join(lines))
        return self.tips()[branch]

    def try_merge(self, one: str, other: str) -> bool:
        """Whether two commits merge without a conflict; nothing is kept."""
        where = f"--git-dir={self.git_dir}"
        command = ["git", where, "merge-tree", "--write-tree", one, other]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0

    def merge(self, number: int) -> str:
        """Somebody merges a pull request by squashing, and the branch is deleted."""
        item = self.items[number]
        tree = self.git(
            "merge-tree", "--write-tree", f"refs/heads/{item.base}", f"refs/heads/{item.head}"
        )
        message = f"{item.title} (#{number})\n\n{item.body}"
        made = self.git(
            "commit-tree", tree, "-p", f"refs/heads/{item.base}", stdin=message.encode()
        )
        self.git("update-ref", f"refs/heads/{item.base}", made)
        item.tip = self.tips()[item.head]
        self.git("update-ref", "-d", f"refs/heads/{item.head}")
        item.state, item.merged = "closed", True
        return made

    def close(self, number: int) -> None:
        """Somebody closes it; the branch stays."""
        self.items[number].state = "closed"

    def pulls(self, state: str = "open") -> list[Item]:
        """Pull requests, by number."""
        found = [item for item in self.items.values() if item.head and item.state == state]
        return sorted(found, key=lambda item: item.number)
