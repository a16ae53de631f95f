"""A finding is found where it stands, and nowhere else."""

from __future__ import annotations

import ast

import pytest

from codemods.codemod import Hints
from codemods.engine.locating.locate import Located, locate
from codemods.findings.model import Finding, Location, LocationKind
from codemods.project.project import Project
from tests.engine.locating.jobs import BLOCKING, ENGINE, FILES, attempts, evidence, places
from tests.engine.reported import at, field, finding, project


class TestNowhere:
    def test_evidence_of_another_file_is_a_hint_and_no_target(self) -> None:
        files = FILES | {"app/factory.py": "class Factory:\n    def evict(self):\n        pass\n"}
        shown = field(
            "evidence",
            "",
            """
            if len(self.workers) > 5:
                oldest = next(iter(self.workers))
                del self.workers[oldest]
            """,
        )
        said = finding("Factory eviction uses next(iter())", [at("app/factory.py", (2, 3))], shown)
        text = attempts(locate(said, project(files), None))
        assert "is in app/engine.py:17-19, a file that the finding does not name" in text
        text = attempts(locate(said, project(files), Hints(anchors=("workers",))))
        assert "app/engine.py" in text

    @pytest.mark.parametrize("title", ["`Engine.halt()` blocks", "Engine halt_all blocks the loop"])
    def test_a_method_that_is_gone_is_not_its_class(self, title: str) -> None:
        said = finding(title, [at("app/engine.py", (8, 12))])
        attempts(locate(said, project(FILES), None))

    def test_the_same_statement_in_a_sibling_is_not_the_deleted_function(self) -> None:
        files = {
            "app/artist_store.py": """
            class ArtistStore:
                def by_name(self):
                    return self.options(joinedload(Artist.tracks), joinedload(Artist.albums))
            """
        }
        shown = field(
            "evidence",
            "`search()` (NOT fixed, line 30):",
            "options(joinedload(Artist.tracks), joinedload(Artist.albums))",
        )
        said = finding("artist_store.search() uses joinedload", [at("app/artist_store.py")], shown)
        attempts(locate(said, project(files), None))

    def test_an_equal_statement_in_two_functions_without_a_name_or_a_line(self) -> None:
        files = {
            "a.py": """
            async def one(sock):
                await sock.send_json({"error": str(error)})

            async def two(sock):
                await sock.send_json({"error": str(error)})
            """
        }
        shown = field("evidence", "", 'await sock.send_json({"error": str(error)})')
        said = finding("Errors leak to the client", [at("a.py")], shown)
        assert "one, two" in attempts(locate(said, project(files), None))

    def test_a_file_of_another_language(self) -> None:
        said = finding("`run_job` blocks", [at("web/src/App.tsx", (3, 4))])
        assert "not a Python file" in attempts(locate(said, project(FILES), None))

    def test_two_files_that_end_alike_and_fit_equally(self) -> None:
        files = {"x/core/base.py": ENGINE, "y/core/base.py": ENGINE}
        said = finding("`Engine.run_job` blocks", [at("core/base.py", (22, 29))], BLOCKING)
        text = attempts(locate(said, project(files), None))
        assert "x/core/base.py" in text and "y/core/base.py" in text

    def test_no_anchor_in_what_the_title_names(self) -> None:
        said = finding("`Engine.stop` blocks", [at("app/engine.py")])
        plan = Hints(anchors=("subprocess.run",))
        assert "subprocess.run" in attempts(locate(said, project(FILES), plan))

    def test_an_anchor_in_a_docstring_is_none(self) -> None:
        files = {"a.py": 'def stop():\n    """Calls shutil.rmtree."""\n'}
        said = finding("`stop` blocks", [at("a.py")])
        attempts(locate(said, project(files), Hints(anchors=("shutil.rmtree",))))

    def test_a_callee_of_another_module_is_no_definition_of_the_same_name(self) -> None:
        files = {"a.py": "class Watch:\n    def _run(self):\n        return 1\n"}
        said = finding(
            "Encoding blocks",
            [at("a.py", (9, 12))],
            field("description", "`subprocess.run` blocks."),
        )
        attempts(locate(said, project(files), None))

    def test_no_file_and_a_name_that_nothing_defines(self) -> None:
        prose = Location(LocationKind.PROSE, None, note="No test file for this")
        attempts(locate(finding("No stress tests", [prose]), project(FILES), None))

    def test_a_gone_file_is_not_one_that_shares_its_name_alone(self) -> None:
        files = {"plugins/manager.py": "def load_plugins():\n    pass\n"}
        said = finding("`delete_track` races", [at("library/manager.py", (1, 2))])
        attempts(locate(said, project(files), None))


