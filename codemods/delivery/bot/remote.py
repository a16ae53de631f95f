"""Fixes as commits, and the remote's branches, by git; every move says what it expects.

Nothing of the user's repository changes: no branch, no remote-tracking ref, no work tree. The token
goes to git in its environment, for one host only, and git follows no redirect with it.
"""

from __future__ import annotations

import base64
import functools
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from urllib.parse import urlsplit

from codemods.delivery.bot.subjects import Member, Subject
from codemods.delivery.bot.workshop import Checked, Likeness, RefusedError, RemoteBranch
from codemods.delivery.commits import NewCommit, write_commits
from codemods.delivery.likeness import patch_ids
from codemods.delivery.merging import merged_trees
from codemods.delivery.message import subject as commit_subject
from codemods.delivery.planning import Delivery, NotDelivered
from codemods.delivery.preparing import Prepared, prepare
from codemods.delivery.remote import fetch_commits, remote_tips
from codemods.delivery.repository import HEADS, Completed, GitError, Repository, RepositoryError
from codemods.delivery.survey import FindingBranch, describe

TRASH = "refs/autofix/trash/"
LONGEST_PUSH = 600.0
"""Seconds. git itself waits for ever where an answer is cut off within its first four bytes."""
_TRACKED = "refs/remotes/origin/"
"""What the remote's branches are called while they are looked at; no such ref is made."""


@dataclass(frozen=True, slots=True)
class Remote:
    """Where branches are pushed to."""

    url: str
    token: str = ""
    login: str = "autofix"
    """Who commits, where git does not know."""

    def __repr__(self) -> str:
        return f"Remote({self.url!r})"

    def environment(self) -> dict[str, str]:
        """Configuration of git for this remote, which no list of processes shows."""
        settings = [("http.followRedirects", "false"), ("credential.helper", "")]
        # Where nothing comes any more.
        settings += [("http.lowSpeedLimit", "1"), ("http.lowSpeedTime", "120")]
        if self.token:
            where = urlsplit(self.url)
            name = f"http.{where.scheme}://{where.netloc}/.extraHeader"
            given = base64.b64encode(f"x-access-token:{self.token}".encode()).decode()
            # An empty one first: what a checkout has left there would be sent as well.
            settings += [(name, ""), (name, f"Authorization: Basic {given}")]
        found = {"GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_COUNT": str(len(settings))}
        for number, (name, value) in enumerate(settings):
            found |= {f"GIT_CONFIG_KEY_{number}": name, f"GIT_CONFIG_VALUE_{number}": value}
        return found


