"""What the tests of this room do with git, and the findings and patches that they deliver."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from codemods.codemod import Change, Refusal, Safety, Site
from codemods.delivery.branches import Delivered, deliver
from codemods.delivery.planning import Delivery, NotDelivered
from codemods.delivery.repository import Repository
from codemods.engine.outcomes import FilePatch, Patch
from codemods.findings.model import Field, Finding, Severity, Status, StatusKind
from tests.templates import copied

REPORT = "docs/audits/AUDIT_BACKEND_2026-02-16.md"
TITLE = "Engine.process_job blocks event loop with synchronous load"
KEY = "c3d437f4bbb9"
BRANCH = "autofix/offload-blocking-calls/process_job-c3d437f4"
BEFORE = b"async def process_job(path):\n    return load(path)\n"
AFTER = b"async def process_job(path):\n    return await asyncio.to_thread(load, path)\n"


def git(folder: Path, *arguments: str, stdin: bytes | None = None) -> str:
    """Run git; its output without the last newline."""
    done = subprocess.run(
        ["git", *arguments], cwd=folder, input=stdin, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode().rstrip("\n")


def finding(
    identifier: str = "B-02",
    title: str = TITLE,
    *,
    line: int = 12,
    report: str = REPORT,
    description: str = "",
) -> Finding:
    """A finding, with a description where one is given."""
    fields = (Field("description", description, line + 1, prose=description),)
    return Finding(
        id=identifier,
        title=title,
        report=report,
        line=line,
        ordinal=1,
        severity=Severity.HIGH,
        severity_text="HIGH",
        dimension=None,
        status=Status(StatusKind.NEW, "NEW"),
        locations=(),
        fields=fields if description else (),
    )


def patch(
    path: str = "engine.py",
    before: bytes = BEFORE,
    after: bytes = AFTER,
    *,
    refusals: tuple[Refusal, ...] = (),
    function: str = "process_job",
) -> Patch:
    """A patch of one file, in one definition of it."""
    site = Site(path, 2, 2, function)
    change = Change(site, "load() runs in a thread", (), Safety.REVIEW)
    return Patch((FilePatch(path, before, after),), (change,), refusals)


@dataclass
class Sandbox:
    """A repository, and how its checkout stood when it was last looked at."""

    root: Path
    seen: dict[str, bytes] = field(default_factory=dict)

    @staticmethod
    def create(root: Path) -> Sandbox:
        copied(_first, root)
        made = Sandbox(root)
        made.look()
        return made

    def git(self, *arguments: str, stdin: bytes | None = None) -> str:
        """Run git as the user would; how the checkout stands afterwards is what must stay."""
        output = git(self.root, *arguments, stdin=stdin)
        self.look()
        return output

    def write(self, path: str, data: bytes) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        self.look()

    def commit(self, message: str) -> str:
        git(self.root, "add", "--all")
        git(self.root, "commit", "--quiet", "--message", message)
        return self.git("rev-parse", "HEAD")

    def commit_readme(self) -> str:
        """A new base: a commit that touches nothing that a patch does."""
        self.write("README", (self.root / "README").read_bytes() + b"more\n")
        return self.commit("readme")

    def foreign_commit(self, branch: str, path: str = "README") -> str:
        """Somebody else's commit on a branch, without checking it out."""
        blob = git(self.root, "hash-object", "-w", "--stdin", stdin=b"by hand\n")
        listing = git(self.root, "ls-tree", branch)
        lines = [line for line in listing.split("\n") if not line.endswith(f"\t{path}")]
        lines.append(f"100644 blob {blob}\t{path}")
        tree = git(self.root, "mktree", stdin="".join(f"{line}\n" for line in lines).encode())
        commit = git(self.root, "commit-tree", tree, "-p", branch, "-m", "by hand")
        git(self.root, "update-ref", f"refs/heads/{branch}", commit)
        return commit

    def look(self) -> None:
        """Remember the checkout, byte for byte."""
        self.seen = self._state()

    def assert_untouched(self) -> None:
        """Raise if the work tree, the index, the stash or HEAD changed since the last look, or if
        something was left lying about in the git folder."""
        assert self._state() == self.seen
        listed = subprocess.run(
            ["git", "for-each-ref", "refs/autofix"], cwd=self.root, capture_output=True, check=False
        )
        assert listed.stdout == b""
        assert not list(self.root.glob(".git/fast_import_crash*"))

    def _state(self) -> dict[str, bytes]:
        found: dict[str, bytes] = {}
        for path in sorted(self.root.rglob("*")):
            name = path.relative_to(self.root).as_posix()
            own = name in (".git/HEAD", ".git/index", ".git/ORIG_HEAD", ".git/MERGE_HEAD")
            own = own or name.startswith((".git/refs/stash", ".git/logs/HEAD", ".git/config"))
            if path.is_file() and (own or not name.startswith(".git/")):
                found[name] = path.read_bytes() + b" %o" % path.stat().st_mode
        return found

    @property
    def repository(self) -> Repository:
        return Repository.open(self.root)

    @property
    def head(self) -> str:
        return git(self.root, "rev-parse", "HEAD")

    def button(self, branch: str, other: str = "main") -> str:
        """What a forge's "Update branch" makes: a merge of the base into a branch."""
        tree = git(self.root, "merge-tree", "--write-tree", branch, other)
        words = f"Merge branch '{other}' into {branch}"
        commit = git(self.root, "commit-tree", tree, "-p", branch, "-p", other, "-m", words)
        git(self.root, "update-ref", f"refs/heads/{branch}", commit)
        return commit

    def commit_near(self) -> str:
        """A new base that changes a line beside those of the usual patch: merging conflicts."""
        self.write("engine.py", BEFORE.replace(b"process_job(path)", b"process_job(path, more)"))
        return self.commit("another parameter")

    def refs(self) -> dict[str, str]:
        """Every ref, with what it points to."""
        listing = git(self.root, "for-each-ref", "--format=%(refname) %(objectname)")
        return dict(line.split(" ") for line in listing.split("\n") if line)

    def deliver(self, *items: Delivery, base: str = "HEAD") -> tuple[Delivered | NotDelivered, ...]:
        repository = self.repository
        return deliver(repository, repository.resolve(base), items)

    def deliver_one(self, item: Delivery | None = None, *, base: str = "HEAD") -> Delivered:
        (result,) = self.deliver(item or delivery(), base=base)
        assert isinstance(result, Delivered), result
        return result

    def refuse_one(self, item: Delivery | None = None, *, base: str = "HEAD") -> NotDelivered:
        """Deliver what cannot be delivered; no ref may have moved."""
        before = self.refs()
        (result,) = self.deliver(item or delivery(), base=base)
        assert isinstance(result, NotDelivered), result
        assert self.refs() == before
        return result


