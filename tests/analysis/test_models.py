"""One or many: the rules of SQLAlchemy's relationships."""

from __future__ import annotations

from textwrap import dedent

import pytest

from codemods.analysis.orm.models import cardinality as cardinality_of
from codemods.project.files import MemoryFiles
from codemods.project.project import Project


def cardinality(code: str, model: str, attribute: str) -> str | None:
    return cardinality_of(project(models=code), model, attribute)


def project(**files: str) -> Project:
    contents = {f"{name}.py": dedent(text).encode() for name, text in files.items()}
    return Project(MemoryFiles(contents), target_python=(3, 11))


CLASSIC = """
author_tag = Table("author_tag", Base.metadata, Column("a", ForeignKey("authors.id")))

class Owned:
    owner_id = Column(ForeignKey("owners.id"))

    @declared_attr
    def owner(cls):
        return relationship("Owner")

class Owner(Base):
    __tablename__ = "owners"
    books = relationship("Book")

class Author(Base):
    __tablename__ = "authors"
    id = Column(Integer, primary_key=True)
    books = relationship("Book", back_populates="author")
    tags = relationship("Tag", secondary=author_tag, backref="authors")
    profile = relationship("Profile", uselist=False)
    forced = relationship("Book", uselist=True)
    unsure = relationship("Book", uselist=SETTING)
    lost = relationship("Nowhere")
    unrelated = relationship("Tag")
    lazy = relationship("Tag", lazy="dynamic")
    loader = dynamic_loader("Tag")
    mapped = relationship("Tag", collection_class=set)
    called = relationship(lambda: Book)
    name = Column(String)

class Book(Owned, Base):
    __tablename__ = "books"
    author_id = Column(Integer, ForeignKey("authors.id"))
    editor_id = Column(Integer, ForeignKey(Author.id))
    author = relationship("models.Author", foreign_keys=[author_id], back_populates="books")
    editor = relationship(Author, foreign_keys="Book.editor_id", backref="edited")
    cover = relationship("Cover", backref=backref("book", uselist=False))

class Special(Book):
    pass

class Cover(Base):
    __tablename__ = "covers"
    book_id = Column(ForeignKey("books.id"))

class Profile(Base):
    __tablename__ = "profiles"
    author_id = Column(ForeignKey("main.authors.id"))
    author = relationship("Author", backref="profiles", uselist=False)

class Tag(Base):
    __tablename__ = "tags"

class Node(Base):
    __tablename__ = "nodes"
    id = Column(Integer, primary_key=True)
    parent_id = Column(ForeignKey("nodes.id"))
    children = relationship("Node", backref=backref("parent", remote_side=[id]))
    above = relationship("Node", remote_side=[id], backref="below")

class Left(Base):
    __tablename__ = "lefts"
    right_id = Column(ForeignKey("rights.id"))
    right = relationship("Right")
    chosen = relationship("Right", foreign_keys=[right_id])
    others = relationship("Right", foreign_keys="Right.left_id")

class Right(Base):
    __tablename__ = "rights"
    left_id = Column(ForeignKey("lefts.id"))

class Pair(Base):
    __tablename__ = "pairs"
    __table_args__ = (ForeignKeyConstraint(["x", "y"], ["grids.x", "grids.y"]),)
    grid = relationship("Grid")

class Grid(Base):
    __tablename__ = "grids"
    pairs = relationship("Pair")
"""


@pytest.mark.parametrize(
    ("model", "attribute", "expected"),
    [
        ("Author", "unsure", None),
        ("Author", "lost", None),
        ("Author", "unrelated", None),
        ("Author", "name", None),
        ("Author", "missing", None),
        ("Nobody", "books", None),
        ("Left", "right", None),
        ("Author", "profile", "one"),
        ("Book", "author", "one"),
        ("Book", "editor", "one"),
        ("Book", "owner", "one"),
        ("Special", "author", "one"),
        ("Special", "owner", "one"),
        ("Profile", "author", "one"),
        ("Cover", "book", "one"),
        ("Node", "parent", "one"),
        ("Node", "above", "one"),
        ("Left", "chosen", "one"),
        ("Pair", "grid", "one"),
        ("Author", "books", "many"),
        ("Author", "tags", "many"),
        ("Author", "forced", "many"),
        ("Author", "lazy", "many"),
        ("Author", "loader", "many"),
        ("Author", "mapped", "many"),
        ("Author", "called", "many"),
        ("Author", "edited", "many"),
        ("Author", "profiles", "many"),
        ("Owner", "books", "many"),
        ("Tag", "authors", "many"),
        ("Book", "cover", "many"),
        ("Node", "children", "many"),
        ("Node", "below", "many"),
        ("Left", "others", "many"),
        ("Grid", "pairs", "many"),
    ],
)
def test_by_foreign_keys(model: str, attribute: str, expected: str | None) -> None:
    assert cardinality(CLASSIC, model, attribute) == expected


