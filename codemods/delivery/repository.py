"""A git repository, opened once and asked through GitPython's ``repo.git``.

Every command runs with hooks, garbage collection and optional locks switched off: what autofix
does must not start the user's hooks, and a question must not rewrite the index; see
:mod:`codemods.project.git_options`. The environment is git's own (``GIT_DIR`` and its sisters
count as they do for git, so that a hook can call us).
"""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal, cast

from codemods.project.git_options import OPTIONS, TRUSTED
from codemods.project.redaction import redacted

if TYPE_CHECKING:
    from git.cmd import Git

HEADS = "refs/heads/"
NO_GIT = "git is not installed, or not on the PATH"


class RepositoryError(Exception):
    """Something about the repository as a whole; the message is one line for a person."""


class GitError(RepositoryError):
    """A git command failed; the message is the line of git that says why."""

    def __init__(self, stderr: str, status: int = 1) -> None:
        self.stderr = redacted(stderr)
        self.status = status
        super().__init__(telling_line(self.stderr) or f"git failed with status {status}")


@dataclass(frozen=True, slots=True)
class Completed:
    """A git command that ended."""

    status: int
    stdout: bytes
    stderr: str

    @property
    def text(self) -> str:
        """The output as text, without the newline at its end."""
        return os.fsdecode(self.stdout).rstrip("\n")


def telling_line(stderr: str) -> str:
    """The one line of git's errors that says what is wrong, without ``fatal:``."""
    lines = [line.strip() for line in stderr.splitlines() if line.strip()]
    for line in lines:
        if line.startswith(("fatal: ", "error: ")):
            return line.partition(": ")[2]
    return lines[0] if lines else ""


def lines(items: Iterable[str]) -> bytes:
    """What git reads from its input, one item a line."""
    return "".join(f"{item}\n" for item in items).encode()


