"""The shipped lists in a real database: complete, repeatable, cheap, and kept apart from what a person imported."""

from __future__ import annotations

import csv
import shutil
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from marketplace import paths
from marketplace.core.actor import Actor, system_actor
from marketplace.core.audit import AuditEntry
from marketplace.core.db import Database
from marketplace.core.errors import Forbidden
from marketplace.taxonomy import models, queries, service

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
TODAY = date(2026, 11, 23)
MACHINE = system_actor()


def seed(session: Session, folder: Path = paths.SEEDS, now: datetime = NOW) -> list[str]:
    return [result.key for result in service.import_seeds(session, MACHINE, folder, now)]


def test_every_list_is_complete(session: Session) -> None:
    assert len(seed(session)) == 16
    levels = dict(
        session.execute(select(models.Industry.level, func.count()).group_by(models.Industry.level)).all()  # type: ignore[arg-type]
    )
    assert levels == {"section": 20, "division": 97, "group": 473}
    provinces = queries.division_children(session, "", TODAY)
    assert len(provinces) == 34
    assert len(queries.divisions(session)) > 3390
    assert [found.key for found in queries.chains(session)] == [
        "nylon",
        "special-steel",
        "electrical",
        "storage",
    ]
    assert all(6 <= len(found.links) <= 11 for found in queries.chains(session))
    assert len(queries.need_types(session)) == 8
    assert {"iso-9001", "pressure-vessel", "srdi-little-giant"} <= queries.certificate_kinds(session).keys()
    assert len(queries.size_groups(session)) == 16
    assert len(queries.parameters(session)) == 99


def test_a_second_load_touches_nothing(session: Session) -> None:
    seed(session)
    before = queries.list_versions(session)
    rows = session.scalar(select(func.count()).select_from(AuditEntry))
    assert seed(session, now=NOW + timedelta(days=1)) == []
    assert queries.list_versions(session) == before
    assert session.scalar(select(func.count()).select_from(AuditEntry)) == rows == 1


def test_only_administrators_and_the_machine_may_load(session: Session, tmp_path: Path) -> None:
    for actor in (Actor(), Actor(account_id=1, office_id=2, office_kind="bureau")):
        with pytest.raises(Forbidden):
            service.import_seeds(session, actor, paths.SEEDS, NOW)
        with pytest.raises(Forbidden):
            service.import_industries(session, actor, tmp_path / "none.csv", NOW)
    assert service.import_seeds(session, Actor(account_id=1, administrator=True), paths.SEEDS, NOW)


def test_a_changed_file_changes_its_rows_only(session: Session, tmp_path: Path) -> None:
    folder = tmp_path / "seeds"
    shutil.copytree(paths.SEEDS, folder)
    seed(session, folder)
    versions = queries.list_versions(session)
    edges = len(queries.edges(session))
    _rewrite(folder / "taxonomy/need_types.csv", {"co_brand": {"name": "品牌合作"}})
    file = folder / "taxonomy/link_edges.csv"
    file.write_text("\n".join(file.read_text("utf-8").splitlines()[:-1]) + "\n", "utf-8")
    results = service.import_seeds(session, MACHINE, folder, NOW)
    assert [(result.key, result.inserted, result.updated, result.deleted) for result in results] == [
        ("link_edges", 0, 0, 1),
        ("need_types", 0, 1, 0),
    ]
    assert queries.need_types(session)["co_brand"].name == "品牌合作"
    assert len(queries.edges(session)) == edges - 1
    after = queries.list_versions(session)
    assert {key for key in after if after[key] != versions[key]} == {"link_edges", "need_types"}


def _rewrite(path: Path, changes: dict[str, dict[str, str]]) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        row.update(changes.get(row["key"], {}))
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)


def test_all_lists_load_in_a_handful_of_statements_and_unchanged_ones_write_nothing(
    database_url: str,
) -> None:
    """Thousands of rows go in together: the price of a load is that of its lists, not of their rows."""
    database, asked = Database(database_url), []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement.split()[0])

    event.listen(database.engine, "before_cursor_execute", note)
    with database.unit_of_work() as session:
        lists = len(seed(session))
    first = Counter(asked)
    asked.clear()
    with database.unit_of_work() as session:
        assert seed(session) == []
    second = Counter(asked)
    database.dispose()
    for counted in (first, second):
        counted.pop("BEGIN", None)  # SQLite's alone
    # Of each list: its edition before and after, its rows before and after; one insertion each, and one of the load.
    assert first == {"SELECT": 4 * lists, "INSERT": 2 * lists + 1}
    assert second == {"SELECT": lists}


def test_what_was_cached_follows_the_database(database_url: str) -> None:
    database = Database(database_url)
    with database.reading() as session:
        assert queries.chains(session) == () and not queries.divisions(session)
    with database.unit_of_work() as session:
        seed(session)
    with database.reading() as session:
        assert len(queries.chains(session)) == 4
        assert queries.chains(session) is queries.chains(session)
    database.dispose()
