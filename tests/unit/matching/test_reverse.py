"""The text score turned round: the same number for every pair, so that no need is overlooked."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from marketplace.demo_profiles import capability_profiles, need_profiles
from matching import CapabilityProfile, Matcher, NeedProfile
from matching.labels import LEAST_TEXT
from matching.reverse import NeedBoard
from search.analysis import Analyser, default_lexicon
from tests.unit.matching.golden import AS_OF

OFFERS = list(capability_profiles(AS_OF).values())
NEEDS = list(need_profiles().values())
BARE = [replace(need, id=f"bare-{need.id}", use="", description="", specs=()) for need in NEEDS[:20]]
ODD = [
    CapabilityProfile("untitled", description=OFFERS[0].description),
    CapabilityProfile("empty"),
    CapabilityProfile("stuffed", title="、".join(offer.title[:8] for offer in OFFERS[:30])),
    CapabilityProfile("foreign", title="ZZQX 9000"),
]


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher.fit(OFFERS, Analyser(default_lexicon()))


@pytest.fixture(scope="module")
def board(matcher: Matcher) -> NeedBoard:
    return NeedBoard.of(matcher, [*NEEDS, *BARE])


def exact(
    matcher: Matcher, offers: list[CapabilityProfile], needs: list[NeedProfile]
) -> dict[str, list[float]]:
    """The text score of each offer with each need, as matching takes it."""
    alone = matcher.narrowed(offers)
    found: dict[str, list[float]] = {offer.id: [] for offer in offers}
    for need in needs:
        texts = alone._texts(alone._shelf.scores(alone.read(need)), alone.weights)
        for offer, text in zip(offers, texts.tolist(), strict=True):
            found[offer.id].append(text)
    return found


def test_every_pair_has_the_text_score_that_matching_gives_it(matcher: Matcher, board: NeedBoard) -> None:
    offers = [*OFFERS[::25], *ODD]
    expected = exact(matcher, offers, [*NEEDS, *BARE])
    near = 0
    (part,) = board.parts
    for offer, listing in zip(offers, matcher.narrowed(offers).listings(), strict=True):
        scores = part.scores(listing)
        assert np.allclose(scores, expected[offer.id], atol=1e-5), offer.id
        near += int((scores >= LEAST_TEXT).sum())
    assert near > 30


def test_no_need_whose_list_an_offer_enters_is_left_out_and_most_others_are(
    matcher: Matcher, board: NeedBoard
) -> None:
    entered = named = 0
    looked_at = OFFERS[::20]
    for offer in looked_at:
        alone = matcher.narrowed([offer])
        near = board.near(alone.listings())
        enters = {need.id for need in [*NEEDS, *BARE] if alone.match(need, top=1, as_of=AS_OF)}
        assert enters <= near
        entered, named = entered + len(enters), named + len(near)
    assert entered > 5
    assert named < len(looked_at) * len(board) / 20


def test_a_changed_board_is_one_built_anew(matcher: Matcher, board: NeedBoard) -> None:
    rewritten = replace(NEEDS[0], title=NEEDS[5].title, description="")
    few = board.changed(matcher, [rewritten, replace(NEEDS[7], id="new")], {NEEDS[3].id})
    many = few.changed(matcher, [replace(need, id=f"copy-{need.id}") for need in NEEDS], {"new", NEEDS[0].id})
    assert (len(few.parts), len(many.parts)) == (2, 1)
    kept = [need for need in NEEDS if need.id not in (NEEDS[0].id, NEEDS[3].id)]
    copies = [replace(need, id=f"copy-{need.id}") for need in NEEDS]
    listings = list(matcher.narrowed(OFFERS[::30]).listings())
    for changed, needs in (
        (few, [*kept, *BARE, rewritten, replace(NEEDS[7], id="new")]),
        (many, [*kept, *BARE, *copies]),
    ):
        anew = NeedBoard.of(matcher, needs)
        assert len(changed) == len(anew) == len(needs)
        assert changed.near(listings) == anew.near(listings) != set()


def test_an_empty_board_names_nobody_and_fills(matcher: Matcher) -> None:
    empty = NeedBoard.of(matcher, [])
    listings = list(matcher.narrowed(OFFERS[:1]).listings())
    assert (len(empty), empty.near(listings)) == (0, set())
    assert len(empty.changed(matcher, NEEDS[:2], set())) == 2