@dataclass(frozen=True, slots=True)
class Repository:
    """An open repository."""

    root: Path | None
    """The top of the work tree; ``None`` for a bare repository."""
    git_dir: Path
    """The folder of this work tree's HEAD and index."""
    common_dir: Path
    """The folder of the refs and objects; the same as ``git_dir`` but in linked work trees."""
    hash_name: Literal["sha1", "sha256"]
    """What object ids are made with."""
    git: Git = field(repr=False, compare=False)
    """GitPython's command runner."""

    @staticmethod
    def open(path: Path) -> Repository:
        """The repository that holds ``path``, which may be a folder below its top.

        Bare and shallow repositories, linked work trees, submodules, a detached HEAD and a
        branch without commits are all opened.

        Raises:
            RepositoryError: when there is none that git accepts; with one clear line.
        """
        if not path.is_dir():
            raise RepositoryError(
                f"{path} {'is not a folder' if path.exists() else 'does not exist'}"
            )
        try:
            import git
        except ImportError as error:
            # GitPython looks for the executable when it is imported.
            raise RepositoryError(NO_GIT) from error
        question = (
            *("rev-parse", "--is-inside-work-tree", "--show-object-format"),
            *("--absolute-git-dir", "--git-common-dir"),
        )
        facts = _execute(git.Git(path), *question)
        if "safe.bareRepository" in facts.stderr:
            _check_embedded(path.resolve())
            facts = _execute(git.Git(path), *TRUSTED, *question)
            if facts.text.startswith("true"):
                raise RepositoryError(f"{path} is a git directory: name its work tree instead")
        if facts.status:
            raise RepositoryError(_why_not_opened(path, facts.stderr))
        inside, hash_name, git_dir, common_dir = facts.text.split("\n")[:4]
        _check_override(path, Path(git_dir))
        root = None
        if inside == "true":
            root = Path(_execute(git.Git(path), "rev-parse", "--show-toplevel").text)
        return Repository(
            root,
            Path(git_dir),
            (path / common_dir).resolve(),
            cast(Literal["sha1", "sha256"], hash_name),
            # Not `git.Repo`: it takes a bare repository without a `config` file for the folder
            # above it.
            git.Git(root or git_dir),
        )

    @property
    def name(self) -> str:
        """How to call it in a message."""
        return str(self.root or self.git_dir)

    @property
    def no_object(self) -> str:
        """The object id that stands for nothing."""
        return "0" * (40 if self.hash_name == "sha1" else 64)

    def run(
        self,
        *arguments: str,
        stdin: bytes | BinaryIO | None = None,
        environment: Mapping[str, str] | None = None,
        apart: bool = False,
        limit: float | None = None,
    ) -> Completed:
        """Run ``git`` with ``arguments``; a failure is in the result's ``status``.

        Args:
            stdin: what it reads.
            environment: variables beside ours.
            apart: in a session of its own, where signals of the terminal do not reach it.
            limit: seconds, after which it is ended with everything that it started; without
                ``stdin``.

        Raises:
            RepositoryError: when git cannot be started.
        """
        if self.root is None:
            arguments = (*TRUSTED, *arguments)
        if limit is not None:
            return _limited(self.git, limit, *arguments)
        if not isinstance(stdin, bytes):
            return _execute(self.git, *arguments, stdin=stdin, environment=environment, apart=apart)
        # A real file and no pipe: what git reads ends where it should, whatever becomes of us.
        with tempfile.TemporaryFile() as file:
            file.write(stdin)
            file.seek(0)
            return _execute(
                self.git,
                *arguments,
                stdin=cast(BinaryIO, file),
                environment=environment,
                apart=apart,
            )

    def ask(
        self,
        *arguments: str,
        stdin: bytes | BinaryIO | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Completed:
        """Like :meth:`run`, for commands that must succeed.

        Raises:
            GitError: when git fails.
            RepositoryError: when git cannot be started.
        """
        done = self.run(*arguments, stdin=stdin, environment=environment)
        if done.status:
            raise GitError(done.stderr, done.status)
        return done

    def head(self) -> str | None:
        """The commit that is checked out; ``None`` on a branch without commits."""
        done = self.run("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        return None if done.status else done.text

    def head_branch(self) -> str | None:
        """The branch that HEAD stands on (without ``refs/heads/``); ``None`` when detached."""
        done = self.run("symbolic-ref", "--quiet", "HEAD")
        if done.status or not done.text.startswith(HEADS):
            return None
        return done.text.removeprefix(HEADS)

    def resolve(self, revision: str) -> str:
        """The full id of the commit that ``revision`` names.

        Raises:
            RepositoryError: when it names none.
        """
        done = None
        if not revision.startswith("-"):
            done = self.run("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        if done is None or done.status or done.text.startswith("^"):
            if revision == "HEAD":
                raise RepositoryError(f"{self.name} has no commit yet: commit something first")
            raise RepositoryError(f"{revision!r} is not a commit of {self.name}")
        return done.text

    def setting(self, name: str) -> bool:
        """A boolean of git's configuration; ``False`` where it is not set.

        Raises:
            GitError: when its value is no boolean.
        """
        done = self.run("config", "--type=bool", "--get", name)
        if done.status > 1:
            raise GitError(done.stderr, done.status)
        return done.text == "true"

    def identity(self, kind: Literal["author", "committer"]) -> bytes:
        """``Name <mail> seconds zone`` as git itself would write it, environment included.

        Raises:
            RepositoryError: when git does not know who commits; as ``git commit`` does, and
                with how to tell it.
        """
        done = self.run("var", f"GIT_{kind.upper()}_IDENT")
        if done.status:
            raise RepositoryError(
                "git has no author: set `git config --global user.name NAME` and `git config "
                "--global user.email MAIL`"
            )
        return done.stdout.rstrip(b"\n")


def _execute(
    git: Git,
    *arguments: str,
    stdin: BinaryIO | None = None,
    environment: Mapping[str, str] | None = None,
    apart: bool = False,
) -> Completed:
    from git.exc import GitCommandNotFound

    try:
        status, stdout, stderr = git.execute(
            [git.GIT_PYTHON_GIT_EXECUTABLE, *OPTIONS, *arguments],
            istream=stdin,
            with_extended_output=True,
            with_exceptions=False,
            stdout_as_string=False,
            strip_newline_in_stdout=False,
            env=dict(environment or {}),
            start_new_session=apart,
        )
    except GitCommandNotFound as error:
        raise RepositoryError(NO_GIT) from error
    return Completed(status, stdout, stderr)


def _limited(git: Git, limit: float, *arguments: str) -> Completed:
    from git.exc import GitCommandNotFound

    try:
        # Held for as long as it runs: GitPython ends what nobody holds.
        held = git.execute(
            [git.GIT_PYTHON_GIT_EXECUTABLE, *OPTIONS, *arguments],
            as_process=True,
            # So that what it starts can be ended with it.
            start_new_session=True,
        )
    except GitCommandNotFound as error:
        raise RepositoryError(NO_GIT) from error
    process = held.proc
    assert process is not None, "it was just started"
    try:
        stdout, stderr = process.communicate(timeout=limit)
        return Completed(process.returncode, stdout, stderr.decode("utf-8", "replace"))
    except subprocess.TimeoutExpired:
        return Completed(-signal.SIGTERM, b"", f"fatal: it did not end within {limit:.0f} s\n")
    finally:
        if process.returncode is None:
            if hasattr(os, "killpg"):
                os.killpg(process.pid, signal.SIGKILL)
            process.kill()
            process.communicate()


def _check_embedded(path: Path) -> None:
    """Raise for a bare repository that is a folder of another one: whoever committed it wrote its
    configuration, too."""
    bare = next((item for item in (path, *path.parents) if (item / "HEAD").is_file()), path)
    # Below a folder of this name is nothing that can be committed.
    for folder in bare.parents if ".git" not in bare.parts else ():
        if (folder / ".git").exists():
            raise RepositoryError(
                f"{bare} is a bare repository inside {folder}: its settings are not trusted"
            )


def _check_override(path: Path, git_dir: Path) -> None:
    """Raise if ``GIT_DIR`` (which hooks set) names another repository than the one of ``path``:
    git would take it, and branches would appear where nobody asked for them."""
    if "GIT_DIR" not in os.environ:
        return
    for folder in (path.resolve(), *path.resolve().parents):
        own = folder / ".git"
        if own.is_file():
            target = own.read_text(encoding="utf-8", errors="replace").partition("gitdir:")[2]
            own = folder / target.strip()
        if own.is_dir():
            if own.resolve() != git_dir.resolve():
                raise RepositoryError(
                    f"GIT_DIR is set to {git_dir}, but {folder} is another repository: unset it"
                )
            return


def _why_not_opened(path: Path, stderr: str) -> str:
    if "dubious ownership" in stderr:
        said = stderr.partition("repository at '")[2]
        owner = said.splitlines()[0].rpartition("'")[0] if said else ""
        owner = owner or str(path)
        return (
            f"{owner} belongs to another user, so git does not trust it: "
            f"git config --global --add safe.directory {owner}"
        )
    if "not a git repository" in stderr:
        return f"{path} is not in a git repository"
    return f"{path}: {telling_line(stderr)}"
