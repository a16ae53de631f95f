"""Attacks on autofix that anybody can repeat: what was tried, what was found, what was left.

Usage: ``python benchmarks/attacks.py [--only KIND] [--mutants 400] [--seed 1]``

Everything happens in temporary folders, with no network but loopback. A fault is printed as it is
found; the exit status is 1 when there was one. Kills and expressions have scripts of their own
(``tests/slow/test_kills.py``, ``tests/expressions``).
"""

from __future__ import annotations

import argparse
import contextlib
import http.server
import os
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

ROOT = Path(__file__).resolve().parent.parent
AUTOFIX = (sys.executable, "-P", "-m", "codemods")
ENCODINGS = (
    *("utf-8", "utf-8-sig", "latin-1", "cp1252", "cp932", "shift_jis", "euc_jp", "iso2022_jp"),
    *("big5", "cp950", "gb18030", "koi8_r", "utf-7", "hz", "unicode_escape", "raw_unicode_escape"),
)
CODE = """\
import logging
import time

logger = logging.getLogger(__name__)
NOTE = "{note}"


async def work_{n}(path):
    # {note}
    time.sleep({n})
    try:
        return path.read_text()
    except OSError as error:
        logger.error("failed {n}: %s", error)
        return ""
"""
FINDING = """\
### B-{n:03}: logger.error without exc_info in work_{n}()
- **Severity**: LOW
- **Location**: `pkg/m{n}.py:14`
- **Description**: `logger.error("failed {n}: %s", error)` loses the traceback.
- **Suggested Fix**: Add `exc_info=True`.

"""
LIMIT = 120
"""Seconds that a command may take."""


@dataclass
class Tally:
    """The figures of one kind."""

    name: str
    tried: int = 0
    left: list[str] = field(default_factory=list)
    refused: int = 0
    """Tries that ended with a reason and no change, as they should or may."""

    def check(self, holds: bool, what: str) -> None:
        """Count a try, and what is wrong with it."""
        self.tried += 1
        if not holds:
            self.left.append(what)
            print(f"  {self.name}: {what}", flush=True)


def run(folder: Path, *arguments: str, **options: object) -> subprocess.CompletedProcess[bytes]:
    """Run autofix in a folder, with no settings of whoever runs this."""
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
        "GIT_TERMINAL_PROMPT": "0",
        "PYTHONPATH": str(ROOT),
    }
    return subprocess.run(  # type: ignore[call-overload, no-any-return]
        [*AUTOFIX, *arguments],
        cwd=folder,
        capture_output=True,
        timeout=LIMIT,
        env=environment,
        **options,
    )


def git(folder: Path, *arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, check=True)
    return done.stdout.decode().strip()


def project(folder: Path, files: int = 3, note: str = "plain") -> Path:
    """A repository with findings."""
    (folder / "pkg").mkdir(parents=True)
    (folder / "docs/audits").mkdir(parents=True)
    report = "# Audit\n\n"
    for number in range(files):
        text = CODE.format(n=number, note=note)
        (folder / f"pkg/m{number}.py").write_text(text, "utf-8")
        report += FINDING.format(n=number)
    (folder / "docs/audits/AUDIT_A.md").write_text(report)
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "config", "user.name", "Ada Example")
    git(folder, "config", "user.email", "ada@example.org")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "first")
    return folder


def crashed(done: subprocess.CompletedProcess[bytes]) -> bool:
    """Whether it ended with a traceback or an error of its own."""
    said = done.stderr + done.stdout
    return b"Traceback" in said or b"internal error" in said or done.returncode not in (0, 1, 2)


def state(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file() and ".git" not in path.parts and ".autofix_cache" not in path.parts
    }


# The kinds.


BATCH = 500
"""Files of one project, so that a command ends in its time."""


def encodings(tally: Tally, work: Path, mutants: int, chance: random.Random) -> None:
    """Files in many encodings, whole and mutated: only what is fixed changes, to the byte."""
    for start in range(0, mutants, BATCH):
        top = work / f"encodings-{start}"
        top.mkdir()
        _encoded(tally, top, range(start, min(start + BATCH, mutants)), chance)


