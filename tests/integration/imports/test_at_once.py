"""An import and the bytes that it keeps and lets go, while others do the same and while the disk does not answer."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from itertools import count
from types import SimpleNamespace

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from marketplace.core import files
from marketplace.core.db import Database
from marketplace.core.jobs import Job
from marketplace.imports.models import SheetMatch
from marketplace.worker import Worker
from tests.integration.core.broken_disk import bytes_stay
from tests.integration.imports.conftest import CAPABILITIES_CSV, NEEDS_CSV, upload
from tests.integration.imports.test_journey import matched


def test_an_import_is_deleted_whose_bytes_cannot_be_removed(
    organiser: FlaskClient, worker: Worker, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    address = matched(organiser, worker)
    asked = bytes_stay(monkeypatch)
    assert organiser.post(f"{address}/delete").status_code == 302
    assert len(asked) == 1
    assert "已删除这份导入" in organiser.get("/imports/").text
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(SheetMatch)) == 0


def test_a_list_is_done_whose_forerunner_cannot_be_removed(
    organiser: FlaskClient,
    signed_in: Callable[..., FlaskClient],
    people: SimpleNamespace,
    worker: Worker,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    address = matched(organiser, worker)
    asked = bytes_stay(monkeypatch)
    assert signed_in(people.organiser, "en").post(f"{address}/match").status_code == 302
    worker.step()
    assert len(asked) == 1
    with database.reading() as session:
        assert {job.state for job in session.scalars(select(Job))} == {"done"}


def test_both_files_are_kept_in_the_order_in_which_bytes_are_swept(
    organiser: FlaskClient, database: Database
) -> None:
    """Else who keeps two and who sweeps the same two would wait for each other crosswise."""
    capabilities = CAPABILITIES_CSV.encode("gb18030")
    last = files.hash_of(capabilities)
    variants = (
        f"{NEEDS_CSV}X4,甲示例链主有限公司,钣金件 {number},钣金加工,500套,30天\n" for number in count()
    )
    needs = next(text.encode() for text in variants if files.hash_of(text.encode()) > last)
    with ThreadPoolExecutor(1) as pool:
        with database.unit_of_work() as session:
            files._take_turn(session, last)
            brought = pool.submit(upload, organiser, ("需求.csv", needs), ("名册.csv", capabilities))
            wait([brought], 1)
            files._take_turn(session, files.hash_of(needs))
        assert brought.result().status_code == 302
    with database.reading() as session:
        (match,) = session.scalars(select(SheetMatch))
        assert {source.side: source.file.name for source in match.sources} == {
            "needs": "需求.csv",
            "capabilities": "名册.csv",
        }
