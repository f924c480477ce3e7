"""Rules of near misses: who may read a firm's, who may read the district's. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from marketplace.core.actor import Actor

PAGE_SIZE = 15
# What the report shows of its commonest gaps; the workbook has more.
MOST_GAPS = 50
MOST_GAPS_EXPORTED = 2000
MOST_PAIRS_EXPORTED = 5000
# Of a firm's page: what nobody proposed, and what could be a better proposal.
TABS = {"missed": ("barred", "weak"), "listed": ("listed",)}


def tab_to_open(asked: str | None, counts: Mapping[str, int]) -> str:
    """The tab that was asked for; else the first that holds anything, so that no page looks empty that is not."""
    if asked in TABS:
        return asked
    return next((tab for tab in TABS if counts[tab]), "missed")


def may_see_firm(actor: Actor, firm_id: int, office_id: int | None) -> bool:
    """What a firm nearly met is for its members and the staff who look after it; of other suppliers nobody learns."""
    if actor.belongs_to(firm_id) or actor.bureau:
        return True
    return actor.office_id is not None and actor.office_id == office_id


def may_see_report(actor: Actor) -> bool:
    """The district's gaps are the bureau's: they show every supplier beside every need."""
    return actor.bureau
