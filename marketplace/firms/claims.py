"""How a firm comes to its pre-filled record: a code on paper, a link that says which firm it is for, and who guesses.

The link is not the key. It may be sent in a chat and forwarded; whoever opens it sees what is public of the firm and is
asked for the code, which travels on paper or by a call. On a printed slip both stand together, as the slip is handed to
a person. Ten wrong codes under one link end link and code, and tell the office that gave them out.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.orm import Session

from marketplace.accounts import letters, throttle
from marketplace.accounts.models import Account, Office, OfficeMember
from marketplace.accounts.rules import LIMITS, hashed
from marketplace.core import audit
from marketplace.core.actor import Actor, system_actor
from marketplace.core.codes import normal_code, readable_code
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.firms import queries, rules
from marketplace.firms.models import ClaimAlarm, ClaimCode, Firm

# A mail to everybody in a large bureau helps nobody.
MOST_TOLD = 10


@dataclass(frozen=True)
class WayIn:
    """What is given out for one firm, this once: only hashes are kept."""

    firm: Firm
    code: str
    token: str


def issue(session: Session, actor: Actor, firm_id: int, *, now: datetime) -> WayIn:
    """A code and its link for the firm's owner; earlier unused ones end."""
    firm = queries.firm_or_none(session, actor, firm_id)
    if firm is None:
        raise NotFound
    if not rules.looks_after(actor, firm.office_id):
        raise NotFound if not actor.staff else Forbidden
    session.execute(
        update(ClaimCode)
        .where(ClaimCode.firm_id == firm_id, ClaimCode.used_at.is_(None), ClaimCode.locked_at.is_(None))
        .values(locked_at=now)
    )
    way = WayIn(firm, readable_code(secrets.token_bytes(12)), secrets.token_urlsafe(24))
    session.add(
        ClaimCode(
            firm_id=firm_id,
            code_hash=hashed(way.code),
            link_hash=hashed(way.token),
            created_by=actor.account_id,
            created_at=now,
            expires_at=now + rules.CLAIM_CODE_VALID,
        )
    )
    audit.record(session, actor, "firm.issue_claim_code", "firm", firm_id, now)
    return way


def issue_many(session: Session, actor: Actor, firm_ids: Iterable[int], *, now: datetime) -> list[WayIn]:
    """Ways in for a sheet of slips; firms that somebody speaks for already get none."""
    if not actor.staff:
        raise NotFound
    unclaimed = select(Firm.id).where(Firm.id.in_(set(firm_ids)), Firm.claimed_at.is_(None)).order_by(Firm.id)
    return [issue(session, actor, firm_id, now=now) for firm_id in session.scalars(unclaimed).all()]


def firm_behind(session: Session, token: str, now: datetime) -> Firm:
    """The firm whose record a link shows. Refusal ``firms.link_dead`` for one that is used, ended, old or made up."""
    firm = session.scalar(
        select(Firm)
        .join(ClaimCode, ClaimCode.firm_id == Firm.id)
        .where(
            ClaimCode.link_hash == hashed(token),
            ClaimCode.used_at.is_(None),
            ClaimCode.locked_at.is_(None),
            ClaimCode.expires_at > now,
        )
    )
    if firm is None:
        raise Refusal("firms.link_dead")
    return firm


def opens(session: Session, token: str, code: str, site: letters.Site, *, now: datetime) -> bool:
    """Whether the code is the one of this link. A wrong one is counted: the edge commits either way.

    Fifty tries at once take their turn at the row, so that ten of them count and the others meet a dead link. Refusal
    ``firms.link_dead`` like :func:`firm_behind`.
    """
    issued = session.scalar(select(ClaimCode).where(ClaimCode.link_hash == hashed(token)).with_for_update())
    if issued is None or issued.used_at or issued.locked_at or issued.expires_at <= now:
        raise Refusal("firms.link_dead")
    if secrets.compare_digest(issued.code_hash, hashed(normal_code(code))):
        return True
    issued.wrong_tries += 1
    if issued.wrong_tries >= LIMITS["claim"].most:
        issued.locked_at = now
        firm = session.get_one(Firm, issued.firm_id)
        audit.record(session, system_actor("claims"), "firm.claim_code_guessed", "firm", firm.id, now)
        _tell(session, site, now, firm=firm, issuer_id=issued.created_by)
    return False


