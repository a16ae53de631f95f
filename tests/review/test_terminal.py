"""`show`, `diff`, `list` and `apply` on a terminal of 80 columns: in a pager, and nothing cut."""

from __future__ import annotations

import errno
import fcntl
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.cli.conftest import Run

pytestmark = pytest.mark.slow

REASON = "a threading lock that is held across an await blocks the event loop or deadlocks"


def on_terminal(*arguments: str, width: int = 80, **environment: str) -> str:
    """What a command prints on a terminal, without its colours."""
    main, other = pty.openpty()
    fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    process = subprocess.Popen(
        [sys.executable, "-m", "codemods", *arguments],
        stdin=other,
        stdout=other,
        stderr=other,
        env={**os.environ, "TERM": "xterm-256color", "GIT_PAGER": "cat", **environment},
        start_new_session=True,
    )
    os.close(other)
    pieces = []
    while True:
        try:
            data = os.read(main, 65536)
        except OSError as error:
            # Linux has no end of file for a terminal whose other side is closed.
            assert error.errno == errno.EIO
            break
        if not data:
            break
        pieces.append(data)
    process.wait(timeout=60)
    os.close(main)
    text = b"".join(pieces).decode().replace("\r\n", "\n")
    # The line that says how far it is goes away again.
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text.rpartition("\r")[2])


def widest(text: str) -> int:
    return max(cell_len(line) for line in text.split("\n"))


def test_a_reason_is_folded_and_not_cut(shop: Path) -> None:
    text = on_terminal("apply", "--all")
    assert widest(text) <= 80 and "…" not in text
    assert REASON in " ".join(text.split())


def test_a_list_keeps_the_width(shop: Path) -> None:
    text = on_terminal("list")
    assert widest(text) <= 80 and "…" not in text
    assert "OrderRepository.recent multiplies rows" in " ".join(text.split())


@pytest.mark.parametrize(("width", "two"), [(80, False), (140, True)])
def test_a_diff_is_drawn(shop: Path, width: int, two: bool) -> None:
    text = on_terminal("diff", "B-02", width=width)
    assert widest(text) <= width
    assert ("│" in text) == two
    assert "await asyncio.sleep(2**attempt)" in text and "diff --git" not in text


def test_what_is_shown_goes_through_gits_pager(shop: Path) -> None:
    pager = "sed 's/^/through the pager: /'"
    for command in ("show", "diff"):
        lines = on_terminal(command, "B-02", width=200, GIT_PAGER=pager).split("\n")
        assert "through the pager: " in lines[0]
    json = on_terminal("show", "B-02", "--output-format", "json", GIT_PAGER=pager)
    assert "through the pager" not in json


@pytest.mark.parametrize("pager", ["", "cat", "no-such-pager-anywhere", "'"])
def test_without_a_pager_it_is_printed(shop: Path, pager: str) -> None:
    assert "await asyncio.sleep" in on_terminal("diff", "B-02", GIT_PAGER=pager)


def test_a_pipe_gets_the_diff_itself(autofix: Run, shop: Path) -> None:
    done = autofix("diff", "B-02")
    assert done.text.startswith("diff --git a/orders/invoices.py")


def test_no_colour_is_none(shop: Path) -> None:
    text = on_terminal("diff", "B-02", NO_COLOR="1")
    assert "  41 - " in text and "  41 + " in text