def _first(root: Path) -> None:
    git(root, "init", "--quiet", "--initial-branch=main")
    git(root, "config", "user.name", "Ada Example")
    git(root, "config", "user.email", "ada@example.org")
    made = Sandbox(root)
    made.write("engine.py", BEFORE)
    made.write("pkg/deep/other.py", b"x = 1\n")
    made.commit("first")
    made.write("README", b"hello\n")
    made.commit("second")


def delivery(
    made_by: Finding | None = None, made: Patch | None = None, *, repeated: bool = False
) -> Delivery:
    """A delivery of the usual finding and patch, where nothing else is given.

    A finding with another id has another patch, of another definition.
    """
    asked = made_by or finding()
    if made is None:
        other = asked.id != finding().id
        after = AFTER + f"# {asked.id}\n".encode() if other else AFTER
        made = patch(after=after, function=asked.id) if other else patch()
    return Delivery(asked, made, "offload-blocking-calls", repeated=repeated)


def near() -> Delivery:
    """The usual fix on the base of ``commit_near``."""
    before = BEFORE.replace(b"process_job(path)", b"process_job(path, more)")
    after = AFTER.replace(b"process_job(path)", b"process_job(path, more)")
    return delivery(made=patch(before=before, after=after))


def at(line: int) -> Delivery:
    """One of several findings with the same id: each is about a definition of its own."""
    made = patch(after=AFTER + b"# %d\n" % line, function=f"at_{line}")
    return delivery(finding(line=line), made)