def note_wrong_code(session: Session, actor: Actor, key: str, site: letters.Site, now: datetime) -> None:
    """A wrong code at the page for codes, which names no firm; the tenth of a day tells the bureau of this person."""
    throttle.note(session, "claim", key, now, succeeded=False, account_id=actor.account_id)
    if throttle.failures(session, "claim", key, now) == LIMITS["claim"].most:
        audit.record(session, actor, "account.claim_codes_guessed", "account", actor.account_id, now)
        _tell(session, site, now, guesser=session.get_one(Account, actor.account_id))


def _tell(
    session: Session,
    site: letters.Site,
    now: datetime,
    *,
    firm: Firm | None = None,
    guesser: Account | None = None,
    issuer_id: int | None = None,
) -> None:
    """A row that stands on the staff's pages until it is ticked off, and a mail to those who can act on it."""
    alarm = ClaimAlarm(firm_id=firm.id if firm else None, account_id=guesser.id if guesser else None, at=now)
    session.add(alarm)
    session.flush()
    for person in _responsible(session, firm, issuer_id):
        letters.send_claim_alarm(
            session,
            person,
            alarm.id,
            firm=firm.legal_name if firm else None,
            firm_link=f"{site.base_url}/firms/{firm.id}" if firm else f"{site.base_url}/firms/",
            person_name=guesser.name if guesser else None,
            tries=LIMITS["claim"].most,
            site=site,
            now=now,
        )


def _responsible(session: Session, firm: Firm | None, issuer_id: int | None) -> list[Account]:
    """Who gave the code out, the office that looks after the firm, and the bureau; those with an e-mail address."""
    of_office: ColumnElement[bool] = Office.kind == "bureau"
    if firm is not None and firm.office_id is not None:
        of_office = or_(of_office, Office.id == firm.office_id)
    staff = select(OfficeMember.account_id).join(Office, Office.id == OfficeMember.office_id).where(of_office)
    wanted: ColumnElement[bool] = Account.id.in_(staff)
    if issuer_id is not None:
        wanted = or_(wanted, Account.id == issuer_id)
    statement = (
        select(Account)
        .where(wanted, Account.email.is_not(None), Account.disabled_at.is_(None))
        .order_by(Account.id != (issuer_id or 0), Account.id)
        .limit(MOST_TOLD)
    )
    return list(session.scalars(statement).unique())


def open_alarms(session: Session, actor: Actor) -> list[tuple[ClaimAlarm, Firm | None, Account | None]]:
    """What staff have not ticked off yet, newest first: the bureau sees all, a 镇/街道 those of its firms."""
    statement = (
        select(ClaimAlarm, Firm, Account)
        .outerjoin(Firm, Firm.id == ClaimAlarm.firm_id)
        .outerjoin(Account, Account.id == ClaimAlarm.account_id)
        .where(ClaimAlarm.seen_at.is_(None))
        .order_by(ClaimAlarm.id.desc())
        .limit(queries.MOST_SHOWN)
    )
    if not actor.bureau:
        statement = statement.where(Firm.office_id == (actor.office_id or 0))
    rows = session.execute(statement).unique().all() if actor.staff else []
    return [(alarm, firm, account) for alarm, firm, account in rows]


def tick_off(session: Session, actor: Actor, alarm_id: int, *, now: datetime) -> None:
    """Staff have looked at it."""
    if not actor.staff:
        raise NotFound
    alarm = session.get(ClaimAlarm, alarm_id)
    firm = session.get(Firm, alarm.firm_id) if alarm is not None and alarm.firm_id is not None else None
    if alarm is None or not rules.looks_after(actor, firm.office_id if firm else None):
        raise NotFound
    alarm.seen_at, alarm.seen_by = now, actor.account_id
    audit.record(session, actor, "claim_alarm.tick_off", "claim_alarm", alarm_id, now)