class TestThePlace:
    def test_abridged_annotated_evidence(self) -> None:
        said = finding("Engine.run_job blocks", [at("app/engine.py", (22, 29))], BLOCKING)
        answer = locate(said, project(FILES), None)
        assert places(answer) == ["app/engine.py Engine.run_job"]
        assert evidence(answer)[:2] == [
            "async def run_job(self, job):",
            "audio, rate = load_audio(job.input_path)",
        ]
        assert "save(" in evidence(answer)

    def test_renamed_attributes_and_quotes(self) -> None:
        shown = field("evidence", "", "if key in self.workers:\n    return self.workers[key]")
        said = finding("Cache races", [at("app/engine.py", (1, 99))], shown)
        assert places(locate(said, project(FILES), None)) == ["app/engine.py Engine.worker"]

    def test_state_over_several_methods_of_a_class_in_the_title(self) -> None:
        shown = field(
            "evidence",
            "",
            """
            self._workers: dict[str, Worker] = {}  # Line 9 — no lock

            def worker(self, kind):
                if key in self._workers:      # READ
                    return self._workers[key]
            """,
        )
        said = finding("Engine has no lock", [at("app/engine.py", (9, 9), (11, 20))], shown)
        assert places(locate(said, project(FILES), None)) == ["app/engine.py Engine"]
        said = finding("Cache has no lock", [at("app/engine.py", (9, 9), (11, 20))], shown)
        assert places(locate(said, project(FILES), None)) == [
            "app/engine.py Engine.__init__",
            "app/engine.py Engine.worker",
        ]

    def test_the_innermost_of_nested_functions(self) -> None:
        shown = field(
            "evidence",
            "",
            """
            except Exception as e:
                logger.error(f"Worker failed: {error}")  # No exc_info=True!
            """,
        )
        said = finding("Worker loses the stack trace", [at("app/routers/tags.py", (15, 20))], shown)
        answer = locate(said, project(FILES), None)
        assert places(answer) == ["app/routers/tags.py create_router.batch_update_tags.worker"]
        assert 'logger.error(f"Worker failed: {error}")' in evidence(answer)

    def test_equal_statements_at_reported_lines_are_all_evidence(self) -> None:
        copies = "\n\n".join(
            f"async def send_{name}(sock):\n    await sock.fail(str(error), {name!r})\n"
            "    await sock.send_error(track, str(error))"
            for name in ("one", "two", "three")
        )
        shown = field("evidence", "", "await sock.send_error(track, str(error))")
        said = finding("Raw errors leak", [at("a.py", (3, 3), (11, 11))], shown)
        found = places(locate(said, project({"a.py": copies}), None))
        assert found == ["a.py send_one", "a.py send_three"]

    def test_only_the_titled_function_where_a_good_sibling_is_shown_too(self) -> None:
        files = {
            "a.py": """
            class Store:
                def get_all(self):
                    return query.options(selectinload(Artist.tracks))

                def search(self):
                    return query.options(joinedload(Artist.tracks))
            """
        }
        shown = (
            field("evidence", "`get_all()` (fixed):", "options(selectinload(Artist.tracks))"),
            field("evidence", "`search()` (not fixed):", "options(joinedload(Artist.tracks))"),
        )
        said = finding("`Store.search()` still joins", [at("a.py", (6, 6))], *shown)
        assert places(locate(said, project(files), None)) == ["a.py Store.search"]

    def test_names_that_are_nearly_right_in_an_enumeration(self) -> None:
        text = "`get_tags`, `write_tags`, and `batch_tags_update` perform sync I/O. More words."
        said = finding(
            "Handlers use sync I/O", [at("app/routers/tags.py")], field("description", text)
        )
        answer = locate(said, project(FILES), None)
        assert sorted(places(answer)) == [
            "app/routers/tags.py create_router.batch_update_tags",
            "app/routers/tags.py create_router.get_tags",
            "app/routers/tags.py create_router.update_tags",
        ]
        assert isinstance(answer, Located)
        assert any(
            "batch_tags_update is create_router.batch_update_tags" in i for i in answer.steps
        )

    def test_a_route(self) -> None:
        text = field("description", "`GET /api/health` says too much.")
        said = finding("Too much is said", [at("app/routers/tags.py", (1, 2))], text)
        assert places(locate(said, project(FILES), None)) == [
            "app/routers/tags.py create_router.health"
        ]

    def test_lines_alone_need_a_name_beside_them(self) -> None:
        location = [at("app/engine.py", (24, 24))]
        agreeing = finding("Blocking", location, field("description", "`load_audio` blocks."))
        assert places(locate(agreeing, project(FILES), None)) == ["app/engine.py Engine.run_job"]
        attempts(locate(finding("Blocking", location), project(FILES), None))

    def test_the_first_name_of_the_description_and_not_its_siblings(self) -> None:
        text = "`run_job()` blocks. The sibling `worker()` does it right."
        said = finding("Blocking", [at("app/engine.py")], field("description", text))
        assert places(locate(said, project(FILES), None)) == ["app/engine.py Engine.run_job"]

    def test_a_name_in_a_condition_is_not_the_subject(self) -> None:
        text = "Workers are `daemon=False`, so nothing ends if `stop()` is not called."
        said = finding("No clean exit", [at("app/engine.py", (99, 99))], field("description", text))
        attempts(locate(said, project(FILES), None))

    def test_the_setter_of_a_property(self) -> None:
        files = {
            "a.py": """
            class Player:
                @property
                def state(self):
                    return self.playback.state

                @state.setter
                def state(self, value):
                    self.playback.state = value
            """
        }
        shown = field(
            "evidence",
            "",
            """
            @state.setter
            def state(self, value: State) -> None:
                self.playback.state = value
            """,
        )
        answer = locate(finding("State setter bypasses", [at("a.py")], shown), project(files), None)
        assert isinstance(answer, Located)
        assert [place.lines.start for place in answer.places] == [6]

    def test_a_file_and_nothing_else_is_the_whole_of_it(self) -> None:
        answer = locate(finding("Blocking", [at("app/engine.py")]), project(FILES), None)
        assert isinstance(answer, Located)
        assert [type(place.node) for place in answer.places] == [ast.Module]

    def test_evidence_that_was_rewritten_is_known_by_all_of_its_names(self) -> None:
        files = {
            "a.py": """
            async def stream(cached_path):
                wav_bytes = await asyncio.to_thread(Path(cached_path).read_bytes)
                return wav_bytes

            async def other(cached_path):
                return cached_path
            """
        }
        code = 'with open(cached_path, "rb") as f:\n    wav_bytes = f.read()'
        said = finding("Reads block", [at("a.py", (90, 91))], field("evidence", "", code))
        plan = Hints(anchors=("open", "read_bytes"))
        elsewhere = {"a.py": "def other(cached_path):\n    pass\n"}
        attempts(locate(said, project(elsewhere), plan))
        twice = {"a.py": ENGINE.replace("audio", "wav_bytes").replace("job", "cached_path")}
        attempts(locate(said, project(twice), plan))
        assert places(locate(said, project(files), plan)) == ["a.py stream"]