class RemoteWorkshop:
    """The :class:`~codemods.delivery.bot.workshop.Workshop` of a repository and a remote.

    Args:
        base: the full id of the commit that fixes are made from.
        subjects: what is decided about; their fixes are prepared at once.
        verify: says of a commit how the project's command ends on it.
    """

    def __init__(
        self,
        repository: Repository,
        remote: Remote,
        base: str,
        prefix: str,
        subjects: Sequence[Subject],
        verify: Callable[[str], Checked] | None = None,
    ) -> None:
        self.base = base
        # Its own, so that the token is in no environment but of these commands.
        self._repository = Repository.open(repository.root or repository.git_dir)
        self._repository.git.update_environment(**remote.environment())
        self._remote = remote
        self._prefix = prefix
        self._verify = verify
        self._commits: dict[tuple[str, str, int], str] = {}
        members = [
            member for subject in subjects for member in subject.members if member.patch is not None
        ]
        deliveries = [_delivery(member) for member in members]
        made = prepare(repository, base, deliveries, prefix=prefix)
        self._prepared: dict[tuple[str, str, int], Prepared | NotDelivered] = {
            member.finding.key: item for member, item in zip(members, made, strict=True)
        }

    def branches(self, heads: Collection[str]) -> Mapping[str, RemoteBranch]:
        named = self._tips(f"{self._prefix}/*", *sorted(heads))
        self._fetch(named)
        tracked = {f"{_TRACKED}{name}": commit for name, commit in named.items()}
        known = describe(self._repository, tracked, self.base)
        patches = self._patches(known.values())
        found = {}
        for name, tip in named.items():
            branch = known.get(f"{_TRACKED}{name}")
            if branch is None:
                foreign = "contains no commit of autofix"
                found[name] = RemoteBranch(name, tip, foreign=foreign)
            else:
                trailers = branch.trailers
                found[name] = RemoteBranch(
                    name,
                    tip,
                    trailers.key,
                    trailers.findings,
                    trailers.base,
                    patches.get(branch.own, ""),
                    branch.foreign,
                )
        return found

    def _patches(self, branches: Collection[FindingBranch]) -> dict[str, str]:
        signed = {item.own: item.trailers.patch for item in branches if item.trailers.patch}
        # Branches of older versions do not say; without entries their base is not there.
        unsigned = [
            (item.trailers.base, item.own)
            for item in branches
            if item.own not in signed and item.entries
        ]
        return signed | patch_ids(self._repository, unsigned)

    def compare(self, pairs: Sequence[tuple[Subject, RemoteBranch]]) -> Sequence[Likeness]:
        # The base merges with itself wherever git can try merges at all (2.38).
        wanted = {(self.base, branch.tip) for _, branch in pairs} | {(self.base, self.base)}
        merged = merged_trees(self._repository, sorted(wanted)) if pairs else {}
        able = (self.base, self.base) in merged
        found = []
        for subject, branch in pairs:
            prepared = self._of(subject)
            patch = prepared.patch if isinstance(prepared, Prepared) else None
            found.append(
                Likeness(
                    patch is not None and branch.patch != patch,
                    able and (self.base, branch.tip) not in merged,
                    branch.base != self.base,
                )
            )
        return found

    def exists(self, path: str) -> bool:
        return self._repository.run("cat-file", "-e", f"{self.base}:{path}").status == 0

    def patch_id(self, subject: Subject) -> str:
        prepared = self._of(subject)
        return prepared.patch if isinstance(prepared, Prepared) else ""

    def _of(self, subject: Subject) -> Prepared | NotDelivered | None:
        return self._prepared.get(subject.finding.key)

    def collides(self, subject: Subject, branch: RemoteBranch) -> bool:
        if not isinstance(self._of(subject), Prepared):
            return False
        pair = (self._commit(subject), branch.tip)
        alone = (self.base, branch.tip)
        merged = merged_trees(self._repository, [pair, alone])
        return alone in merged and pair not in merged

    def verify(self, subject: Subject) -> Checked:
        if self._verify is None or not isinstance(self._of(subject), Prepared):
            return Checked()
        return self._verify(self._commit(subject))

    def title(self, subject: Subject) -> str:
        assert subject.patch is not None, "only a fix has a title"
        return commit_subject(subject.finding, subject.patch)

    def push(
        self, subject: Subject, branch: str | None, expected: str | None, *, keep: bool
    ) -> str | None:
        prepared = self._of(subject)
        if isinstance(prepared, NotDelivered):
            raise RefusedError(prepared.reason)
        assert prepared is not None, "only a fix is pushed"
        name = branch or prepared.branch
        moves = [(f"{HEADS}{name}", self._commit(subject), expected)]
        if keep and expected is not None:
            moves.append((self._trash(subject), expected, None))
        return name if self._push(moves) else None

    def _trash(self, subject: Subject) -> str:
        place = f"{TRASH}{subject.key}/"
        listing = self._repository.ask("ls-remote", "--refs", self._remote.url, f"{place}*").text
        taken = {line.partition("\t")[2] for line in listing.split("\n")}
        number = 1
        while f"{place}{number}" in taken:
            number += 1
        return f"{place}{number}"

    def delete(self, branch: str, expected: str) -> bool:
        return self._push([(f"{HEADS}{branch}", "", expected)])

    def _push(self, moves: Sequence[tuple[str, str, str | None]]) -> bool:
        """Move refs, all or none; ``False`` where one is not what was expected.

        Args:
            moves: each a ref, the commit or ``""``, and what is expected there.
        """
        leases = [f"--force-with-lease={ref}:{expected or ''}" for ref, _, expected in moves]
        options = ("--porcelain", "--no-verify", "--no-follow-tags", "--recurse-submodules=no")
        atomic = ("--atomic",) if len(moves) > 1 else ()
        specs = [f"{commit}:{ref}" for ref, commit, _ in moves]
        command = ("push", *options, *atomic, *leases, self._remote.url, *specs)
        done = self._repository.run(*command, limit=LONGEST_PUSH)
        if done.status == 0:
            return True
        refused = _refusal(done)
        # What the remote says of one ref git repeats for those that would have moved with it.
        if refused is not None and ("stale info" in refused or "already exists" in refused):
            return False
        # Cut off: it may have worked, and git's transport may have sent it a second time.
        ref, commit, _ = moves[0]
        name = ref.removeprefix(HEADS)
        if self._tips(name).get(name, "") == commit:
            return True
        if refused is not None:
            raise RefusedError(f"the remote refused the push: {refused}")
        raise RefusedError(f"the remote cannot be pushed to: {GitError(done.stderr, done.status)}")

    def _tips(self, *patterns: str) -> dict[str, str]:
        return _told(self._remote, remote_tips(self._repository, self._remote.url, patterns))

    def _fetch(self, tips: Mapping[str, str]) -> None:
        """Bring commits here, moving no ref."""
        if not tips:
            return
        wanted = "".join(f"{commit}\n" for commit in tips.values()).encode()
        known = self._repository.ask("cat-file", "--batch-check", stdin=wanted).text
        missing = {line.split()[0] for line in known.split("\n") if line.endswith(" missing")}
        _told(self._remote, fetch_commits(self._repository, self._remote.url, missing))

    def _commit(self, subject: Subject) -> str:
        """The commit of a fix, written when it is first needed; no ref leads to it."""
        prepared = self._of(subject)
        assert isinstance(prepared, Prepared), "a patch that cannot be committed was refused"
        name = subject.finding.key
        if name not in self._commits:
            new = NewCommit(prepared.message, prepared.files)
            (made,) = write_commits(self._known, self.base, [new])
            if isinstance(made, GitError):
                raise RefusedError(f"the commit cannot be signed: {made}")
            self._commits[name] = made
        return self._commits[name]

    @functools.cached_property
    def _known(self) -> Repository:
        """The repository, with a name for who commits where git knows none, as in CI."""
        try:
            self._repository.identity("committer")
            self._repository.identity("author")
        except RepositoryError:
            login = self._remote.login
            mail = f"{login}@users.noreply.github.com"
            self._repository.git.update_environment(
                GIT_AUTHOR_NAME=login,
                GIT_AUTHOR_EMAIL=mail,
                GIT_COMMITTER_NAME=login,
                GIT_COMMITTER_EMAIL=mail,
            )
        return self._repository


