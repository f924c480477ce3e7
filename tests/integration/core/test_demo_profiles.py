"""Profiles read from the demonstration's files are those that the loaded site gives the matcher."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from marketplace import demo_profiles
from marketplace.capabilities.models import Capability
from marketplace.core.analysis import analyser
from marketplace.core.clock import day_of, utc_now
from marketplace.core.db import Database
from marketplace.demo_district import load
from marketplace.needs.models import Need
from marketplace.paths import SEEDS
from marketplace.proposals.profiles import capability_profiles, need_profiles
from marketplace.taxonomy.service import import_seeds
from matching import Matcher
from tests.integration.core.district import MACHINE, small_seeds

SITE_ONLY = {"control_group": "", "current_suppliers": frozenset()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return small_seeds(tmp_path / "seeds")


def test_read_from_files_or_from_the_site_they_are_the_same(database: Database, folder: Path) -> None:
    now = utc_now()
    with database.unit_of_work() as session:
        import_seeds(session, MACHINE, SEEDS, now)
        district = load(session, folder, now, lambda *_: None)
        keys = {
            kind: {str(number): key for key, number in getattr(district, kind).items()}
            for kind in ("firms", "needs", "capabilities")
        }
        stored_needs = need_profiles(session, session.scalars(select(Need)).all())
        stored = capability_profiles(session, session.scalars(select(Capability)).all())
        needs = {
            profile.id: profile
            for profile in (
                replace(need, id=keys["needs"][need.id], firm_id=keys["firms"][need.firm_id], **SITE_ONLY)
                for need in stored_needs
            )
        }
        offers = {
            profile.id: profile
            for profile in (
                replace(
                    offer,
                    id=keys["capabilities"][offer.id],
                    firm_id=keys["firms"][offer.firm_id],
                    control_group="",
                    certificates=tuple(sorted(offer.certificates, key=repr)),
                )
                for offer in stored
            )
        }
    assert len(needs) > 10 and len(offers) > 20
    assert needs == demo_profiles.need_profiles(folder)
    assert offers == {
        key: replace(offer, certificates=tuple(sorted(offer.certificates, key=repr)))
        for key, offer in demo_profiles.capability_profiles(day_of(now), folder).items()
    }
    # What is fitted knows neither numbers of rows nor their order: one hash on either database and without any.
    fitted = [Matcher.fit(profiles, analyser()) for profiles in (stored, list(reversed(offers.values())))]
    assert fitted[0].statistics()["hash"] == fitted[1].statistics()["hash"]