class TestThePlan:
    def test_its_scopes_override(self) -> None:
        said = finding("`Engine.stop` blocks", [at("app/engine.py")])
        plan = Hints(scopes=("Engine.run_job",), anchors=("load_audio",))
        assert places(locate(said, project(FILES), plan)) == ["app/engine.py Engine.run_job"]

    def test_its_anchor_around_the_evidence(self) -> None:
        shown = field("evidence", "", "engine.write_all(request.updates)")
        said = finding("Blocking", [at("app/routers/tags.py", (17, 17))], shown)
        plan = Hints(anchors=("BatchRequest",))
        assert places(locate(said, project(FILES), plan)) == [
            "app/routers/tags.py create_router.batch_update_tags"
        ]

    def test_the_suggested_code_stands_already(self) -> None:
        fix = field("suggested fix", "", "audio, rate = load_audio(job.input_path)")
        said = finding("`Engine.run_job` lacks it", [at("app/engine.py")], fix)
        plan = Hints(anchors=("open",))
        assert places(locate(said, project(FILES), plan)) == ["app/engine.py Engine.run_job"]


def shifted(said: Finding, files: dict[str, str], lines: int) -> Project:
    padding = "".join(f"# {number}\n" for number in range(lines))
    return project({path: padding + text.lstrip("\n") for path, text in files.items()})


