"""Which firm a row of a sheet means: by its credit code, else by its name, never one that has another code."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from marketplace.core.errors import Refusal
from marketplace.firms.models import Firm
from marketplace.imports.profiles import Row, firm_key

_AT_ONCE = 2_000


class FirmsOnFile:
    """The firms that the rows of a sheet may mean. Everything else on file is read past and not remembered."""

    def __init__(self, session: Session, rows: Iterable[Row]) -> None:
        self._keys, self._codes = set(), set()
        for row in rows:
            self._keys.add(firm_key(row.firm))
            if code := code_of(row):
                self._codes.add(code)
        self._by_code: dict[str, int] = {}
        # By name: which firms, with the code that each has or that a row has claimed for it.
        self._by_name: dict[str, dict[int, str | None]] = {}
        columns = select(Firm.id, Firm.legal_name, Firm.credit_code).order_by(Firm.id)
        for firm_id, name, code in session.execute(columns.execution_options(yield_per=_AT_ONCE)):
            if code in self._codes or firm_key(name) in self._keys:
                self.remember(firm_id, name, code)

    def remember(self, firm_id: int, name: str, code: str | None) -> None:
        claimed = self._by_name.setdefault(firm_key(name), {})
        claimed[firm_id] = code or claimed.get(firm_id)
        if code:
            self._by_code.setdefault(code, firm_id)

    def look_again(self, session: Session, rows: Sequence[Row]) -> None:
        """What others have put on file meanwhile under the very names and codes of these rows."""
        names, codes = {row.firm for row in rows}, {code_of(row) for row in rows} - {None}
        statement = select(Firm.id, Firm.legal_name, Firm.credit_code).where(
            or_(Firm.legal_name.in_(names), Firm.credit_code.in_(codes))
        )
        for firm_id, name, code in session.execute(statement):
            self.remember(firm_id, name, code)

    def of(self, row: Row) -> int | None:
        """The firm's id, None for a new one. Refusal where the name is there, but not with this code, or more than once."""
        code = code_of(row)
        if code is not None and code in self._by_code:
            return self._by_code[code]
        named = self._by_name.get(firm_key(row.firm), {})
        fitting = [firm_id for firm_id, known in named.items() if code is None or known is None]
        if named and not fitting:
            known = sorted(other for other in named.values() if other)
            raise Refusal("imports.firm_other_code", None, firm=row.firm, given=code, known="、".join(known))
        if len(fitting) > 1:
            raise Refusal("imports.firm_ambiguous", None, firm=row.firm, count=len(fitting))
        if not fitting:
            return None
        if code is not None:
            # The firm has no code on file: the first that a row names for it stands, a second one is another firm.
            named[fitting[0]] = code
            self._by_code[code] = fitting[0]
        return fitting[0]


def code_of(row: Row) -> str | None:
    return str(row.record.values.get("credit_code") or "") or None
