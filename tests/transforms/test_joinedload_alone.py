"""Links of one function that share a local import: the fix of each alone is whole as well."""

from pathlib import Path

from codemods.engine.outcomes import Patch
from codemods.engine.scanning.fixes import fixes_of
from codemods.engine.scanning.request import ScanRequest
from codemods.engine.scanning.run import run_scan

MODELS = """\
from sqlalchemy.orm import declarative_base, relationship

Base = declarative_base()


class Shelf(Base):
    books = relationship("Book", uselist=True)
    rows = relationship("Row", uselist=True)
"""
QUERY = """\
from models import Shelf


def shelves(session):
    from sqlalchemy.orm import joinedload

    return session.query(Shelf).options(joinedload(Shelf.books), joinedload(Shelf.rows)).all()
"""


def test_a_shared_local_import_goes_with_all_of_its_links(tmp_path: Path) -> None:
    (tmp_path / "models.py").write_text(MODELS)
    (tmp_path / "query.py").write_text(QUERY)
    found = run_scan(ScanRequest(tmp_path, select=("joinedload-to-selectinload",)))
    fixes = list(fixes_of(found))
    assert len(fixes) == 2
    for fix in fixes:
        assert isinstance(fix, Patch)
        (file,) = fix.files
        assert file.after == QUERY.replace("joinedload", "selectinload").encode()