class TestDrift:
    @pytest.mark.parametrize("lines", [0, 3, 40, 400])
    def test_lines_that_moved(self, lines: int) -> None:
        said = finding("Jobs block the loop", [at("app/engine.py", (22, 29))], BLOCKING)
        answer = locate(said, shifted(said, FILES, lines), None)
        assert places(answer) == ["app/engine.py Engine.run_job"]
        assert "audio, rate = load_audio(job.input_path)" in evidence(answer)

    def test_equal_statements_are_told_apart_by_the_drift_of_the_others(self) -> None:
        copies = "\n".join(
            f"async def send_{name}(sock):\n    await sock.begin_{name}()\n"
            "    await sock.send_error(track, str(error))\n"
            for name in ("one", "two", "three")
        )
        shown = field(
            "evidence",
            "",
            """
            # Line 6
            await sock.begin_two()

            # Line 7
            await sock.send_error(track, str(error))
            """,
        )
        said = finding("Raw errors leak", [at("a.py", (6, 7))], shown)
        found = places(locate(said, shifted(said, {"a.py": copies}, 40), None))
        assert found == ["a.py send_two"]

    def test_a_deleted_function(self) -> None:
        gone = ENGINE[: ENGINE.index("    async def run_job")]
        said = finding("Engine.run_job blocks", [at("app/engine.py", (12, 20))], BLOCKING)
        attempts(locate(said, project(FILES | {"app/engine.py": gone}), None))


SISTERS = """
class Shelf:
    def all(self):
        return self.query(Box).options(joined(Box.books), joined(Box.labels)).all()

    def search(self, text):
        return self.query(Box).options(separate(Box.books), separate(Box.labels)).all()
"""
SHOWN = "self.query(Box).options(joined(Box.books), joined(Box.labels))"


def test_the_same_lines_in_a_sister_of_the_named_function_are_not_the_finding() -> None:
    asked = finding(
        "Shelf.search() multiplies rows", [at("shelf.py", (6, 6))], field("evidence", "", SHOWN)
    )
    answer = locate(asked, project({"shelf.py": SISTERS}), None)
    assert "Shelf.all" not in " ".join(places(answer))


def test_a_named_function_that_the_evidence_calls_is_what_is_called() -> None:
    code = SISTERS + "\n    def query(self, model):\n        return self.session.query(model)\n"
    asked = finding("query() is slow", [at("shelf.py", (3, 3))], field("evidence", "", SHOWN))
    answer = locate(asked, project({"shelf.py": code}), None)
    assert "Shelf.all" in " ".join(places(answer))
