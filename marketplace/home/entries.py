"""The start page of every entry: 我需要, 我开放, 我能做, with the types that this party may post and nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from sqlalchemy.orm import Session

from marketplace.core.i18n import registered_words, render
from marketplace.firms.models import Firm
from marketplace.taxonomy import queries as taxonomy
from marketplace.taxonomy.entries import DIRECTIONS, parties_of, postable
from marketplace.taxonomy.values import NeedType


@dataclass(frozen=True)
class Way:
    """One type that may be posted in a direction, in the reader's language."""

    label: str
    summary: str
    url: str


def ways_of(session: Session, firm: Firm, locale: str) -> list[tuple[str, list[Way]]]:
    """By direction, the types that this firm may post; a direction without any is left out."""
    types, rights = taxonomy.need_types(session), taxonomy.entry_rights(session)
    parties = parties_of(firm.party_kind, firm.chain_leader)
    found = []
    for direction in DIRECTIONS:
        keys = postable(rights, parties, direction, types)
        ways = [
            Way(types[key].label(locale), _told(direction, types[key], locale), _url(direction, key, firm.id))
            for key in keys
        ]
        if ways:
            found.append((direction, ways))
    return found


def _told(direction: str, kind: NeedType, locale: str) -> str:
    """What it means in this direction, in plain words; the list's own summary where a type has come since."""
    code = f"home.way.{direction}.{kind.key}"
    return render(code, {}, locale) if code in registered_words() else kind.summary_in(locale)


def _url(direction: str, type_key: str, firm_id: int) -> str:
    if direction == "want":
        return url_for("needs.new", type=type_key, firm=firm_id)
    nature = "opening" if direction == "open" else "capability"
    return url_for("capabilities.new", nature=nature, type=type_key, firm=firm_id)
