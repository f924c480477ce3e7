"""Fifty popular terms added to honest listings of the demonstration district, over the needs of the golden set.

Nothing is gained: over all needs the listing stands no better on average, and it enters no first ten.
"""

from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path
from statistics import fmean

import pytest

from marketplace import demo_profiles
from marketplace.core.analysis import analyser
from matching import CapabilityProfile, Matcher, NeedProfile
from matching.judgements import read_pool
from matching.reading import field_texts

AS_OF = date(2026, 11, 23)
FIRST = 10
POOL = read_pool(Path(__file__).resolve().parents[2] / "golden" / "pool.jsonl")
# A bare listing, one in full, and one whose own trade is among the popular terms.
VICTIMS = ("nylon-c074", "steel-c043", "storage-c010")


@pytest.fixture(scope="module")
def offers() -> list[CapabilityProfile]:
    return list(demo_profiles.capability_profiles(AS_OF).values())


@pytest.fixture(scope="module")
def needs() -> list[NeedProfile]:
    profiles = demo_profiles.need_profiles()
    return [profiles[need.need] for need in POOL]


@pytest.fixture(scope="module")
def popular(offers: list[CapabilityProfile]) -> list[str]:
    words = Counter(word for offer in offers for word in set(analyser().words(offer.title)) if len(word) > 1)
    return [word for word, _ in words.most_common(50)]


def places(offers: list[CapabilityProfile], needs: list[NeedProfile]) -> dict[str, dict[str, int]]:
    """Place of each victim for each need by its text; who shares nothing stands last."""
    matcher = Matcher.fit(offers, analyser())
    found: dict[str, dict[str, int]] = {key: {} for key in VICTIMS}
    for need in needs:
        order = [match.capability_id for match in matcher.match(need, top=0, as_of=AS_OF)]
        for key in VICTIMS:
            found[key][need.id] = order.index(key) if key in order else len(offers)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("where", ["title", "summary", "description"])
@pytest.mark.parametrize("joint", ["、", ""])
def test_popular_terms_gain_nothing(
    offers: list[CapabilityProfile], needs: list[NeedProfile], popular: list[str], honest: dict[str, dict[str, int]],
    where: str, joint: str,
) -> None:  # fmt: skip
    assert len(popular) == 50
    terms = joint + joint.join(popular)
    stuffed = [
        replace(offer, **{where: getattr(offer, where) + terms}) if offer.id in VICTIMS else offer
        for offer in offers
    ]
    after = places(stuffed, needs)
    for key in VICTIMS:
        assert fmean(after[key].values()) >= fmean(honest[key].values()), key
        entered = [n.id for n in needs if after[key][n.id] < FIRST <= honest[key][n.id]]
        assert entered == [], key


@pytest.fixture(scope="module")
def honest(offers: list[CapabilityProfile], needs: list[NeedProfile]) -> dict[str, dict[str, int]]:
    return places(offers, needs)


def test_only_the_stuffed_listings_of_the_district_lose_their_focus(offers: list[CapabilityProfile]) -> None:
    assert {offer.id for offer in offers if field_texts(offer).focus < 1} == {
        "electrical-c071", "nylon-c079", "steel-c077", "storage-c071",
    }  # fmt: skip