Answer = TypeVar("Answer")


def _told(remote: Remote, answer: Answer | GitError) -> Answer:
    if isinstance(answer, GitError):
        raise RepositoryError(f"{remote.url} cannot be read: {answer}")
    return answer


def remote_tip(repository: Repository, remote: Remote, branch: str) -> str:
    """The commit of a branch of the remote, which is here afterwards.

    Raises:
        RepositoryError: when there is no such branch, or the remote cannot be read.
    """
    asking = Repository.open(repository.root or repository.git_dir)
    asking.git.update_environment(**remote.environment())
    commit = _told(remote, remote_tips(asking, remote.url, [branch])).get(branch)
    if commit is None:
        raise RepositoryError(f"{remote.url} has no branch {branch}: set `base`")
    if asking.run("cat-file", "-e", f"{commit}^{{commit}}").status:
        _told(remote, fetch_commits(asking, remote.url, [commit]))
    return commit


def _delivery(member: Member) -> Delivery:
    resolution, patch = member.resolution, member.patch
    assert patch is not None and resolution.codemod is not None, "a fix is some codemod's"
    return Delivery(member.finding, patch, resolution.codemod, member.repeated)


def _refusal(done: Completed) -> str | None:
    """What the remote or git says of the refs that it did not move."""
    for line in done.text.split("\n"):
        flag, _, rest = line.partition("\t")
        summary = rest.partition("\t")[2]
        if flag == "!" and "atomic push failed" not in summary:
            # The remote's own words stand in lines of their own.
            told = [item for item in done.stderr.split("\n") if "GH0" in item or "GL-" in item]
            return " ".join(
                (told[0].partition("error: ")[2] or told[0] if told else summary).split()
            )
    return None
