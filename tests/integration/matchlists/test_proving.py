"""Proving a list takes nobody's turn to write, and a list's megabytes are read only by who computes on them."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from marketplace.conferences import jobs, list_queries, lists
from marketplace.conferences.computing import Comparison
from marketplace.core.audit import AuditEntry
from marketplace.core.context import WorkContext
from marketplace.core.jobs import JobClaim
from marketplace.firms.models import Firm
from marketplace.settings import Settings
from tests.integration.capabilities.house import Counter
from tests.integration.matchlists.conftest import District
from tests.integration.matchlists.test_lists import generate


def test_others_write_while_a_list_is_computed_again(
    district: District, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = generate(district)
    compare = lists.compare

    def written_meanwhile(*arguments: object) -> Comparison:
        with district.database.unit_of_work() as other:
            other.get_one(Firm, district.turner).profile = "写在计算之间"
        return compare(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(lists, "compare", written_meanwhile)
    context = WorkContext(
        Settings(data_dir=tmp_path, secret_key="a key for tests"),
        district.database,
        lambda _session, _claim: district.people["organiser"],
    )
    claim = JobClaim(1, jobs.RECOMPUTE, {"list_id": made.id}, district.people["organiser"].account_id, 1)
    result = jobs.recompute(context, claim, lambda *_: None)
    assert (result["equal"], result["altered"]) == (True, None)
    with district.database.reading() as session:
        assert session.get_one(Firm, district.turner).profile == "写在计算之间"
        entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "match_list.recompute")).one()
        assert entry.account_id == district.people["organiser"].account_id


def test_a_lists_inputs_come_only_when_they_are_asked_for(district: District) -> None:
    made = generate(district)
    with (
        district.database.reading() as session,
        Counter(district.database.engine) as asked,
    ):
        known = list_queries.list_or_none(session, made.id)
        assert known is not None
        assert [one.id for one in list_queries.lists_of(session, district.conference)] == [made.id]
        assert not [statement for statement in asked.statements if "match_lists.inputs" in statement]
        assert {"inputs", "statistics"} <= set(vars(known).get("_sa_instance_state").unloaded)  # type: ignore[union-attr]
        whole = list_queries.whole_list(session, made.id)
        assert [need["id"] for need in whole.inputs["needs"]] == [
            str(district.yarn_need), str(district.odd_need)
        ]  # fmt: skip
