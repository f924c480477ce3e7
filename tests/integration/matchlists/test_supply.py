"""Where candidates come from: a cluster past a size, memory below it and whenever the cluster cannot answer; and what
stands in the run's record about it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from marketplace.app import create_app
from marketplace.capabilities import service as capabilities
from marketplace.capabilities.queries import open_capabilities
from marketplace.conferences import jobs, list_queries, lists
from marketplace.conferences import service as conferences
from marketplace.conferences.models import MatchList
from marketplace.core import outbox
from marketplace.core.context import WorkContext
from marketplace.core.jobs import JobClaim
from marketplace.discovery.documents import capability_documents
from marketplace.needs.models import Need, NeedInvitee
from marketplace.proposals import learning, refreshing
from marketplace.proposals.learning import Register, learnt, register_of
from marketplace.proposals.matcher import current_matcher
from marketplace.proposals.models import MatchRun, NeedPreview, Proposal
from marketplace.proposals.profiles import capability_profiles
from marketplace.proposals.supply import NAMED
from marketplace.settings import Settings
from marketplace.worker import Worker
from matching import drift
from matching.reading import field_texts
from search.engines.base import EngineError, EngineUnavailable
from search.engines.candidates import IndexUnfinished, Question
from tests.integration.capabilities.site import visitor
from tests.integration.matchlists.conftest import MACHINE, NOW, District, made_capability, made_need

TODAY = NOW.date()


class Cluster:
    """Names what it is told to name, or fails as it is told to fail."""

    def __init__(self, *named: int) -> None:
        self.named = list(named)
        self.trouble: EngineError | None = None
        self.asked: list[list[Question]] = []

    def candidates(self, questions: Sequence[Question], *, as_of: date, most: int) -> list[list[int]]:
        assert most == NAMED
        if self.trouble is not None:
            raise self.trouble
        self.asked.append(list(questions))
        return [list(self.named) for _ in questions]


class Site:
    def __init__(self, district: District, folder: Path, database_url: str) -> None:
        self.district, self.database = district, district.database
        self.cluster: Cluster | None = Cluster(district.yarn, district.shaft)
        self.settings = Settings(
            data_dir=folder, database_url=database_url, secret_key="a key for tests", rate_limits=False,
            candidates_from_cluster=0,
        )  # fmt: skip
        self.use(0)

    def use(self, size: int) -> None:
        """From now on a site of this size asks the cluster."""
        self.settings = self.settings.model_copy(update={"candidates_from_cluster": size})
        self.context = WorkContext(
            self.settings, self.database, lambda *_: self.district.people["organiser"], lambda _: self.cluster
        )

    def settle(self, *keys: str) -> None:
        with self.database.unit_of_work() as session:
            for key in keys:
                outbox.enqueue(session, "match", key, NOW)
        Worker(self.context, {"match": refreshing.refresh}, {}, lambda: NOW).drain_all()

    def proposed(self) -> list[tuple[int, int, float, str, object]]:
        """Every pair that holds, with all that was said of it."""
        columns = (
            Proposal.need_id, Proposal.capability_id, Proposal.score, Proposal.label, Proposal.reasons,
            Proposal.unproven, Proposal.gaps,
        )  # fmt: skip
        statement = select(*columns).where(Proposal.withdrawn_at.is_(None))
        with self.database.reading() as session:
            return [tuple(row) for row in session.execute(statement.order_by(*columns[:2]))]  # type: ignore[misc]

    def routes(self) -> set[tuple[str | None, str | None]]:
        with self.database.reading() as session:
            return {(run.route, run.route_reason) for run in session.scalars(select(MatchRun))}

    def forget(self) -> None:
        with self.database.unit_of_work() as session:
            for proposal in session.scalars(select(Proposal)):
                session.delete(proposal)
            session.flush()
            for run in session.scalars(select(MatchRun)):
                session.delete(run)

    def draft(self) -> MatchList:
        claim = JobClaim(
            1, jobs.GENERATE, {"conference_id": self.district.conference},
            self.district.people["organiser"].account_id, 1,
        )  # fmt: skip
        made = jobs.generate(self.context, claim, lambda *_: None)
        with self.database.reading() as session:
            return list_queries.whole_list(session, made["list_id"])


@pytest.fixture
def site(district: District, tmp_path: Path, database_url: str) -> Site:
    return Site(district, tmp_path, database_url)


def test_both_ways_propose_the_same_for_the_same_reasons_and_say_which_was_taken(site: Site) -> None:
    site.settle()
    by_cluster = site.proposed()
    assert [pair[:2] for pair in by_cluster] == [(site.district.yarn_need, site.district.yarn)]
    assert site.routes() == {("cluster", "large")}
    site.forget()
    site.use(3)
    site.settle(f"need:{site.district.yarn_need}")
    assert site.proposed() == by_cluster
    assert site.routes() == {("memory", "small")}


@pytest.mark.parametrize(
    ("trouble", "reason"),
    [(EngineUnavailable("away"), "cluster_away"), (IndexUnfinished("half"), "index_unfinished")],
)
def test_what_the_cluster_cannot_answer_is_compared_in_memory(
    site: Site, trouble: EngineError, reason: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drift, "REFIT_SHARE", 10.0)
    site.settle()
    expected = site.proposed()
    site.forget()
    assert site.cluster is not None
    site.cluster.trouble = trouble
    with site.database.unit_of_work() as session:
        other = made_capability(session, site.district.turner, "尼龙66工业丝 2100dtex", "轮胎帘布用工业丝。")
    site.settle(f"need:{site.district.yarn_need}")
    found = site.proposed()
    assert [pair for pair in found if pair[1] != other] == expected  # the same statistics, to the last digit
    assert other in {pair[1] for pair in found}
    assert site.routes() == {("memory", reason)}
    with site.database.unit_of_work() as session:
        capabilities.pause(session, MACHINE, other, now=NOW)
    site.settle()
    assert site.proposed() == expected


def test_without_a_cluster_a_large_register_is_compared_in_memory_and_says_so(site: Site) -> None:
    site.cluster = None
    site.settle()
    assert [pair[:2] for pair in site.proposed()] == [(site.district.yarn_need, site.district.yarn)]
    assert site.routes() == {("memory", "no_cluster")}


def test_nobody_leaves_a_list_for_not_having_been_named_and_news_need_no_index(site: Site) -> None:
    site.settle()
    assert site.cluster is not None
    site.cluster.named = []
    with site.database.unit_of_work() as session:
        other = made_capability(session, site.district.turner, "尼龙66工业丝 2100dtex", "轮胎帘布用工业丝。")
        capabilities.pause(session, MACHINE, site.district.shaft, now=NOW)
    site.settle(f"need:{site.district.yarn_need}")
    assert {pair[1] for pair in site.proposed()} == {site.district.yarn, other}


def test_what_is_named_but_closed_is_not_proposed(site: Site) -> None:
    with site.database.unit_of_work() as session:
        capabilities.pause(session, MACHINE, site.district.yarn, now=NOW)
    site.settle()
    assert site.proposed() == []


def test_a_need_for_invited_firms_looks_at_all_of_theirs_and_at_nobody_elses(site: Site) -> None:
    with site.database.unit_of_work() as session:
        theirs = made_capability(session, site.district.turner, "尼龙66工业丝 2100dtex", "轮胎帘布用工业丝。")
        session.execute(update(Need).values(visibility="invited").where(Need.id == site.district.yarn_need))
        session.add(
            NeedInvitee(need_id=site.district.yarn_need, firm_id=site.district.turner, invited_at=NOW)
        )
    assert site.cluster is not None
    site.cluster.named = [site.district.yarn]
    site.settle(f"need:{site.district.yarn_need}")
    assert [pair[:2] for pair in site.proposed()] == [(site.district.yarn_need, theirs)]


def test_many_needs_are_asked_together_and_each_says_its_type(site: Site) -> None:
    site.settle()
    assert site.cluster is not None
    (questions,) = site.cluster.asked
    assert len(questions) == 2
    assert all(
        question.kind == "capability" and question.among == {"type": ["procurement"]}
        for question in questions
    )
    assert all(len(question.wanted) > 10 for question in questions)


def test_a_preview_comes_from_the_cluster_too(site: Site) -> None:
    with site.database.unit_of_work() as session:
        waiting = made_need(session, site.district.buyer, "尼龙66工业丝 1400dtex", "帘布用。")
        session.execute(update(Need).values(published_at=None).where(Need.id == waiting))
    site.settle(f"preview:{waiting}")
    with site.database.reading() as session:
        stored = session.get_one(NeedPreview, waiting)
        assert [entry["capability_id"] for entry in stored.candidates] == [site.district.yarn]


def test_a_list_drafted_from_named_candidates_is_proved_without_the_cluster(site: Site) -> None:
    assert site.cluster is not None
    site.cluster.named = [site.district.yarn]
    made = site.draft()
    assert [stored["id"] for stored in made.inputs["capabilities"]] == [str(site.district.yarn)]
    assert (made.run.route, made.run.route_reason) == ("cluster", "large")
    site.cluster.trouble = EngineUnavailable("away")
    with site.database.reading() as session:
        assert lists.prove(session, site.district.people["organiser"], made.id).equal
    again = site.draft()
    assert (again.run.route, again.run.route_reason) == ("memory", "cluster_away")
    assert again.statistics == made.statistics
    assert len(again.inputs["capabilities"]) == 2
    site.use(3)
    assert site.draft().run.route_reason == "small"


def test_invited_suppliers_are_all_compared_whatever_the_cluster_names(site: Site) -> None:
    assert site.cluster is not None
    site.cluster.named = []
    with site.database.unit_of_work() as session:
        conferences.add_participants(
            session, MACHINE, site.district.conference, [site.district.spinner], "supplier", now=NOW
        )
    made = site.draft()
    assert [stored["id"] for stored in made.inputs["capabilities"]] == [str(site.district.yarn)]
    assert made.run.route_reason == "participants"
    assert site.cluster.asked == []


@pytest.mark.parametrize(
    ("locale", "said"),
    [("zh", "搜索集群为每条需求先选出"), ("en", "the search cluster chose the nearest 500")],
)
def test_the_organiser_reads_where_the_candidates_came_from(site: Site, locale: str, said: str) -> None:
    made = site.draft()
    app = create_app(site.settings)
    client = visitor(app, site.district.people["organiser"], locale)
    assert said in client.get(f"/conferences/lists/{made.id}").text
    app.extensions["lianqiao.database"].dispose()


def test_the_statistics_are_learnt_once_kept_on_disk_and_learnt_anew_as_the_register_changes(
    site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    times: list[int] = []
    learn = learning._learn
    monkeypatch.setattr(learning, "_learn", lambda *about: times.append(1) or learn(*about))

    def fingerprint(register: Register | None = None) -> str:
        with site.database.reading() as session:
            now = register or register_of(session, TODAY)
            return learnt(session, TODAY, now, tmp_path).fingerprint

    first = fingerprint()
    learning._kept.clear()
    assert (fingerprint(), times) == (first, [1])
    known = json.loads((tmp_path / learning.STATISTICS).read_text("utf-8"))
    assert (known["listings"], known["statistics"]["listings"]) == (2, 2)
    worn = Register(known["listings"], known["edits"] + 1)
    assert Register(2, known["edits"]).worn(worn) > drift.REFIT_SHARE
    fingerprint(worn)
    assert len(times) == 2
    learning._kept.clear()
    (tmp_path / learning.STATISTICS).write_text("{", "utf-8")
    assert (fingerprint(), len(times)) == (first, 3)


def test_what_is_learnt_of_everything_is_what_the_matcher_in_memory_learns(site: Site) -> None:
    with site.database.reading() as session:
        matcher = learnt(session, TODAY, register_of(session, TODAY))
        whole = current_matcher(session, TODAY)
        assert len(matcher) == 0
        assert matcher.fingerprint == whole.fingerprint == whole.statistics()["hash"]


def test_a_large_register_teaches_by_a_draw_that_is_the_same_every_time(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(learning, "DRAWN", 1)
    with site.database.reading() as session:
        matchers = []
        for _ in range(2):
            learning._kept.clear()
            matchers.append(learnt(session, TODAY, register_of(session, TODAY)))
    assert {matcher.statistics()["listings"] for matcher in matchers} == {1}
    assert len({matcher.fingerprint for matcher in matchers}) == 1


def test_a_document_offers_what_the_matcher_reads(site: Site) -> None:
    with site.database.reading() as session:
        count = session.scalar(select(func.count()).select_from(open_capabilities(TODAY).subquery()))
        rows = session.scalars(open_capabilities(TODAY)).unique().all()
        read = {int(each.id): field_texts(each).fields for each in capability_profiles(session, rows)}
        built = capability_documents(session, read, NOW)
    assert len(built) == count == 2
    for document in built:
        assert document.offered == {name: text for name, text in read[document.id].items() if text}
        assert document.offered["title"]