def _encoded(tally: Tally, top: Path, numbers: range, chance: random.Random) -> None:
    made: dict[str, bytes] = {}
    for number in numbers:
        encoding = ENCODINGS[number % len(ENCODINGS)]
        note = "".join(chance.choice("aé日本≒~{\\") for _ in range(12))
        text = f"# -*- coding: {encoding.removesuffix('-sig')} -*-\n" + CODE.format(
            n=number, note=note.replace("{", "").replace("\\", "")
        )
        data = text.encode(encoding, "replace")
        if number % 3:
            position = chance.randrange(len(data))
            junk = bytes(chance.randrange(256) for _ in range(chance.randrange(1, 4)))
            data = data[:position] + junk + data[position + chance.randrange(3) :]
        made[f"m{number}.py"] = data
        (top / f"m{number}.py").write_bytes(data)
    done = run(top, "scan", "--fix", "--no-cache", "--jobs", "1")
    tally.check(not crashed(done), f"scan --fix: {done.stderr[-200:]!r}")
    added = b", exc_info=True"
    for name, before in made.items():
        after = (top / name).read_bytes()
        # utf-7 and its sisters write ASCII as itself, too.
        same = after == before or after.replace(added, b"") == before.replace(added, b"")
        tally.refused += after == before
        tally.check(same, f"{name}: bytes elsewhere differ")
    again = run(top, "scan", "--fix", "--no-cache", "--jobs", "1")
    tally.check(b"fixed " not in again.stderr, "a second run changes something")


def _limited(kind: int, value: int) -> Callable[[], None]:
    def limit() -> None:
        resource.setrlimit(kind, (value, value))

    return limit


COMMANDS = (
    ("scan", "--fix", "--no-cache"),
    ("apply", "--all"),
    ("apply", "--all", "--in-place"),
    ("baseline",),
)


def limits(tally: Tally, work: Path) -> None:
    """A full disk, few files, little memory, no processes: whole files or none, and a reason."""
    kinds = {
        "file size 0": _limited(resource.RLIMIT_FSIZE, 0),
        "file size 400": _limited(resource.RLIMIT_FSIZE, 400),
        "file size 2000": _limited(resource.RLIMIT_FSIZE, 2000),
        "20 open files": _limited(resource.RLIMIT_NOFILE, 20),
        "10 open files": _limited(resource.RLIMIT_NOFILE, 10),
        "200 MB of memory": _limited(resource.RLIMIT_AS, 200_000_000),
        "60 MB of memory": _limited(resource.RLIMIT_AS, 60_000_000),
    }
    for name, limit in kinds.items():
        for number, command in enumerate(COMMANDS):
            top = project(work / f"limits-{name}-{number}".replace(" ", "-"))
            _limited_run(tally, top, f"{name}: {' '.join(command)}", command, limit)


def _limited_run(
    tally: Tally, top: Path, name: str, command: tuple[str, ...], limit: Callable[[], None] | None
) -> None:
    before = state(top)
    try:
        done = (
            run(top, *command, "--jobs", "1", preexec_fn=limit)
            if command[0] == "scan"
            else run(top, *command, preexec_fn=limit)
        )
    except subprocess.TimeoutExpired:
        tally.check(False, f"{name}: no end after {LIMIT} s")
        return
    after = state(top)
    for path, data in before.items():
        now = after.get(path)
        whole = now == data or (now is not None and now.replace(b", exc_info=True", b"") == data)
        tally.check(whole, f"{name}: {path} is neither what it was nor what it should be")
    strays = {path for path in set(after) - set(before) if not path.endswith("-baseline.json")}
    tally.check(not strays, f"{name}: left {sorted(strays)[:3]}")
    health = subprocess.run(["git", "fsck", "--full"], cwd=top, capture_output=True)
    tally.check(health.returncode == 0, f"{name}: git fsck: {health.stderr[-200:]!r}")
    if done.returncode:
        tally.refused += 1
    again = run(top, *command)
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
            tally.check(
                not crashed(done) or done.returncode == 2, f"{name}: {done.stderr[-200:]!r}"
            )
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


