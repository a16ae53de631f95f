"""The server: requests by HTTP, git by its own backend."""

from __future__ import annotations

import base64
import json
import os
import socket
import subprocess
import threading
import urllib.parse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from tests.bot.server.description import GITHUB, Description, Json, Operation, description
from tests.bot.server.faults import Fault
from tests.bot.server.routes import Routes, dumped, error
from tests.bot.server.state import BOT, Call, State

TOKENS = {"ghp_bot": BOT, "ghs_workflow": "github-actions[bot]", "ghs_installation": BOT}
PAGE = 30


class ForgeServer(ThreadingHTTPServer):
    """A forge on the loopback."""

    daemon_threads = True
    # So that a test does not wait for connections that a client keeps open.
    block_on_close = False

    def __init__(self, state: State, described: str = GITHUB) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.state = state
        self.description: Description = description(described)
        self.lock = threading.RLock()
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.api = f"{self.url}/api/v3"
        self.moved_to: str | None = None
        """Another name of the repository: requests to the old one are redirected."""
        self.next_host: str | None = None
        """What a next page's address says in place of this server's."""


@contextmanager
def serving(root: Path, described: str = GITHUB) -> Iterator[ForgeServer]:
    """A server while the block runs; afterwards nothing may have been wrong with a request."""
    server = ForgeServer(State(root), described)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert server.state.problems == []


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: ForgeServer

    def log_message(self, format: str, *args: object) -> None:
        pass

    def _serve(self) -> None:
        body = self._body()
        url = urllib.parse.urlsplit(self.path)
        with self.server.lock:
            if url.path.startswith("/api/"):
                self._api(url, body)
            else:
                self._git(url, body)

    do_GET = do_POST = do_PATCH = do_PUT = do_DELETE = _serve  # noqa: N815

    def _body(self) -> bytes:
        if self.headers.get("Transfer-Encoding") == "chunked":
            parts = []
            while size := int(self.rfile.readline().strip() or b"0", 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    @property
    def _login(self) -> str | None:
        kind, _, given = self.headers.get("Authorization", "").partition(" ")
        if kind.lower() == "basic":
            given = base64.b64decode(given).decode().partition(":")[2]
        if given.count(".") == 2:
            # A JSON web token of an App.
            return BOT
        return TOKENS.get(given)

    def _api(self, url: urllib.parse.SplitResult, body: bytes) -> None:
        path = urllib.parse.unquote(url.path.removeprefix("/api/v3").removeprefix("/api"))
        query = dict(urllib.parse.parse_qsl(url.query))
        state = self.server.state
        token = self.headers.get("Authorization", "")
        state.calls.append(Call(self.command, path, url.query, token, body.decode()))
        if self._login is None:
            return self._send(*error(401, "Bad credentials"))
        fault = next((item for item in state.faults if item.meets(self.command, path)), None)
        if fault is not None:
            fault.times -= 1
            if not fault.when.has_effect:
                return self._fail(fault)
        if moved := self._moved(path):
            status = 301 if self.command == "GET" else 307
            self._send(status, {"message": "Moved"}, {"Location": f"{self.server.api}{moved}"})
            return None
        routes = Routes(state, self.server.url, self._login)
        status, document = self._carried_out(routes, path, query, body)
        if fault is not None:
            return self._fail(fault)
        document, headers = self._page(document, path, query)
        return self._send(status, document, headers)

    def _moved(self, path: str) -> str | None:
        """Where a repository's old name leads: by its number, as GitHub does it."""
        target = self.server.moved_to
        if target is None or path.startswith(f"/repos/{target}"):
            return None
        old = f"/repos/{self.server.state.name}"
        return f"/repos/{target}{path.removeprefix(old)}" if path.startswith(old) else None

    def _carried_out(
        self, routes: Routes, path: str, query: Mapping[str, str], body: bytes
    ) -> tuple[int, Json]:
        value: Json = json.loads(body) if body else None
        if path == "/graphql":
            return routes.graphql(value)
        state = self.server.state
        if path.endswith("/reactions"):
            # Not in the descriptions at hand.
            comment = state.comments[int(path.split("/")[-2])]
            content = str((value or {}).get("content"))
            comment.reactions.append(content)
            return 201, {"id": 1, "content": content}
        described = self.server.description
        operation: Operation | None = described.find(self.command, path)
        if operation is None:
            state.problems.append(f"{self.command} {path}: no such operation")
            return error(404, "Not Found")
        wrong = described.request_problems(operation, query, value)
        state.problems += [f"{self.command} {operation.template}: {text}" for text in wrong]
        status, document = routes.answer(operation, query, value)
        return status, described.answer(operation, status, document)

    def _page(
        self, document: Json, path: str, query: Mapping[str, str]
    ) -> tuple[Json, dict[str, str]]:
        if self.command != "GET" or not isinstance(document, list):
            return document, {}
        size, page = int(query.get("per_page", PAGE)), int(query.get("page", 1))
        part = document[(page - 1) * size : page * size]
        if page * size >= len(document):
            return part, {}
        words = urllib.parse.urlencode({**query, "per_page": size, "page": page + 1})
        host = self.server.next_host or self.server.url
        return part, {"Link": f'<{host}/api/v3{path}?{words}>; rel="next"'}

    def _fail(self, fault: Fault) -> None:
        if fault.when.cuts:
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        self._send_bytes(fault.status, fault.body, dict(fault.headers))

    def _send(self, status: int, document: Json, headers: Mapping[str, str] | None = None) -> None:
        self._send_bytes(status, dumped(document), headers or {})

    def _send_bytes(self, status: int, data: bytes, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        kind = {"Content-Type": "application/json; charset=utf-8"}
        for name, value in {**kind, **headers, "Content-Length": str(len(data))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def _git(self, url: urllib.parse.SplitResult, body: bytes) -> None:
        """Git's own backend; a fault of it is of the method ``GIT``."""
        state = self.server.state
        token = self.headers.get("Authorization", "")
        state.calls.append(Call("GIT", url.path, url.query, token, ""))
        if self._login is None:
            self._send_bytes(401, b"", {"WWW-Authenticate": 'Basic realm="git"'})
            return
        fault = next((item for item in state.faults if item.meets("GIT", url.path)), None)
        if fault is not None:
            fault.times -= 1
            if not fault.when.has_effect:
                self._fail(fault)
                return
        environment = {
            "PATH": os.environ["PATH"],
            "GIT_PROJECT_ROOT": str(state.root),
            "GIT_HTTP_EXPORT_ALL": "1",
            "PATH_INFO": url.path,
            "QUERY_STRING": url.query,
            "REQUEST_METHOD": self.command,
            "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
            "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "REMOTE_USER": self._login,
        }
        done = subprocess.run(
            ["git", "http-backend"], input=body, capture_output=True, env=environment, check=False
        )
        head, _, data = done.stdout.partition(b"\r\n\r\n")
        status, headers = 200, {}
        for line in head.decode().split("\r\n"):
            name, _, value = line.partition(": ")
            if name == "Status":
                status = int(value.split()[0])
            elif name:
                headers[name] = value
        state.settle()
        if fault is not None:
            self._fail(fault)
        else:
            self._send_bytes(status, data, headers)
