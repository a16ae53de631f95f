"""The file of a finding is found however it is written, and each of several by itself."""

from __future__ import annotations

import ast
from typing import ClassVar

import pytest

from codemods.engine.locating.locate import Located, locate
from codemods.findings.model import Location, LocationKind
from tests.engine.locating.jobs import BLOCKING, ENGINE, FILES, attempts, places
from tests.engine.reported import at, field, finding, project


class TestTheFile:
    @pytest.mark.parametrize(
        "path",
        [
            "app/engine.py",
            "./app/engine.py",
            "engine.py",
            "/home/me/src/app/engine.py",
            "app\\engine.py",
        ],
    )
    def test_however_it_is_written(self, path: str) -> None:
        said = finding("`Engine.run_job` blocks", [at(path, (22, 29))], BLOCKING)
        assert places(locate(said, project(FILES), None)) == ["app/engine.py Engine.run_job"]

    def test_a_second_bare_name_is_beside_the_first(self) -> None:
        body = "def save_all():\n    return setattr\n"
        files = {"lib/a.py": body, "lib/b.py": body, "b.py": body}
        said = finding("`save_all` is open", [at("lib/a.py", (1, 2)), at("b.py", (1, 2))])
        assert places(locate(said, project(files), None)) == [
            "lib/a.py save_all",
            "lib/b.py save_all",
        ]

    def test_moved_as_git_says(self) -> None:
        class Moved:
            def renamed_to(self, path: str) -> tuple[str, ...]:
                return ("app/core/motor.py",) if path == "app/engine.py" else ()

            def is_sparse(self, path: str) -> bool:
                return False

        files = {"app/core/motor.py": ENGINE, "other/engine.py": ENGINE}
        said = finding("`Engine.run_job` blocks", [at("app/engine.py", (22, 29))], BLOCKING)
        answer = locate(said, project(files, Moved()), None)
        assert places(answer) == ["app/core/motor.py Engine.run_job"]
        assert isinstance(answer, Located) and "git renamed it" in answer.steps[0]

    def test_gone_without_history_but_its_name_and_evidence_are_there(self) -> None:
        said = finding("`Engine.run_job` blocks", [at("old/engine.py", (22, 29))], BLOCKING)
        assert places(locate(said, project(FILES), None)) == ["app/engine.py Engine.run_job"]

    def test_of_two_that_end_alike_the_one_with_the_evidence(self) -> None:
        files = {"x/core/base.py": ENGINE, "y/core/base.py": "class Engine:\n    jobs = 1\n"}
        said = finding("Jobs block the loop", [at("core/base.py", (90, 99))], BLOCKING)
        assert places(locate(said, project(files), None)) == ["x/core/base.py Engine.run_job"]

    def test_a_symbol_without_a_path(self) -> None:
        symbol = Location(LocationKind.SYMBOL, None, symbol="Engine.run_job")
        said = finding("Jobs block the loop", [symbol])
        assert places(locate(said, project(FILES), None)) == ["app/engine.py Engine.run_job"]

    @pytest.mark.parametrize(
        ("kind", "path"),
        [(LocationKind.DIRECTORY, "app/routers/"), (LocationKind.GLOB, "routers/*.py")],
    )
    def test_a_folder_or_a_pattern(self, kind: LocationKind, path: str) -> None:
        said = finding("`get_tags` blocks", [Location(kind, path)])
        assert places(locate(said, project(FILES), None)) == [
            "app/routers/tags.py create_router.get_tags"
        ]

    def test_a_protocol_in_a_folder_is_not_what_is_meant(self) -> None:
        files = {
            "app/a.py": "class Hub:\n    async def tell(self):\n        return self.all\n",
            "app/b.py": "class Hub(Protocol):\n    async def tell(self): ...\n",
        }
        said = finding("`Hub.tell` races", [Location(LocationKind.DIRECTORY, "app/")])
        assert places(locate(said, project(files), None)) == ["app/a.py Hub.tell"]

    def test_prose_above_a_fence_gives_it_to_another_file(self) -> None:
        files = FILES | {"app/limits.py": "def limit():\n    maximum_jobs = compute_limit(5)\n"}
        shown = field("evidence", "", "audio, rate = load_audio(job.input_path)")
        other = field("evidence", "The limit (`limits.py:2`):", "maximum_jobs = compute_limit(5)")
        said = finding("Jobs block", [at("app/engine.py", (23, 23))], shown, other)
        assert places(locate(said, project(files), None)) == ["app/engine.py Engine.run_job"]

    def test_one_that_cannot_be_parsed_is_the_place_and_says_so(self) -> None:
        answer = locate(
            finding("Broken", [at("a.py", (1, 1))]), project({"a.py": "def (:\n"}), None
        )
        assert isinstance(answer, Located)
        assert isinstance(answer.places[0].node, ast.Module)


