"""What stands in the top bar for whom: the few places each role goes to every day."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, g, request, url_for

from marketplace.core.actor import Actor
from marketplace.core.i18n import N_
from marketplace.core.web.language import translated
from marketplace.core.web.request import current_actor, current_locale, reading, settings
from marketplace.firms.models import Firm


@dataclass(frozen=True)
class Place:
    label: str
    endpoint: str
    icon: str


BROWSE = (
    Place(N_("需求"), "discovery.needs", "megaphone"),
    Place(N_("能力"), "discovery.capabilities", "tools"),
)
BUYER = (Place(N_("我的需求"), "needs.mine", "clipboard-check"),)
SUPPLIER = (Place(N_("我的能力"), "capabilities.mine", "box-seam"),)
PROPOSALS = Place(N_("推荐对接"), "proposals.mine", "people")
NEARLY = Place(N_("差一点"), "nearly.mine", "puzzle")
OWN_FIRM = Place(N_("我的企业"), "firms.mine", "building")
CONFERENCES = Place(N_("对接会"), "conferences.index", "calendar-event")
CALLS = Place(N_("征集通知"), "calls.index", "bell")
# A 镇/街道 looks after its firms; deciding what is published is the bureau's.
TOWN = (
    Place(N_("企业"), "firms.index", "building"),
    Place(N_("两表匹配"), "imports.start", "file-earmark-spreadsheet"),
    CALLS,
    CONFERENCES,
)
ROSTERS = Place(N_("名册"), "rosters.start", "building")
BUREAU = (
    Place(N_("审核"), "moderation.desk", "check2-square"),
    TOWN[1],
    CONFERENCES,
    CALLS,
    TOWN[0],
    ROSTERS,
    Place(N_("常见缺口"), "nearly.report", "bar-chart"),
)

ACCOUNT = (
    Place(N_("我关注的搜索"), "discovery.saved", "bell"),
    Place(N_("我的账号"), "accounts.me", "person-gear"),
)
INDEX_STATE = (Place(N_("检索与后台状态"), "discovery.index_state", "clock-history"),)
ADMINISTRATION = (
    Place(N_("单位与人员"), "accounts.offices", "people"),
    Place(N_("同义词"), "vocabulary.index", "arrow-left-right"),
)
DEMO_NOTICE = N_("这是演示站：企业、需求和能力均为虚构示例，不代表任何真实单位。")


def places_for(actor: Actor, acting_for: Firm | None = None) -> tuple[Place, ...]:
    """The places of this reader's day, most used first: phones show four and put the rest behind 更多."""
    if actor.staff and acting_for is not None:
        # Who fills in for a firm (代填) goes where its members go; the band on top leads back.
        return _of_firm(acting_for.is_buyer, acting_for.is_supplier)
    if actor.staff:
        return (BUREAU if actor.bureau else TOWN) + BROWSE
    if actor.firm_ids:
        return _of_firm(actor.buys, actor.supplies)
    return (*BROWSE, OWN_FIRM) if actor.signed_in else BROWSE


def _of_firm(buys: bool, supplies: bool) -> tuple[Place, ...]:
    own = (BUYER if buys else ()) + (SUPPLIER if supplies else ())
    # A supplier looks for needs, a buyer for capabilities.
    browse = BROWSE if supplies else BROWSE[::-1]
    nearly = (NEARLY,) if supplies else ()
    return (browse[0], *own, PROPOSALS, *nearly, OWN_FIRM, CONFERENCES, browse[1])


def _account_links(app: Flask, actor: Actor) -> dict[str, object]:
    def link(endpoint: str) -> str | None:
        return url_for(endpoint) if endpoint in app.view_functions else None

    if not actor.signed_in:
        return {"sign_in_url": link("accounts.sign_in"), "register_url": link("accounts.register")}
    return {
        "sign_out_url": link("accounts.sign_out"),
        "account_links": [
            {"label": translated(place.label), "url": url_for(place.endpoint), "icon": place.icon}
            for place in _behind_the_name(actor)
            if place.endpoint in app.view_functions
        ],
    }


def _behind_the_name(actor: Actor) -> tuple[Place, ...]:
    """What stands in the menu of one's own name."""
    administration = ADMINISTRATION if actor.bureau else ()
    return administration + (INDEX_STATE if actor.administrator else ()) + ACCOUNT


def _band(firm: Firm | None) -> dict[str, object]:
    """The band that says for which firm staff fill in (代填)."""
    if firm is None:
        return {}
    return {"acting_for": firm.legal_name, "stop_acting_url": url_for("firms.stop_acting")}


def _is_here(place: Place) -> bool:
    """One place is current at a time: its own page, or a page of its room; the browse pages are two places.

    A page that others read too says where it stands for this reader: ``g.place`` (somebody else's need is under 需求).
    """
    if "place" in g:
        return bool(place.endpoint == g.place)
    if request.endpoint == place.endpoint:
        return True
    return request.blueprint != "discovery" and request.blueprint == place.endpoint.partition(".")[0]


def register_navigation(app: Flask) -> None:
    @app.context_processor
    def common() -> dict[str, object]:
        actor = current_actor()
        filling_in = reading().get(Firm, actor.acting_for) if actor.acting_for is not None else None
        return {
            "current": actor,
            "locale": current_locale(),
            "site_notice": translated(DEMO_NOTICE) if settings().demo else None,
            "privacy_url": url_for("accounts.terms") if "accounts.terms" in app.view_functions else None,
            "help_url": url_for("pages.about"),
            **_band(filling_in),
            **_account_links(app, actor),
            "nav": [
                {
                    "label": translated(place.label),
                    "url": url_for(place.endpoint),
                    "icon": place.icon,
                    "active": _is_here(place),
                }
                for place in places_for(actor, filling_in)
                if place.endpoint in app.view_functions
            ],
        }