SECRET = "w0rd-that-nobody-may-see"


class _Refusing(http.server.BaseHTTPRequestHandler):
    """A server that is no help; ``kind`` says how."""

    kind = "403"
    other = ""
    seen: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        type(self).seen.append(self.headers.get("Authorization", ""))
        if self.kind == "redirect":
            self.send_response(302)
            self.send_header("Location", f"{self.other}{self.path}")
        elif self.kind == "credentials":
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="x"')
        elif self.kind == "html":
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
        else:
            self.send_response(int(self.kind))
        body = b"<html>sign in</html>" if self.kind == "html" else b"no"
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_POST = do_GET  # noqa: N815

    def log_message(self, *_: object) -> None:
        """Nothing is to be printed."""


@contextlib.contextmanager
def _server(kind: str, other: str = "") -> Iterator[tuple[str, list[str]]]:
    seen: list[str] = []
    handler = type("Handler", (_Refusing,), {"kind": kind, "other": other, "seen": seen})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}", seen
    finally:
        server.shutdown()
        server.server_close()


def pushes(tally: Tally, work: Path) -> None:
    """Remotes that refuse, redirect, ask for credentials, answer nonsense or decline a branch."""
    for kind in ("403", "404", "500", "credentials", "html", "redirect"):
        with _server("403") as (elsewhere, sent), _server(kind, f"http://{elsewhere}") as (host, _):
            top = project(work / f"push-{kind}")
            git(top, "remote", "add", "origin", f"http://ada:{SECRET}@{host}/x.git?token={SECRET}")
            done = run(top, "apply", "--all", "--push", stdin=subprocess.DEVNULL)
            said = done.stdout + done.stderr
            tally.check(done.returncode == 1 and not crashed(done), f"{kind}: {said[-300:]!r}")
            tally.check(SECRET.encode() not in said, f"{kind}: the token is told")
            tally.check(not any(sent), f"{kind}: credentials went to another host")
            named = git(top, "branch", "--list", "autofix/*").count("autofix/")
            tally.check(named == 3, f"{kind}: {named} branches stand here, not 3")
    top = project(work / "push-declined")
    remote = work / "declined.git"
    git(work, "clone", "--quiet", "--bare", str(top), str(remote))
    hook = remote / "hooks/update"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text('#!/bin/sh\ncase "$1" in *work_1*) echo no >&2; exit 1;; esac\n')
    hook.chmod(0o755)
    git(top, "remote", "add", "origin", str(remote))
    done = run(top, "apply", "--all", "--push")
    there = git(remote, "branch", "--list", "autofix/*").count("autofix/")
    tally.check((done.returncode, there) == (1, 2), f"declined: {done.stderr[-200:]!r}, {there}")


KINDS: dict[str, Callable[..., None]] = {
    "encodings": encodings,
    "limits": limits,
    "disk": full_disk,
    "two": two_at_once,
    "pushes": pushes,
}


def main() -> int:
    """Run them, and print the table."""
    parser = argparse.ArgumentParser(description="Attack autofix.")
    parser.add_argument("--only", choices=KINDS, action="append")
    parser.add_argument("--mutants", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    tallies = []
    for name in chosen.only or KINDS:
        tally = Tally(name)
        tallies.append(tally)
        with tempfile.TemporaryDirectory(prefix="autofix-attacks-") as folder:
            work = Path(folder).resolve()
            if name == "encodings":
                encodings(tally, work, chosen.mutants, random.Random(chosen.seed))
            else:
                KINDS[name](tally, work)
    print(f"{'kind':12} {'tried':>7} {'left':>5}  ended with a reason")
    for tally in tallies:
        print(f"{tally.name:12} {tally.tried:7} {len(tally.left):5}  {tally.refused}")
    return 1 if any(tally.left for tally in tallies) else 0


if __name__ == "__main__":
    raise SystemExit(main())
