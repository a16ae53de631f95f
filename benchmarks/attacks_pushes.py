"""Pushes to servers that are no help."""

from __future__ import annotations

import contextlib
import http.server
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from attacked import Tally, crashed, git, project, run

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
