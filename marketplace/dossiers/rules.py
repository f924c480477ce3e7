"""Who reads a firm's file: its own people and the staff who look after it. Pure."""

from __future__ import annotations

from marketplace.core.actor import Actor
from marketplace.firms.rules import FirmView, looks_after

# In the order of the paper.
PARTS = ("capabilities", "needs", "proposals", "conferences", "calls", "reminders", "rosters")
# What only staff read: the bureau's own work with the firm.
INTERNAL = frozenset({"rosters"})


def may_read(actor: Actor, firm: FirmView) -> bool:
    """For everybody else there is no such file, however public the firm's page is."""
    return actor.belongs_to(firm.firm_id) or looks_after(actor, firm.office_id)


def reads_as_staff(actor: Actor, office_id: int | None) -> bool:
    """Staff who fill in for the firm still read what is theirs; a firm's own people never do."""
    return looks_after(actor, office_id)


def parts_for(as_staff: bool) -> tuple[str, ...]:
    return PARTS if as_staff else tuple(part for part in PARTS if part not in INTERNAL)
