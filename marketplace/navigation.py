"""What stands in the top bar for whom: the few places each role goes to every day."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, request, url_for

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
MEMBER = (Place(N_("推荐对接"), "proposals.mine", "people"), Place(N_("我的企业"), "firms.mine", "building"))
STAFF = (
    Place(N_("审核"), "moderation.desk", "check2-square"),
    Place(N_("两表匹配"), "imports.start", "file-earmark-spreadsheet"),
    Place(N_("对接会"), "conferences.index", "calendar-event"),
    Place(N_("企业"), "firms.index", "building"),
)


ACCOUNT = (Place(N_("我的账号"), "accounts.me", "person-gear"),)
ADMINISTRATION = (Place(N_("单位与人员"), "accounts.offices", "people"),)
DEMO_NOTICE = N_("这是演示站：企业、需求和能力均为虚构示例，不代表任何真实单位。")


def places_for(actor: Actor, has_buyer: bool = True, has_supplier: bool = True) -> tuple[Place, ...]:
    if actor.staff:
        # Who fills in for a firm (代填) goes where its members go; the band on top leads back.
        return BROWSE + BUYER + SUPPLIER + MEMBER if actor.acting_for is not None else BROWSE + STAFF
    if actor.firm_ids:
        own = (BUYER if has_buyer else ()) + (SUPPLIER if has_supplier else ())
        return BROWSE + own + MEMBER
    return BROWSE


def _account_links(app: Flask, actor: Actor) -> dict[str, object]:
    def link(endpoint: str) -> str | None:
        return url_for(endpoint) if endpoint in app.view_functions else None

    if not actor.signed_in:
        return {"sign_in_url": link("accounts.sign_in"), "register_url": link("accounts.register")}
    return {
        "sign_out_url": link("accounts.sign_out"),
        "account_links": [
            {"label": translated(place.label), "url": url_for(place.endpoint), "icon": place.icon}
            for place in (ADMINISTRATION + ACCOUNT if actor.bureau else ACCOUNT)
            if place.endpoint in app.view_functions
        ],
    }


def _acting(actor: Actor) -> dict[str, object]:
    """The band that says for which firm staff fill in."""
    if actor.acting_for is None:
        return {}
    firm = reading().get(Firm, actor.acting_for)
    return {
        "acting_for": firm.legal_name if firm else str(actor.acting_for),
        "stop_acting_url": url_for("firms.stop_acting"),
    }


def register_navigation(app: Flask) -> None:
    @app.context_processor
    def common() -> dict[str, object]:
        actor = current_actor()
        return {
            "current": actor,
            "locale": current_locale(),
            "site_notice": translated(DEMO_NOTICE) if settings().demo else None,
            "privacy_url": url_for("accounts.terms") if "accounts.terms" in app.view_functions else None,
            "help_url": url_for("pages.about"),
            **_acting(actor),
            **_account_links(app, actor),
            "nav": [
                {
                    "label": translated(place.label),
                    "url": url_for(place.endpoint),
                    "icon": place.icon,
                    "active": request.endpoint == place.endpoint
                    or (
                        request.blueprint != "discovery"
                        and request.blueprint == place.endpoint.partition(".")[0]
                    ),
                }
                for place in places_for(actor)
                if place.endpoint in app.view_functions
            ],
        }