def test_a_thousand_files_are_not_read_when_the_named_one_is_there() -> None:
    files = FILES | {f"lib/module_{number}.py": ENGINE for number in range(1000)}
    code = project(files)
    said = finding("Engine.run_job blocks", [at("app/engine.py", (22, 29))], BLOCKING)
    answer = locate(said, code, None)
    assert places(answer) == ["app/engine.py Engine.run_job"]
    assert "python_paths" not in vars(code)


class TestSeveralFiles:
    FILES: ClassVar = {
        "app/jobs.py": """
            def run_job(path):
                return load_audio(path)

            def stop():
                pass
            """,
        "app/queue.py": """
            def put(item):
                pending.append(item)

            def drain():
                return list(pending)
            """,
    }

    def test_each_file_is_searched_on_its_own_merits(self) -> None:
        # ``run_job`` is a matter of the first file: that the second lacks it says nothing.
        text = "`run_job` blocks; `pending` grows without a bound."
        said = finding(
            "Nothing is bounded",
            [at("app/jobs.py", (1, 2)), at("app/queue.py", (1, 2))],
            field("description", text),
        )
        answer = locate(said, project(self.FILES), None)
        assert places(answer) == ["app/jobs.py run_job", "app/queue.py put"]
        assert isinstance(answer, Located)
        assert answer.dropped == ()

    def test_a_name_that_no_file_has_any_more(self) -> None:
        text = "`start_job` blocks; `pending` grows without a bound."
        said = finding(
            "Nothing is bounded",
            [at("app/jobs.py", (1, 2)), at("app/queue.py", (1, 2))],
            field("description", text),
        )
        assert "no longer in app/queue.py" in attempts(locate(said, project(self.FILES), None))

    def test_what_is_left_out_is_said(self) -> None:
        said = finding(
            "run_job blocks",
            [at("app/jobs.py", (1, 2)), at("app/gone.py", (1, 2)), at("web/job.ts", (3, 4))],
            field("description", "`run_job` blocks."),
        )
        answer = locate(said, project(self.FILES), None)
        assert places(answer) == ["app/jobs.py run_job"]
        assert isinstance(answer, Located)
        gone, other = sorted(answer.dropped)[0], sorted(answer.dropped)[-1]
        assert "app/gone.py does not exist" in gone
        assert other == "web/job.ts is not a Python file"
        assert "left out: web/job.ts is not a Python file" in answer.steps

    def test_a_file_without_any_of_it_is_left_out(self) -> None:
        said = finding(
            "run_job blocks",
            [at("app/jobs.py", (1, 2)), at("app/queue.py", (4, 5))],
            field("description", "`run_job` blocks."),
        )
        answer = locate(said, project(self.FILES), None)
        assert places(answer) == ["app/jobs.py run_job"]
        assert isinstance(answer, Located)
        assert len(answer.dropped) == 1
        assert "app/queue.py" in answer.dropped[0]
