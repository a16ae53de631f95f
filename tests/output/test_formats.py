"""The formats of a scan: each is its own, and the command line offers all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from codemods.engine.scanning.request import ScanRequest
from codemods.engine.scanning.run import run_scan
from codemods.output.formats import ScanFormat, document
from tests.cli.conftest import Run, autofix
from tests.cli.test_scanning import SAFE

__all__ = ["autofix"]

FOLDER = Path(__file__).parent.parent.parent / "codemods/output"


def test_each_format_is_its_own(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(SAFE)
    scanned = run_scan(ScanRequest(tmp_path))
    written = {kind: document(kind, scanned, 1.0) for kind in ScanFormat}
    assert len(set(written.values())) == len(ScanFormat)
    assert all(data.endswith(b"\n") for data in written.values())
    assert written[ScanFormat.CONCISE].startswith(b"a.py:12:9: add-exc-info ")


@pytest.mark.parametrize("kind", ScanFormat)
def test_each_format_has_its_module(kind: ScanFormat) -> None:
    modules = [*FOLDER.glob(f"{kind}.py"), *FOLDER.glob(f"{kind}/*.py")]
    wanted = f"def as_{kind}(scanned: Scanned"
    assert sum(wanted in module.read_text("utf-8") for module in modules) == 1


def test_the_command_line_offers_all(autofix: Run) -> None:
    told = autofix("scan", "--output-format", "nonsense").err
    assert ", ".join(f"'{kind}'" for kind in ScanFormat) in told


@pytest.mark.parametrize("module", sorted(FOLDER.glob("*.py")), ids=lambda path: path.stem)
def test_only_text_for_a_terminal_needs_rich(module: Path) -> None:
    uses = "from rich" in module.read_text("utf-8")
    assert uses == (module.stem in ("styled", "text"))
