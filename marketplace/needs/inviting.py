"""Which firms may see a need whose visibility is invited."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from marketplace.core import audit
from marketplace.core.actor import Actor
from marketplace.core.errors import NotFound, Refusal
from marketplace.core.listing_steps import look_again
from marketplace.firms import queries as firm_queries
from marketplace.firms.models import Firm
from marketplace.firms.rules import normal_credit_code
from marketplace.needs import queries
from marketplace.needs.access import held
from marketplace.needs.models import NeedInvitee

MOST_LINES = 200


def invite(session: Session, actor: Actor, need_id: int, firm_ids: Iterable[int], *, now: datetime) -> int:
    """Let firms see a need; returns how many are new. Firms that the actor may not know of are passed over."""
    need = held(session, actor, need_id, now)
    wanted = set(firm_ids) - queries.invited_firms(session, need.id) - {need.firm_id}
    known = select(Firm.id).where(Firm.id.in_(wanted), firm_queries.visible_to(actor))
    new = sorted(session.scalars(known))
    for firm_id in new:
        session.add(NeedInvitee(need_id=need.id, firm_id=firm_id, invited_at=now))
    if new:
        session.flush()
        audit.record(session, actor, "need.invite", "need", need.id, now, firms=new)
        look_again(session, "need", need.id, now)
    return len(new)


def invite_named(session: Session, actor: Actor, need_id: int, text: str, *, now: datetime) -> int:
    """Invite by lines, each a 统一社会信用代码 or a legal name. Every line that names no firm is told, none is invited then."""
    held(session, actor, need_id, now)
    lines = list(dict.fromkeys(line.strip() for line in re.split(r"[\r\n,，;；、]+", text) if line.strip()))
    if not lines:
        raise Refusal("needs.invitee_missing", "firms")
    if len(lines) > MOST_LINES:
        raise Refusal("needs.invitees_many", "firms", most=MOST_LINES)
    codes = {line: normal_credit_code(line) for line in lines}
    spellings = {spelling for line in lines for spelling in _spellings(line)}
    named = select(Firm).where(
        or_(Firm.legal_name.in_(spellings), Firm.credit_code.in_(list(codes.values()))),
        firm_queries.visible_to(actor),
    )
    firms = session.scalars(named).all()
    by_code = {firm.credit_code: firm.id for firm in firms if firm.credit_code}
    by_name: dict[str, set[int]] = {}
    for firm in firms:
        by_name.setdefault(_folded(firm.legal_name), set()).add(firm.id)
    found = {
        line: {by_code[codes[line]]} if codes[line] in by_code else by_name.get(_folded(line), set())
        for line in lines
    }
    unknown = [line for line, firm_ids in found.items() if not firm_ids]
    if unknown:
        raise Refusal("needs.invitees_unknown", "firms", names=unknown[:10])
    namesakes = [line for line, firm_ids in found.items() if len(firm_ids) > 1]
    if namesakes:
        # A guess would show the need to a firm that the buyer does not mean.
        raise Refusal("needs.invitees_namesakes", "firms", names=namesakes[:10])
    return invite(session, actor, need_id, set().union(*found.values()), now=now)


def _folded(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip()


def _spellings(line: str) -> set[str]:
    """A name as typed and with brackets of either width: 平山（示例）有限公司 is on file as its licence has it."""
    folded = _folded(line)
    return {line, folded, folded.replace("(", "（").replace(")", "）")}


def uninvite(session: Session, actor: Actor, need_id: int, firm_id: int, *, now: datetime) -> None:
    need = held(session, actor, need_id, now)
    invitee = session.get(NeedInvitee, (need.id, firm_id))
    if invitee is None:
        raise NotFound
    session.delete(invitee)
    audit.record(session, actor, "need.uninvite", "need", need.id, now, firms=[firm_id])
    look_again(session, "need", need.id, now)
