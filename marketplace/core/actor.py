"""Who acts: a frozen value that the edge (page, worker, command line) builds and every service takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

FIRM_ROLES = ("viewer", "editor", "owner")
_NO_FIRMS: Mapping[int, str] = MappingProxyType({})


@dataclass(frozen=True)
class Actor:
    """A person, nobody yet, or the machine itself.

    ``firm_roles`` maps firm ids to viewer, editor or owner. An organiser belongs to an office; ``office_kind`` is
    ``bureau`` (whole district) or ``town`` (镇/街道: only the firms it looks after). ``acting_for`` is set while staff
    fill in something for a firm (代填) and is written into every audit row.
    """

    account_id: int | None = None
    name: str = ""
    firm_roles: Mapping[int, str] = field(default_factory=lambda: _NO_FIRMS)
    office_id: int | None = None
    office_kind: str | None = None
    administrator: bool = False
    system: bool = False
    verified: bool = False
    locale: str = "zh"
    acting_for: int | None = None
    # Those of their firms that the bureau has not checked, or has suspended: they open no door to what is not public.
    unchecked_firms: frozenset[int] = frozenset()
    # Whether any of their firms buys or supplies: which places the top bar offers; decides no permission.
    buys: bool = False
    supplies: bool = False

    @property
    def signed_in(self) -> bool:
        return self.account_id is not None

    @property
    def kind(self) -> str:
        if self.system:
            return "system"
        if self.administrator:
            return "administrator"
        if self.office_id is not None:
            return "organiser"
        return "member" if self.signed_in else "anonymous"

    @property
    def staff(self) -> bool:
        """Organisers, administrators and the machine: those who see what only the bureau sees."""
        return self.system or self.administrator or self.office_id is not None

    @property
    def bureau(self) -> bool:
        """Staff whose reach is the whole district, not one 镇/街道."""
        return (
            self.system or self.administrator or (self.office_id is not None and self.office_kind == "bureau")
        )

    @property
    def firm_ids(self) -> frozenset[int]:
        return frozenset(self.firm_roles)

    @property
    def own_firms(self) -> frozenset[int]:
        """Those they belong to (:meth:`belongs_to`): theirs, and the one that staff fill in for."""
        return self.firm_ids | self._acting_for

    @property
    def _acting_for(self) -> frozenset[int]:
        return frozenset({self.acting_for}) if self.staff and self.acting_for is not None else frozenset()

    @property
    def checked_firms(self) -> frozenset[int]:
        """Those of their firms that open a door: an invitation or a release to a firm since suspended opens none."""
        return self.firm_ids - self.unchecked_firms

    @property
    def standing_firms(self) -> frozenset[int]:
        """The firms in whose name they hear of others (pairs, conferences): those of theirs that are checked, and the one
        that staff fill in for. A suspended firm keeps its own records, and hears of nobody."""
        return self.checked_firms | self._acting_for

    @property
    def vouched_for(self) -> bool:
        """认: staff, and members of a firm that the bureau has checked. Anybody can register a firm; that is no check."""
        return self.staff or bool(self.checked_firms)

    def acts_for(self, firm_id: int | None) -> bool:
        """Staff filling in for that firm (代填); the edge has checked that they look after it."""
        return firm_id is not None and self.staff and self.acting_for == firm_id

    def belongs_to(self, firm_id: int | None) -> bool:
        """A member of that firm, of whatever role, or staff filling in for it."""
        return firm_id is not None and (firm_id in self.firm_roles or self.acts_for(firm_id))

    def may_edit_firm(self, firm_id: int | None) -> bool:
        """Owner or editor of that firm, or staff filling in for it."""
        if firm_id is None:
            return False
        return self.firm_roles.get(firm_id) in ("editor", "owner") or self.acts_for(firm_id)

    @property
    def source(self) -> str:
        """What provenance to write for what this actor says: self or staff."""
        return "staff" if self.staff else "self"

    def owns_firm(self, firm_id: int | None) -> bool:
        return firm_id is not None and self.firm_roles.get(firm_id) == "owner"


ANONYMOUS = Actor()


def system_actor(name: str = "system") -> Actor:
    """The machine: worker, seeds and maintenance commands. Audited as such."""
    return Actor(name=name, system=True, verified=True)
