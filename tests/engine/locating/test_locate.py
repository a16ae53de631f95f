"""A finding is found where it stands, and nowhere else."""

from __future__ import annotations

import ast
from typing import ClassVar

import pytest

from codemods.codemod import Hints
from codemods.engine.locating.dangling import dangling, only_imported
from codemods.engine.locating.locate import Located, NotLocated, locate
from codemods.engine.locating.outline import Outline
from codemods.findings.model import Finding, Location, LocationKind
from codemods.project.project import Project
from tests.engine.reported import at, field, finding, project

ENGINE = '''
import asyncio


class Engine:
    """Runs jobs."""

    def __init__(self):
        self.jobs = {}
        self._workers: dict[str, Worker] = {}

    def worker(self, kind):
        key = self.key_of(kind)
        if key in self._workers:
            return self._workers[key]
        made = Worker(kind)
        self._workers[key] = made
        if len(self._workers) > 5:
            oldest = next(iter(self._workers))
            del self._workers[oldest]
        return made

    async def run_job(self, job):
        audio, rate = load_audio(job.input_path)
        result = self.worker(job.kind).process(audio)
        save(
            path=job.output_path,
            data=result.audio,
            rate=rate,
        )

    async def stop(self):
        await asyncio.sleep(0)
'''
ROUTER = """
def create_router(engine):
    router = APIRouter()

    @router.get("/api/tags/{item}")
    async def get_tags(item: int):
        return engine.read_tags(item)

    @router.put("/api/tags/{item}")
    async def update_tags(item: int, request: TagRequest):
        return engine.write(item, request.tags)

    @router.post("/api/tags/batch")
    async def batch_update_tags(request: BatchRequest):
        async def worker():
            try:
                engine.write_all(request.updates)
            except Exception as error:
                logger.error(f"Worker failed: {error}")
        await worker()

    @router.get("/api/health")
    async def health():
        return {"state": "ok"}

    return router
"""
FILES = {"app/engine.py": ENGINE, "app/routers/tags.py": ROUTER}


def places(answer: Located | NotLocated) -> list[str]:
    """The places as ``path name``; fails when there is none."""
    assert isinstance(answer, Located), answer
    return [
        f"{place.source.path} {place.source.tree.qualified_name(place.node)}".strip()
        for place in answer.places
    ]


def evidence(answer: Located | NotLocated, number: int = 0) -> list[str]:
    """The lines of code at which the evidence stands, stripped."""
    assert isinstance(answer, Located), answer
    place = answer.places[number]
    return [
        place.source.line_text(line).strip()
        for lines in place.evidence
        for line in range(lines.start, lines.end + 1)
    ]


def attempts(answer: Located | NotLocated) -> str:
    """What was tried, joined; fails when something was located."""
    assert isinstance(answer, NotLocated), places(answer)
    assert answer.attempts
    return "\n".join(answer.attempts)


BLOCKING = field(
    "evidence",
    "",
    """
    async def run_job(self, job) -> None:
        # ...
        audio, rate = load_audio(job.input_path)     # Line 361 — BLOCKS
        result = processor.process(audio)            # ← heavy
        save(path=job.output_path, data=result.audio, ...)
    """,
)


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
        assert isinstance(answer, Located) and "git says" in answer.steps[0]

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


def test_a_thousand_files_are_not_read_when_the_named_one_is_there() -> None:
    files = FILES | {f"lib/module_{number}.py": ENGINE for number in range(1000)}
    code = project(files)
    said = finding("Engine.run_job blocks", [at("app/engine.py", (22, 29))], BLOCKING)
    answer = locate(said, code, None)
    assert places(answer) == ["app/engine.py Engine.run_job"]
    assert "python_paths" not in vars(code)


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
        assert "app/queue.py any more" in attempts(locate(said, project(self.FILES), None))

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


class TestNamesThatAreLeft:
    def test_a_caller_is_no_sign_of_life(self) -> None:
        files = {"a.py": "def prepare(path):\n    x = 1\n    y = 2\n    return back_up(path)\n"}
        said = finding(
            "`back_up` copies too little", [at("a.py", (1, 1))], field("description", "`path`.")
        )
        assert "not in a.py any more" in attempts(locate(said, project(files), None))

    @pytest.mark.parametrize(
        "source",
        [
            "from base import backup\n\ndef prepare(path):\n    return backup(path)\n",
            "from base import *\n\ndef prepare(path):\n    return backup(path)\n",
            "def prepare(path, backup):\n    return backup(path)\n",
            "class A(Base):\n    def prepare(self, path):\n        return self.backup(path)\n",
            "class A:\n    def prepare(self, path):\n        return self.store.backup(path)\n",
            "class A:\n    backup = 1\n    def prepare(self):\n        return self.backup\n",
            "class A:\n    def __getattr__(self, name):\n        return self.backup\n",
        ],
    )
    def test_what_is_bound_or_may_be_is_there(self, source: str) -> None:
        outline = Outline(project({"a.py": source}).source("a.py"))
        assert not dangling(outline, "backup")

    @pytest.mark.parametrize(
        "source",
        [
            "def prepare(path):\n    return backup(path)\n",
            "class A:\n    def prepare(self, path):\n        return self.backup(path)\n",
            "class B:\n    pass\n\nclass A(B):\n    def f(self):\n        self.backup()\n",
            "class A(object):\n    def f(self):\n        self.backup()\n",
        ],
    )
    def test_what_nothing_binds_is_gone(self, source: str) -> None:
        outline = Outline(project({"a.py": source}).source("a.py"))
        assert dangling(outline, "backup")
        assert not dangling(outline, "absent")

    def test_only_imported(self) -> None:
        source = "from web import FileResponse\nfrom web import Request\n\nx = Request\n"
        outline = Outline(project({"a.py": source}).source("a.py"))
        assert only_imported(outline, "FileResponse")
        assert not only_imported(outline, "Request")
        assert not only_imported(outline, "absent")
