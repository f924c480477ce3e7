"""Who may see a need is told twice, in Python and in SQL: the two agree for every actor, state and visibility."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from marketplace.core.errors import Forbidden, NotFound
from marketplace.firms.models import Firm
from marketplace.needs import access, queries, rules, service
from marketplace.needs.content import NeedContent
from marketplace.needs.inviting import invite
from marketplace.needs.models import Need
from tests.integration.needs.district import (
    MACHINE,
    NOW,
    TODAY,
    UNCHECKED,
    WHO,
    District,
    Site,
    made,
    published,
)

STAMPS: dict[str, dict[str, Any]] = {
    "draft": {},
    "submitted": {"submitted_at": NOW},
    "returned": {"returned_at": NOW},
    "published": {"submitted_at": NOW, "published_at": NOW},
    "paused": {"submitted_at": NOW, "published_at": NOW, "paused_at": NOW},
    "expired": {"submitted_at": NOW, "published_at": NOW, "valid_until": TODAY - timedelta(days=1)},
    "closed": {"submitted_at": NOW, "published_at": NOW, "closed_at": NOW, "close_reason": "met"},
}
FIRM_STATES = ({}, {"verified_at": None}, {"suspended_at": NOW})


def test_rules_and_sql_agree(session: Session, district: District) -> None:
    firms = [session.get_one(Firm, district.buyer)]
    for number, change in enumerate(FIRM_STATES):
        for office_id in (None, district.town):
            stated = {"verified_at": NOW, **change}
            firm = Firm(
                legal_name=f"示例采购方 {number} {office_id}",
                is_buyer=True,
                office_id=office_id,
                created_at=NOW,
                updated_at=NOW,
                **stated,
            )
            session.add(firm)
            firms.append(firm)
    session.flush()
    for firm, (state, stamps), visibility in product(firms, STAMPS.items(), rules.VISIBILITIES):
        for invited in (False, True) if visibility == "invited" else (False,):
            need = Need(
                firm_id=firm.id,
                title=f"{state} {visibility}",
                visibility=visibility,
                created_at=NOW,
                updated_at=NOW,
                **{"valid_until": TODAY, **stamps},
            )
            session.add(need)
            session.flush()
            if invited:
                invite(session, MACHINE, need.id, [district.supplier, district.third + 1], now=NOW)
    session.flush()
    everything = session.scalars(select(Need)).all()
    assert len(everything) == len(firms) * len(STAMPS) * 4
    seen_by: dict[str, int] = {}
    for who in WHO:
        actor = district.actor(who)
        shown = {need.id for need in session.scalars(queries.visible_needs(actor, TODAY)).unique()}
        allowed = {
            need.id for need in everything if rules.may_see(actor, queries.view_of(session, need, TODAY))
        }
        assert shown == allowed, who
        seen_by[who] = len(shown)
    # The numbers fall where they must: everybody sees something, and nobody but the bureau sees all.
    assert seen_by["machine"] == seen_by["bureau"] == seen_by["administrator"] == len(everything)
    assert 0 < seen_by["anonymous"] == seen_by["nobody-yet"] == seen_by["unchecked"] < seen_by["third"]
    assert seen_by["third"] < seen_by["supplier"] == seen_by["supplier-viewer"] < seen_by["owner"]
    assert seen_by["other-town"] < seen_by["filling-in"]


@pytest.mark.parametrize("who", WHO)
def test_what_one_may_not_see_is_not_found_and_what_one_may_only_see_is_forbidden(
    session: Session, district: District, who: str
) -> None:
    actor = district.actor(who)
    draft, open_need = made(session, district), published(session, district, visibility="public")
    sees_drafts = who in "machine owner editor viewer bureau town filling-in administrator".split()
    edits = who in "machine owner editor filling-in".split()
    for need, seen in ((draft, sees_drafts), (open_need, True)):
        if not seen:
            with pytest.raises(NotFound):
                access.editable(session, actor, need.id, NOW)
        elif edits:
            assert access.editable(session, actor, need.id, NOW).id == need.id
        else:
            with pytest.raises(Forbidden):
                access.editable(session, actor, need.id, NOW)


@pytest.mark.parametrize("who", WHO)
def test_who_writes_for_a_firm(session: Session, district: District, who: str) -> None:
    actor = district.actor(who)
    content = NeedContent(title="轧辊修复")
    if who in ("owner", "editor", "filling-in"):
        need = service.create(session, actor, district.buyer, content, now=NOW)
        assert need.source == ("staff" if who == "filling-in" else "self")
        return
    with pytest.raises(Forbidden if who == "viewer" else NotFound):
        service.create(session, actor, district.buyer, content, now=NOW)


@pytest.mark.parametrize("who", WHO)
def test_only_the_bureau_publishes_and_returns(session: Session, district: District, who: str) -> None:
    need = made(session, district)
    service.submit(session, district.actor("owner"), need.id, now=NOW)
    actor = district.actor(who)
    if who in ("machine", "bureau", "administrator"):
        assert service.return_(session, actor, need.id, now=NOW).returned_at == NOW
        service.submit(session, district.actor("owner"), need.id, now=NOW)
        assert service.publish(session, actor, need.id, now=NOW).published_at == NOW
        return
    staff = who in ("town", "other-town", "filling-in")
    for verb in (service.publish, service.return_):
        with pytest.raises(Forbidden if staff else NotFound):
            verb(session, actor, need.id, now=NOW)
    assert need.published_at is None


def test_unknown_numbers_are_not_found(session: Session, district: District) -> None:
    for verb in (service.submit, service.pause, service.publish, service.copy):
        with pytest.raises(NotFound):
            verb(session, MACHINE, 987654, now=NOW)


def test_a_firms_list_never_names_its_anonymous_needs_to_others(session: Session, district: District) -> None:
    hidden = published(session, district, visibility="public", anonymous=True)
    shown = published(session, district, visibility="public")
    for who in WHO:
        actor = district.actor(who)
        listed = {need.id for need in queries.listed_of_firm(session, actor, district.buyer, TODAY)}
        own = who in "machine owner editor viewer bureau town filling-in administrator".split()
        assert listed == ({hidden.id, shown.id} if own else {shown.id}), who
        assert (queries.firm_shown(actor, hidden) is not None) == own, who


def test_registering_a_firm_opens_nothing_before_the_bureau_has_looked(site: Site) -> None:
    """Anybody can register a firm; what is kept for checked firms waits until it is one, and closes with it again."""
    need_id = site.published(visibility="verified")
    newcomer = site.client("unchecked")
    for change, status in (({}, 404), ({"verified_at": site.now}, 200), ({"suspended_at": site.now}, 404)):
        with site.database.unit_of_work() as session:
            firm = session.scalars(select(Firm).where(Firm.legal_name == UNCHECKED)).one()
            for name, value in change.items():
                setattr(firm, name, value)
        assert newcomer.get(f"/needs/{need_id}").status_code == status, change
