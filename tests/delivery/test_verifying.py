"""The project's own command on a commit: what it gets, what it does not, and that it ends."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from codemods.delivery import supervising
from codemods.delivery.branches import Delivered, deliver
from codemods.delivery.planning import Action, NotDelivered
from codemods.delivery.repository import RepositoryError
from codemods.delivery.supervising import Ended, supervise
from codemods.delivery.verifying import Verification, Verifier, scrubbed
from tests.delivery.sandbox import BRANCH, Sandbox, delivery, finding, git, near


def run(folder: Path, command: str, limit: float = 20) -> Ended:
    return supervise(command, folder, {"PATH": os.environ["PATH"]}, limit)


def is_alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state not in "ZX"


# The command.


@pytest.mark.parametrize(
    ("command", "how"),
    [
        ("exit 3", "failed with status 3 after 0 s"),
        ("kill -KILL $$", "was killed by signal 9 after 0 s"),
        ("no-such-command-at-all", "failed with status 127 after 0 s"),
        ("read answer", "failed with status 1 after 0 s"),
        ("true", "passed in 0 s"),
    ],
)
def test_how_it_ends(tmp_path: Path, command: str, how: str) -> None:
    ended = run(tmp_path, command)
    assert (ended.how, ended.passed) == (how, command == "true")


def test_it_ends_at_its_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervising, "GRACE", 0.1)
    ended = run(tmp_path, "echo begun; trap '' TERM; sleep 60", limit=0.3)
    assert (ended.status, ended.stopped, ended.output) == (
        None,
        "it took longer than 0 s",
        "begun\n",
    )
    assert not ended.passed


def test_it_ends_when_it_prints_for_ever(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervising, "MOST", 1_000_000)
    ended = run(tmp_path, "yes")
    assert ended.stopped == "it printed more than 1 MB"
    assert len(ended.output) == supervising.KEPT


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc")
@pytest.mark.parametrize(
    "start", ["sleep 60 &", "setsid sleep 60 &", "(setsid sh -c 'sleep 60' &)", "nohup sleep 60 &"]
)
def test_what_it_started_ends_with_it(tmp_path: Path, start: str) -> None:
    script = tmp_path / "start.sh"
    script.write_text(f"{start.replace('sleep 60', 'sh child.sh')}\nsleep 0.2\n")
    (tmp_path / "child.sh").write_text("echo $$ >> pids\nexec sleep 60\n")
    assert run(tmp_path, "sh start.sh").passed
    pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
    assert pids
    assert not any(is_alive(pid) for pid in pids)


def test_both_streams_are_kept_to_their_end(tmp_path: Path) -> None:
    ended = run(tmp_path, "echo out; echo err >&2; printf 'no text \\377'; exit 1")
    assert ended.output == "out\nerr\nno text \ufffd"


def test_it_ends_when_we_are_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(_self: object) -> None:
        deadline = time.monotonic() + 5
        while not (tmp_path / "pid").exists() and time.monotonic() < deadline:
            time.sleep(0.01)
        raise KeyboardInterrupt

    monkeypatch.setattr("subprocess.Popen.poll", stopped)
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path, "echo $$ > tmp; mv tmp pid; exec sleep 60")
    monkeypatch.undo()
    assert not is_alive(int((tmp_path / "pid").read_text()))


# Its environment.


@pytest.mark.parametrize(
    "name",
    [
        *("GITHUB_TOKEN", "GH_TOKEN", "NPM_TOKEN", "AWS_SECRET_ACCESS_KEY", "AWS_ACCESS_KEY_ID"),
        *("DB_PASSWORD", "PGPASSWORD", "TWINE_PASSWORD", "OPENAI_API_KEY", "SENTRY_DSN"),
        *("SSH_AUTH_SOCK", "SSH_ASKPASS", "GIT_ASKPASS_X", "GIT_DIR", "GIT_CONFIG_COUNT"),
        *("ACTIONS_RUNTIME_URL", "ACTIONS_ID_TOKEN_REQUEST_URL", "GITHUB_ENV", "GITHUB_PATH"),
        *("GITHUB_OUTPUT", "CI_JOB_JWT", "CI_REGISTRY_USER", "GOOGLE_APPLICATION_CREDENTIALS"),
        *("npm_config__auth", "DEPLOY_PRIVATE_KEY", "NETRC", "AZURE_PAT"),
    ],
)
def test_what_lets_somebody_in_is_not_handed_on(name: str) -> None:
    assert name not in scrubbed({name: "x"})


@pytest.mark.parametrize(
    "value",
    [
        "https://user:word@index.example/simple",
        "postgres://app:word@db/app",
        "x ghp_0123456789 y",
        "github_pat_11AAAA",
        "glpat-0123",
        "AKIAIOSFODNN7EXAMPLE",
    ],
)
def test_a_value_tells_what_its_name_does_not(value: str) -> None:
    assert "SETTING" not in scrubbed({"SETTING": value})


def test_what_a_build_needs_is_kept() -> None:
    kept = {
        "PATH": "/usr/bin",
        "HOME": "/home/ada",
        "VIRTUAL_ENV": "/home/ada/.venv",
        "PYTHONPATH": "src",
        "LANG": "C.UTF-8",
        "CI": "true",
        "GITHUB_SHA": "0" * 40,
        "PIP_INDEX_URL": "https://index.example/simple",
        "AUTHOR": "Ada",
        "KEYBOARD": "de",
    }
    assert scrubbed(kept).items() >= kept.items()


# On branches.


def verify(sandbox: Sandbox, command: str, limit: float = 20) -> Verifier:
    return Verifier(sandbox.repository, sandbox.head, command, limit=limit)


def withheld(sandbox: Sandbox, command: str) -> Verification:
    """Deliver what does not pass; no ref may have moved."""
    before = sandbox.refs()
    (result,) = deliver(
        sandbox.repository, sandbox.head, [delivery()], verify=verify(sandbox, command)
    )
    assert isinstance(result, NotDelivered), result
    assert sandbox.refs() == before
    assert result.verification is not None
    assert result.reason == f"verification failed: {result.verification.summary}"
    assert result.branch == BRANCH
    return result.verification


def passing(sandbox: Sandbox, command: str) -> Verification:
    """Deliver what passes."""
    (result,) = deliver(
        sandbox.repository, sandbox.head, [delivery()], verify=verify(sandbox, command)
    )
    assert isinstance(result, Delivered), result
    assert result.verification is not None
    return result.verification


FAILS_ON_THE_BRANCH = "echo looking; ! grep -q to_thread engine.py"


def test_what_fails_gets_no_branch(sandbox: Sandbox) -> None:
    found = withheld(sandbox, FAILS_ON_THE_BRANCH)
    assert found.summary == (
        f"{FAILS_ON_THE_BRANCH}: failed with status 1 after 0 s, and passes on the base"
    )
    assert found.quotation == ("looking",)


def test_what_fails_on_the_base_too_gets_none_either(sandbox: Sandbox) -> None:
    assert withheld(sandbox, "exit 2").summary == (
        "exit 2: failed with status 2 after 0 s, same as on the base"
    )


@pytest.mark.slow
def test_a_branch_that_is_there_stays_where_it_is(sandbox: Sandbox) -> None:
    first = sandbox.deliver_one()
    withheld(sandbox, FAILS_ON_THE_BRANCH)
    sandbox.commit_near()
    checker = verify(sandbox, FAILS_ON_THE_BRANCH)
    (result,) = deliver(sandbox.repository, sandbox.head, [near()], verify=checker)
    assert isinstance(result, NotDelivered)
    assert sandbox.refs()[f"refs/heads/{BRANCH}"] == first.commit


@pytest.mark.slow
def test_one_that_fails_stops_none_of_the_others(sandbox: Sandbox) -> None:
    checker = verify(sandbox, "! grep -q '# B-03' engine.py")
    items = [delivery(finding("B-03")), delivery()]
    failed, fine = deliver(sandbox.repository, sandbox.head, items, verify=checker)
    assert isinstance(failed, NotDelivered)
    assert isinstance(fine, Delivered)
    assert sandbox.refs()[f"refs/heads/{BRANCH}"] == fine.commit


def test_what_passes_is_told_with_the_base(sandbox: Sandbox) -> None:
    assert passing(sandbox, "true").summary == "true: passed in 0 s, same as on the base"
    fixed = passing(sandbox, "grep -q to_thread engine.py")
    assert fixed.summary.endswith("passed in 0 s; on the base it failed with status 1 after 0 s")


def test_the_base_is_looked_at_once(sandbox: Sandbox, tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    checker = verify(sandbox, f"git rev-parse HEAD >> {seen}")
    items = [delivery(finding(f"B-{n}")) for n in range(3)]
    results = deliver(sandbox.repository, sandbox.head, items, verify=checker)
    commits = [item.commit for item in results if isinstance(item, Delivered)]
    assert seen.read_text().split() == [sandbox.head, *commits]


def test_the_tree_is_clean_and_its_own(sandbox: Sandbox) -> None:
    sandbox.git("tag", "--annotate", "--message", "one", "v1.0")
    sandbox.write("engine.py", b"in the middle of something\n")
    sandbox.write("untracked.py", b"x = 1\n")
    sandbox.git("config", "core.excludesFile", "/nowhere")
    found = passing(
        sandbox,
        'set -e; test -z "$(git status --porcelain --ignored)"; test ! -e untracked.py;'
        "test -d .git; git describe; git log --oneline | wc -l; git branch -a; git remote;"
        "git config --get user.name || true; git commit-graph write;"
        "echo changed > engine.py; git update-ref refs/heads/main HEAD; pwd",
    )
    described, commits, *rest, place = found.ended.output.split("\n")[:-1]
    assert described.startswith("v1.0-1-g")
    assert commits.strip() == "3"
    assert rest == ["* (HEAD detached at {})".format(sandbox.refs()[f"refs/heads/{BRANCH}"][:7])]
    assert not Path(place).exists()


def test_no_hook_and_no_filter_runs(sandbox: Sandbox, tmp_path: Path) -> None:
    hook = sandbox.root / ".git/hooks/post-checkout"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/hook\n")
    hook.chmod(0o755)
    sandbox.write(".gitattributes", b"*.py filter=mine\n")
    sandbox.commit("attributes")
    sandbox.git("config", "filter.mine.smudge", f"tee {tmp_path}/filter")
    sandbox.git("config", "core.fsmonitor", f"touch {tmp_path}/monitor")
    passing(sandbox, "git status")
    assert not [path.name for path in tmp_path.iterdir() if path.is_file()]


def test_variables_of_a_hook_and_tokens_stay_outside(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DIR", str(sandbox.root / ".git"))
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_0123456789")
    found = passing(sandbox, "env; git rev-parse --absolute-git-dir")
    assert "ghp_" not in found.ended.output
    assert not found.ended.output.rstrip().endswith(str(sandbox.root / ".git"))


@pytest.mark.slow
def test_a_shallow_clone_can_verify(sandbox: Sandbox, tmp_path: Path) -> None:
    git(tmp_path, "clone", "--quiet", "--depth=1", sandbox.root.as_uri(), "shallow")
    shallow = Sandbox(tmp_path / "shallow")
    shallow.git("config", "user.name", "Ada")
    shallow.git("config", "user.email", "ada@example.org")
    assert passing(shallow, "git log --oneline").ended.output.count("\n") == 2


def test_without_a_temporary_folder_nothing_is_written(
    sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("codemods.delivery.verifying.supervise", full)
    with pytest.raises(
        RepositoryError, match="cannot create a work tree to verify in: No space left"
    ):
        deliver(sandbox.repository, sandbox.head, [delivery()], verify=verify(sandbox, "true"))
    assert f"refs/heads/{BRANCH}" not in sandbox.refs()


def test_a_kept_branch_is_looked_at_too(sandbox: Sandbox) -> None:
    sandbox.deliver_one()
    (result,) = deliver(
        sandbox.repository, sandbox.head, [delivery()], verify=verify(sandbox, "true")
    )
    assert isinstance(result, Delivered)
    assert (result.action, result.verification is None) == (Action.KEEP, False)
