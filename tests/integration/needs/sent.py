"""What a browser sends of a need, and what is in the database afterwards."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import select

from marketplace.needs.models import Need
from tests.integration.needs.district import NOW, Site

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\n%%EOF"


def filled(**change: str) -> dict[str, str]:
    """What a browser sends of a small need."""
    return {
        "title": "浸胶帘子布",
        "description": "轮胎骨架材料",
        "type_key": "procurement",
        "procedure": "undecided",
        "visibility": "verified",
        "splitting_accepted": "y",
        "valid_until": (NOW.date() + timedelta(days=60)).isoformat(),
        **change,
    }


def dates(site: Site, **change: str) -> dict[str, str]:
    return filled(valid_until=(site.today + timedelta(days=60)).isoformat(), **change)


def only(site: Site) -> Need:
    with site.database.reading() as session:
        return session.scalars(select(Need)).one()


def count(site: Site) -> int:
    with site.database.reading() as session:
        return len(session.scalars(select(Need.id)).all())
