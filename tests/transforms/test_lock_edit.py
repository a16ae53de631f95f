"""What goes under a lock, in libcst."""

from __future__ import annotations

import libcst as cst
import pytest

from codemods.transforms.lock_shared_state.edit import Guard


def guarded(guard: Guard, *body: str) -> str:
    """The statements behind ``begin()`` under a lock."""
    lines = "".join(f"    {line}\n" if line else "\n" for line in body)
    function = cst.ensure_type(
        cst.parse_statement(f"def run(self):\n    begin()\n{lines}"), cst.FunctionDef
    )
    first, *run = cst.ensure_type(function.body, cst.IndentedBlock).body
    made = guard.edit(cst.IndentedBlock(body=run))
    assert isinstance(made, cst.IndentedBlock)
    whole = function.with_changes(body=cst.IndentedBlock(body=[first, *made.body]))
    return cst.Module([whole]).code.partition("begin()\n")[2]


@pytest.mark.parametrize("blank", [(), ("",), ("", "# said of it")])
def test_a_call_behind_the_lock_is_made_once(blank: tuple[str, ...]) -> None:
    guard = Guard("self._lock", is_async=False, notify=0, variable="state")
    made = guarded(guard, *blank, "self.tell(self.state)")
    assert made.count("tell(") == 1
    assert made.endswith("        state = self.state\n    self.tell(state)\n")


def test_blank_lines_stay_in_front_of_the_block_and_comments_with_their_statement() -> None:
    made = guarded(Guard("self._lock", is_async=True), "", "# said of it", "self.state += 1")
    assert made == ("\n    async with self._lock:\n        # said of it\n        self.state += 1\n")


def test_what_is_no_run_of_statements_is_not_guarded() -> None:
    guard = Guard("self._lock", is_async=False)
    assert guard.edit(cst.parse_statement("a()\n")) is None
    loop = Guard("self._lock", is_async=False, snapshot="copy")
    assert loop.edit(cst.IndentedBlock([cst.parse_statement("a()\n")])) is None
