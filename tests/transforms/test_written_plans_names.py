"""Plans that a person writes, without a finding's words: each gives the fix of a fixture."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from codemods.codemod import Safety
from codemods.engine.outcomes import Fixed
from codemods.engine.planned import request_from, resolve_request
from codemods.findings.made import finding_of_plan
from codemods.transforms import catalogue
from tests.harness import Case, cases, patched

CASES = {case.id: case for case in cases()}
PLANS: dict[str, Mapping[str, object]] = {
    "broaden-handler/bound-and-parenthesised": {"narrow": "ModuleNotFoundError"},
    "log-swallowed-exception/finding-suggests-the-call": {
        "at": "app/player.py::lyrics_of",
        "level": "debug",
        "template": 'logger.debug("tag of %s cannot be read", track.path, exc_info=True)',
    },
    "remove-dead-code/attribute-that-is-only-written": {
        "names": ["Worker._lock", "last_run"],
    },
    "rename-constant/names-in-strings": {
        "at": "albums.py::median",
        "pairs": [
            {"old": "pitch_stability", "new": "pitch_confidence"},
            {"old": "chroma", "new": "chroma_mean"},
        ],
    },
    "import-constant/defaults-and-literals": {"names": ["CHUNK_SECONDS", "OVERLAP_SECONDS"]},
    "import-constant/values-that-differ": {"names": ["CHUNK_SECONDS"], "different": True},
    "joinedload-to-selectinload/finding-names-one-method": {
        "at": "library/artist_repository.py::ArtistRepository.search",
        "attributes": ["Artist.tracks", "Track.genres", "Artist.albums"],
    },
    "reraise-http-exception/raised-in-the-body": {},
    "restrict-cors/both-lists": {
        "methods": ["GET", "POST"],
        "headers": ["Content-Type", "Authorization"],
    },
    "rollback-on-error/commit-without-try": {"at": "migrator.py::Migrator._record"},
    "rollback-on-error/query-fails-into-a-handler": {
        "at": "versions.py::Versions.current_version",
        "queries": True,
    },
    "secret-to-header/request-of-urllib": {"word": "token"},
    "single-version/fallback-of-an-endpoint": {
        "at": "routers/system.py::get_version",
        "old": ["1.0.0-beta.1"],
    },
    "unused-name/handlers": {"names": ["e"]},
    "unused-name/variables": {"names": ["remaining", "answer"], "comments": True},
    "validate-parameter/layouts": {
        "bounds": [
            {"name": "limit", "limits": ["ge=1", "le=500"]},
            {"name": "offset", "limits": ["ge=0"]},
        ],
    },
    "validate-parameter/fields-of-a-model": {
        "bounds": [
            {"name": "first", "limits": ["ge=0"], "model": "MoveRequest"},
            {"name": "second", "limits": ["ge=0"], "model": "MoveRequest"},
            {"name": "track_id", "limits": ["ge=1"], "model": "LoadRequest"},
        ],
    },
}


def written(case: Case, table: Mapping[str, object]) -> dict[str, bytes]:
    """The project after a plan that was written down."""
    files = case.files("before")
    assert files is not None
    at = str(table.get("at", case.path))
    request = request_from({"codemod": case.codemod.name, **table, "at": at}, catalogue())
    finding = finding_of_plan(case.codemod.name, [at])
    found = resolve_request(finding, case.project(files), request, lambda _: {}, Safety.REVIEW)
    assert isinstance(found.outcome, Fixed), found.outcome
    return patched(files, found.outcome.patch.files)


@pytest.mark.parametrize("id_", sorted(PLANS))
def test_a_written_plan_gives_the_fix(id_: str) -> None:
    case = CASES[id_]
    after = written(case, PLANS[id_])
    expected = case.files("after") or {}
    assert {path: after[path] for path in expected} == expected
