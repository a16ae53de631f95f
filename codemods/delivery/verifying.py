"""``--verify``: the project's own command, in a clean work tree of each branch and of the base.

The command is the user's and runs code of the repository, so it is given as little as it needs: a
work tree that shares nothing with the user's but objects to read, an environment without tokens,
git without anybody's configuration, no input, a time limit; and what it started ends with it. What
it is comes from the command line, or from the settings where the command line says so; never from
the environment.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from codemods.delivery.repository import NO_GIT, Repository, RepositoryError, telling_line
from codemods.delivery.supervising import Ended, supervise
from codemods.project.git_options import OPTIONS

TIME_LIMIT = 900
"""Seconds that a command may take."""
QUOTED = 20
"""Lines of the output that a reason quotes."""

_SECRET = re.compile(
    r"TOKEN|SECRET|PASSW|PASSPHRASE|CREDENTIAL|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|_AUTH|AUTH_|"
    r"^(?:GIT|SSH|ACTIONS|CI_JOB|CI_REGISTRY|CI_DEPLOY)_|_DSN$|_PAT$|_PWD$|"
    # What an action writes there runs in the steps behind it.
    r"^GITHUB_(?:ENV|PATH|OUTPUT|STATE|STEP_SUMMARY)$|^NETRC$|^RUNNER_TRACKING_ID$",
    re.IGNORECASE,
)
_SECRET_VALUE = re.compile(
    # A user and a password in an address, and how forges' tokens begin.
    r"://[^/\s@]{1,400}@|\b(?:gh[pousr]_|github_pat_|glpat-|xox[abprs]-|sk-|AKIA|eyJhbGciOi)"
)


@dataclass(frozen=True, slots=True)
class Verification:
    """How the command ended on a commit."""

    command: str
    ended: Ended
    base: Ended
    """The same on the commit that the branch starts from."""

    @property
    def passed(self) -> bool:
        """Whether the branch may be."""
        return self.ended.passed

    @property
    def summary(self) -> str:
        """In one line: ``make test: passed in 41 s, same as on the base``."""
        return self._told(self.ended.how, self.base.how)

    @property
    def ending(self) -> str:
        """The same without times: as long as nothing changes, neither does this."""
        return self._told(self.ended.ending, self.base.ending)

    def _told(self, ended: str, base: str) -> str:
        like = ", same as on the base" if self.base.passed == self.ended.passed else ""
        if self.base.passed and not self.ended.passed:
            like = ", and passes on the base"
        elif self.ended.passed and not self.base.passed:
            like = f"; on the base it {base}"
        return f"{self.command}: {ended}{like}"

    @property
    def quotation(self) -> tuple[str, ...]:
        """The last lines of what it printed."""
        return tuple(self.ended.output.rstrip().split("\n")[-QUOTED:])


class Verifier:
    """Runs one command on commits of a repository; on each, and on the base, once.

    Args:
        base: the full id of the commit that branches start from.
        command: for ``sh``.
        limit: seconds for each run.
        begin: called with a commit before the command runs on it.
    """

    def __init__(
        self,
        repository: Repository,
        base: str,
        command: str,
        *,
        limit: float = TIME_LIMIT,
        begin: Callable[[str], None] = lambda _commit: None,
    ) -> None:
        self._repository = repository
        self._base = base
        self._command = command
        self._limit = limit
        self._begin = begin
        self._ended: dict[str, Ended] = {}

    def __call__(self, commit: str) -> Verification:
        """How the command ends on a commit.

        Raises:
            RepositoryError: when no work tree can be made.
        """
        # The base first: where it fails too, that is what somebody has to look at.
        base = self._run(self._base)
        return Verification(self._command, self._run(commit), base)

    def _run(self, commit: str) -> Ended:
        if commit not in self._ended:
            self._begin(commit)
            try:
                with tempfile.TemporaryDirectory(
                    prefix="autofix-verify-", ignore_cleanup_errors=True
                ) as folder:
                    tree = Path(folder) / "tree"
                    environment = scrubbed(os.environ)
                    check_out(self._repository, commit, tree, environment)
                    self._ended[commit] = supervise(self._command, tree, environment, self._limit)
            except OSError as error:
                why = error.strerror or error
                raise RepositoryError(f"cannot create a work tree to verify in: {why}") from error
        return self._ended[commit]


def scrubbed(environment: Mapping[str, str]) -> dict[str, str]:
    """An environment without what lets somebody in, and with a git that nobody has configured.

    A variable goes by its name, or because its value holds a password or looks like a token.
    """
    kept = {
        name: value
        for name, value in environment.items()
        if not _SECRET.search(name) and not _SECRET_VALUE.search(value)
    }
    return kept | {
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_ASKPASS": "true",
    }


def check_out(
    repository: Repository, commit: str, tree: Path, environment: Mapping[str, str]
) -> None:
    """A commit in a new repository of its own, which reads the objects of the other one.

    No hook and no filter runs: the new repository has no configuration.

    Raises:
        RepositoryError: when git cannot do it.
    """
    shown = f"--object-format={repository.hash_name}"
    _git(tree.parent, environment, "init", "--quiet", shown, "--template=", str(tree))
    objects = Path(os.environ.get("GIT_OBJECT_DIRECTORY") or repository.common_dir / "objects")
    inner = tree / ".git"
    (inner / "objects/info").mkdir(exist_ok=True)
    (inner / "objects/info/alternates").write_bytes(os.fsencode(f"{objects.resolve()}\n"))
    shallow = repository.common_dir / "shallow"
    if shallow.is_file():
        (inner / "shallow").write_bytes(shallow.read_bytes())
    tags = repository.ask("for-each-ref", "--format=create %(refname) %(objectname)", "refs/tags")
    # Versions are made of tags.
    _git(tree, environment, "update-ref", "--stdin", stdin=tags.stdout)
    _git(tree, environment, "checkout", "--quiet", "--detach", commit)


def _git(folder: Path, environment: Mapping[str, str], *arguments: str, stdin: bytes = b"") -> None:
    try:
        done = subprocess.run(
            ["git", *OPTIONS, *arguments],
            cwd=folder,
            env=dict(environment),
            input=stdin,
            capture_output=True,
        )
    except FileNotFoundError as error:
        raise RepositoryError(NO_GIT) from error
    if done.returncode:
        why = telling_line(done.stderr.decode("utf-8", "replace"))
        raise RepositoryError(f"cannot create a work tree to verify in: git {arguments[0]}: {why}")
