"""Limits, a full disk, and two runs at once: whole files or none, and a reason."""

from __future__ import annotations

import contextlib
import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from attacked import AUTOFIX, COMMANDS, LIMIT, ROOT, Tally, crashed, git, project, run, state

NOBODY = 65534
"""A user whom limits hold for."""
MANY = 240
"""Files of which several processes look at some each."""


def _limited(kind: int, value: int) -> Callable[[], None]:
    def limit() -> None:
        resource.setrlimit(kind, (value, value))

    return limit


def limits(tally: Tally, work: Path) -> None:
    """A full disk, few files, little memory, no processes: whole files or none, and a reason."""
    kinds = {
        "file size 0": _limited(resource.RLIMIT_FSIZE, 0),
        "file size 400": _limited(resource.RLIMIT_FSIZE, 400),
        "file size 2000": _limited(resource.RLIMIT_FSIZE, 2000),
        "20 open files": _limited(resource.RLIMIT_NOFILE, 20),
        "10 open files": _limited(resource.RLIMIT_NOFILE, 10),
        "200 MB of memory": _limited(resource.RLIMIT_AS, 200_000_000),
        "400 MB of memory": _limited(resource.RLIMIT_AS, 400_000_000),
        "60 MB of memory": _limited(resource.RLIMIT_AS, 60_000_000),
    }
    for name, limit in kinds.items():
        for number, command in enumerate(COMMANDS):
            top = project(work / f"limits-{name}-{number}".replace(" ", "-"))
            # Python itself may not start with so little memory, and says so in its own way.
            strict = "memory" not in name
            _limited_run(tally, top, f"{name}: {' '.join(command)}", command, limit, strict)
    _processes(tally, work)


def _processes(tally: Tally, work: Path) -> None:
    """No more processes and threads than a few: autofix, git, and a second one that looks."""
    drop: tuple[str, ...] = ()
    if not os.geteuid():
        if not all(map(shutil.which, ("setpriv", "prlimit"))):
            print("  limits: that of processes does not hold for root, and was not tried")
            return
        # As somebody whom it holds for, who may read what root may: Python may be root's own.
        rights = "+dac_override,+dac_read_search"
        drop = (
            *("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"),
            *(f"--inh-caps={rights}", f"--ambient-caps={rights}", "--"),
        )
    commands = [*COMMANDS, *((*item, "--jobs", "4") for item in COMMANDS if item[0] == "scan")]
    for most in (1, 2, 3, 4, 6):
        for number, command in enumerate(commands):
            many = MANY if "--jobs" in command else 3
            top = project(work / f"processes-{most}-{number}", files=many)
            for path in (top, *top.rglob("*")) if drop else ():
                os.chown(path, NOBODY, NOBODY)
            name = f"{most} processes: {' '.join(command)}"
            limit = ("prlimit", f"--nproc={most}")
            _limited_run(tally, top, name, command, None, strict=True, user=drop, most=limit)


def _limited_run(
    tally: Tally,
    top: Path,
    name: str,
    command: tuple[str, ...],
    limit: Callable[[], None] | None,
    strict: bool,
    user: Sequence[str] = (),
    most: Sequence[str] = (),
) -> None:
    held = state(top)
    one = ("--jobs", "1") if command[0] == "scan" and "--jobs" not in command else ()
    try:
        done = run(top, *command, *one, before=(*user, *most), preexec_fn=limit)
    except subprocess.TimeoutExpired:
        tally.check(False, f"{name}: no end after {LIMIT} s")
        return
    if strict:
        tally.check(not crashed(done), f"{name}: {done.stderr[-300:]!r}")
        told = done.returncode == 0 or done.stderr.strip() != b""
        tally.check(told, f"{name}: ends with {done.returncode} and says nothing")
    after = state(top)
    for path, data in held.items():
        now = after.get(path)
        whole = now == data or (now is not None and now.replace(b", exc_info=True", b"") == data)
        tally.check(whole, f"{name}: {path} is neither what it was nor what it should be")
    strays = {path for path in set(after) - set(held) if not path.endswith("-baseline.json")}
    tally.check(not strays, f"{name}: left {sorted(strays)[:3]}")
    health = subprocess.run(
        ["git", "-c", "safe.directory=*", "fsck", "--full"], cwd=top, capture_output=True
    )
    tally.check(health.returncode == 0, f"{name}: git fsck: {health.stderr[-200:]!r}")
    if done.returncode:
        tally.refused += 1
    again = run(top, *command, before=user)
    tally.check(not crashed(again), f"{name}: the next run: {again.stderr[-200:]!r}")


def full_disk(tally: Tally, work: Path) -> None:
    """The same on a small file system, where one may be mounted."""
    disk = work / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True).returncode:
        print("  full disk: no file system may be mounted here; RLIMIT_FSIZE has to do")
        return
    try:
        for number, command in enumerate(COMMANDS):
            top = project(disk / f"p{number}")
            free = os.statvfs(disk)
            with contextlib.suppress(OSError):
                (disk / "filler").write_bytes(b"x" * (free.f_bavail * free.f_frsize))
            name = f"full disk: {' '.join(command)}"
            before = state(top)
            done = run(top, *command)
            after = state(top)
            tally.check(not crashed(done), f"{name}: {done.stderr[-300:]!r}")
            told = done.returncode == 0 or done.stderr.strip() != b""
            tally.check(told, f"{name}: ends with {done.returncode} and says nothing")
            for path, data in before.items():
                now = after.get(path, b"")
                whole = now == data or now.replace(b", exc_info=True", b"") == data
                tally.check(whole, f"{name}: {path} is damaged")
            tally.refused += bool(done.returncode)
            (disk / "filler").unlink(missing_ok=True)
            health = subprocess.run(["git", "fsck", "--full"], cwd=top, capture_output=True)
            tally.check(health.returncode == 0, f"{name}: git fsck fails")
            shutil.rmtree(top)
    finally:
        subprocess.run(["umount", str(disk)], capture_output=True)


def two_at_once(tally: Tally, work: Path) -> None:
    """Two runs in one repository: every file and branch is whole, and nothing is left."""
    for number in range(6):
        command = COMMANDS[number % len(COMMANDS)]
        top = project(work / f"twice-{number}", files=12)
        before = state(top)
        with contextlib.ExitStack() as stack:
            both = [stack.enter_context(_started(top, command)) for _ in range(2)]
            ended = [(item.communicate(timeout=LIMIT), item.returncode) for item in both]
        name = f"two at once: {' '.join(command)}"
        for (_, errors), status in ended:
            fine = b"Traceback" not in errors and b"internal error" not in errors
            tally.check(fine and status in (0, 1, 2), f"{name}: {errors[-200:]!r}")
        after = state(top)
        for path, data in before.items():
            now = after.get(path, b"")
            whole = now == data or now.replace(b", exc_info=True", b"", 1) == data
            tally.check(whole, f"{name}: {path} is damaged")
        for branch in git(top, "branch", "--list", "autofix/*", "--format=%(refname)").split():
            (changed,) = git(top, "diff", "--name-only", f"main...{branch}").split()
            text = git(top, "show", f"{branch}:{changed}")
            tally.check(text.count("exc_info=True") == 1, f"{name}: {branch} is damaged")
        health = subprocess.run(["git", "fsck", "--full"], cwd=top, capture_output=True)
        tally.check(health.returncode == 0, f"{name}: git fsck fails")


def _started(top: Path, command: tuple[str, ...]) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "GIT_CONFIG_GLOBAL": os.devnull}
    return subprocess.Popen(
        [*AUTOFIX, *command],
        cwd=top,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment,
    )
