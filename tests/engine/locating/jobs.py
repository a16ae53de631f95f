"""The code in which findings are located, and what is asked of the answers."""

from __future__ import annotations

from codemods.engine.locating.locate import Located, NotLocated
from tests.engine.reported import field

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