@pytest.mark.parametrize(
    ("declaration", "expected"),
    [
        ("x: Mapped[Any] = relationship('B')", None),
        ("x: Mapped[Unknown[B]] = relationship()", None),
        ("x: Mapped['A | B'] = relationship()", None),
        ("x: Mapped['broken ['] = relationship()", None),
        ("x: Mapped[list['B']] = association_proxy('y', 'z')", None),
        ("x: Mapped['B'] = relationship()", "one"),
        ("x: Mapped['B'] = relationship(secondary=t)", "one"),
        ("x: Mapped['B | None'] = relationship()", "one"),
        ("x: Mapped[Optional['B']] = relationship()", "one"),
        ("x: Mapped[B] = relationship()", "one"),
        ("x: 'Mapped[B]' = orm.relationship()", "one"),
        ("x: Optional['B'] = Relationship(back_populates='y')", "one"),
        ("x: Mapped[list['B']] = relationship()", "many"),
        ("x: Mapped['List[B]'] = relationship()", "many"),
        ("x: 'Mapped[typing.List[B]]' = relationship()", "many"),
        ("x: Mapped[Set['B']] = relationship()", "many"),
        ("x: Mapped[dict[str, 'B']] = relationship()", "many"),
        ("x: DynamicMapped['B'] = relationship()", "many"),
        ("x: WriteOnlyMapped['B'] = relationship()", "many"),
        ("x: List['B'] = Relationship(back_populates='y')", "many"),
        ("x: Mapped[list['B']] = relationship(uselist=False)", "one"),
    ],
)
def test_by_annotation(declaration: str, expected: str | None) -> None:
    assert cardinality(f"class A(Base):\n    {declaration}\n", "A", "x") == expected


SAME = """
class Item(Base):
    __tablename__ = "items"
    part: Mapped["Part"] = relationship()
"""
OTHER = """
class Item(Base):
    __tablename__ = "items"
    part: Mapped[list["Part"]] = relationship()
"""


def test_several_classes_of_one_name() -> None:
    built = project(
        one=SAME, two=OTHER, first="from one import Item\n", second="from two import Item\n"
    )
    assert cardinality_of(built, "Item", "part") is None
    assert cardinality_of(built, "Item", "part", built.source("first.py")) == "one"
    assert cardinality_of(built, "Item", "part", built.source("second.py")) == "many"


def test_schema_of_the_same_name_is_no_model() -> None:
    built = project(one=OTHER, schemas="class Item(BaseModel):\n    part: list[str]\n")
    assert cardinality_of(built, "Item", "part") == "many"


JOINED = """
class Dag(Base):
    __tablename__ = "dag"
    runs = relationship("Run", primaryjoin="Dag.dag_id == foreign(Run.dag_id)")
    both = relationship("Run", primaryjoin="foreign(Dag.dag_id) == foreign(Run.dag_id)")
    other = relationship("Run", primaryjoin="foreign(Link.dag_id) == Run.dag_id")
    broken = relationship("Run", primaryjoin="foreign(Dag.dag_id ==")
    plain = relationship("Run", primaryjoin="Dag.dag_id == Run.dag_id")
    watchers = relationship("Watcher")

class Run(Base):
    __tablename__ = "run"
    dag = relationship("Dag", primaryjoin="foreign(Run.dag_id) == Dag.dag_id", viewonly=True)
    model = relationship(Dag, primaryjoin=lambda: orm.foreign(Run.dag_id) == Dag.dag_id)
    newest = relationship("Dag", primaryjoin="Run.id == foreign(Dag.run_id)", uselist=False)
    dag_id = Column(String)
    viewed = relationship("Dag", primaryjoin="Dag.dag_id == Run.dag_id", foreign_keys=[dag_id])
    named = relationship("Dag", primaryjoin="Dag.dag_id == Run.dag_id", foreign_keys="[Run.dag_id]")
    turned = relationship("Dag", primaryjoin="Dag.dag_id == Run.dag_id", foreign_keys="Dag.dag_id")
    mixed = relationship("Dag", primaryjoin="Dag.b == Run.dag_id", foreign_keys=[dag_id, Dag.b])
    strange = relationship("Dag", primaryjoin="Dag.dag_id == Run.dag_id", foreign_keys=[somewhere])

class Watcher(Base):
    __tablename__ = "watcher"
    dag = relationship("Dag")
    run = relationship("Run")
    __table_args__ = (
        ForeignKeyConstraint(columns=(dag_id,), refcolumns=["dag.id"], name="watcher_dag"),
        ForeignKeyConstraint(["run_id"], ["run.id"], "watcher_run"),
    )
"""


@pytest.mark.parametrize(
    ("model", "attribute", "expected"),
    [
        ("Dag", "both", None),
        ("Dag", "other", None),
        ("Dag", "broken", None),
        ("Dag", "plain", None),
        ("Run", "mixed", None),
        ("Run", "strange", None),
        ("Run", "newest", "one"),
        ("Run", "viewed", "one"),
        ("Run", "named", "one"),
        ("Run", "dag", "one"),
        ("Run", "model", "one"),
        ("Watcher", "dag", "one"),
        ("Watcher", "run", "one"),
        ("Run", "turned", "many"),
        ("Dag", "runs", "many"),
        ("Dag", "watchers", "many"),
    ],
)
def test_by_what_a_join_and_a_constraint_say(
    model: str, attribute: str, expected: str | None
) -> None:
    assert cardinality(JOINED, model, attribute) == expected


def test_the_target_by_its_name_is_what_has_a_table() -> None:
    code = project(
        models="""
        class Xcom(Base):
            __tablename__ = "xcom"
            task_id = Column(ForeignKey("task.id"))
            task = relationship("Task")
        """,
        tasks="""
        class Task(Base):
            __tablename__ = "task"
        """,
        schemas="""
        class Task(BaseModel):
            id: int
        """,
    )
    assert cardinality_of(code, "Xcom", "task") == "one"
