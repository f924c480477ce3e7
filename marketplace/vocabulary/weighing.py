"""What another synonym set does to the needs that are open: which capabilities each would find, and which no longer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Select
from sqlalchemy.orm import Session

from marketplace.capabilities import queries as capabilities
from marketplace.capabilities.models import Capability
from marketplace.core import analysis
from marketplace.core.actor import Actor
from marketplace.core.clock import day_of, utc_now
from marketplace.core.context import Progress, WorkContext
from marketplace.core.jobs import JobClaim
from marketplace.core.synonyms import over, rows
from marketplace.needs import queries as needs
from marketplace.needs.models import Need
from marketplace.vocabulary import service
from search.analysis import Analyser

BATCH = 500
EXAMPLES = 8
STEP = "vocabulary.step.weighing"


class Said(NamedTuple):
    id: int
    title: str
    before: frozenset[str]
    after: frozenset[str]


@dataclass(frozen=True)
class Terms:
    """The tokens that the change is about, and how a text is read before and after it."""

    before: Analyser
    after: Analyser
    then: frozenset[str]
    now: frozenset[str]

    @classmethod
    def of(cls, before: Analyser, after: Analyser, names: Iterable[str]) -> Terms:
        names = tuple(names)
        return cls(before, after, _tokens(before, names), _tokens(after, names))

    def read(self, number: int, title: str, text: str) -> Said:
        return Said(
            number,
            title,
            self.then.intersection(self.before.words(text)),
            self.now.intersection(self.after.words(text)),
        )


def _tokens(analyser: Analyser, names: Iterable[str]) -> frozenset[str]:
    return frozenset(group.whole for name in names for group in analyser.groups(name))


def effect(wanted: Iterable[Said], offered: Iterable[Said]) -> list[tuple[Said, list[Said], list[Said]]]:
    """(need, gained, lost) for every need that shares one of the terms with other capabilities than before."""
    offers = {each.id: each for each in offered}
    by_before = _by_token(offers.values(), lambda each: each.before)
    by_after = _by_token(offers.values(), lambda each: each.after)
    changed = []
    for need in wanted:
        then = {number for token in need.before for number in by_before.get(token, ())}
        now = {number for token in need.after for number in by_after.get(token, ())}
        if then != now:
            changed.append(
                (
                    need,
                    [offers[each] for each in sorted(now - then)],
                    [offers[each] for each in sorted(then - now)],
                )
            )
    return changed


def _by_token(offers: Iterable[Said], tokens: Callable[[Said], frozenset[str]]) -> Mapping[str, list[int]]:
    found: dict[str, list[int]] = defaultdict(list)
    for each in offers:
        for token in tokens(each):
            found[token].append(each.id)
    return found


def weigh(context: WorkContext, claim: JobClaim, progress: Progress) -> dict[str, Any]:
    """The job behind the preview."""
    with context.database.reading() as session:
        actor: Actor = context.actor_of_job(session, claim)
        service.check_bureau(actor)
        day = day_of(utc_now())
        held = analysis.fitting(over(analysis.shipped().synonyms, rows(session)))
        then = analysis.fitting(service.after(session, claim.params))
        terms = Terms.of(
            analysis.analyser_of(held),
            analysis.analyser_of(then),
            {*claim.params["old"], *claim.params["names"]},
        )
        offered = list(_offers(session, capabilities.open_capabilities(day), terms, progress))
        wanted = list(_needs(session, needs.open_needs(day), terms, progress))
    changed = effect(wanted, offered)
    changed.sort(key=lambda each: (-len(each[1]) - len(each[2]), each[0].id))
    return {
        "needs": len(changed),
        "gained": sum(len(gained) for _, gained, _ in changed),
        "lost": sum(len(lost) for _, _, lost in changed),
        "need_ids": [need.id for need, _, _ in changed],
        "examples": [
            {
                "need_id": need.id,
                "title": need.title,
                "gained": len(gained),
                "lost": len(lost),
                "some": [each.title for each in (gained or lost)[:3]],
            }
            for need, gained, lost in changed[:EXAMPLES]
        ],
    }


def _offers(session: Session, open_: Select[Capability], terms: Terms, progress: Progress) -> Iterator[Said]:
    last = 0
    while True:
        found = (
            session.scalars(open_.where(Capability.id > last).order_by(Capability.id).limit(BATCH))
            .unique()
            .all()
        )
        for row in found:
            if said := _about(
                terms.read(
                    row.id, row.product, "\n".join([row.product, row.sentence or "", row.description or ""])
                )
            ):
                yield said
        if len(found) < BATCH:
            return
        last = found[-1].id
        session.expunge_all()
        progress(STEP, last, 0)


def _needs(session: Session, open_: Select[Need], terms: Terms, progress: Progress) -> Iterator[Said]:
    last = 0
    while True:
        found = session.scalars(open_.where(Need.id > last).order_by(Need.id).limit(BATCH)).unique().all()
        for row in found:
            if said := _about(
                terms.read(row.id, row.title, "\n".join([row.title, row.use or "", row.description or ""]))
            ):
                yield said
        if len(found) < BATCH:
            return
        last = found[-1].id
        session.expunge_all()
        progress(STEP, last, 0)


def _about(said: Said) -> Said | None:
    """Only what has one of the terms is kept in memory."""
    return said if said.before or said.after else None
