"""Pages of staff: the list of firms, checking and suspending, claim codes, filling in for a firm (代填)."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts import queries as accounts
from marketplace.core.clock import day_of
from marketplace.core.errors import Forbidden, Refusal
from marketplace.core.paging import newest_first
from marketplace.core.web.language import say
from marketplace.core.web.request import current_actor, current_locale, now, reading, today, unit_of_work
from marketplace.firms import claims, queries, service
from marketplace.firms.blueprint import firm_or_404, pages, staff_reader
from marketplace.firms.models import PARTY_KINDS, Firm
from marketplace.firms.way_in_views import slips, slips_page
from marketplace.taxonomy import queries as taxonomy

STATUSES = ("waiting", "checked", "unclaimed", "suspended")
PAGE_SIZE = 25


def _row_id(text: str) -> int | None:
    """A row's number out of a form or an address; None for anything that cannot be one."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None


@pages.get("/")
def index() -> ResponseReturnValue:
    actor, reader = staff_reader(), reading()
    wanted = queries.FirmFilter(
        text=request.args.get("q", "")[:120],
        office_id=_row_id(request.args.get("office", "")),
        status=request.args.get("status", ""),
        chain_key=request.args.get("chain", "")[:30],
        party_kind=request.args.get("kind", "")[:24],
    )
    page = newest_first(
        reader,
        queries.firms_for_staff(actor, wanted),
        Firm.id,
        before=request.args.get("before", type=int),
        after=request.args.get("after", type=int),
        size=PAGE_SIZE,
    )
    kept = {
        key: value
        for key, value in request.args.to_dict().items()
        if key in ("q", "office", "status", "chain", "kind") and value
    }
    offices = {office.id: office for office in accounts.offices(reader)}
    chains = {chain.key: chain.label(current_locale()) for chain in taxonomy.chains(reader)}
    return render_template(
        "firms/index.html",
        firms=page.items,
        wanted=wanted,
        kept=kept,
        offices=offices,
        towns=[office for office in offices.values() if office.kind == "town"],
        chains=chains,
        stands_on={
            firm.id: [chains.get(key, key) for key in dict.fromkeys(place.chain_key for place in firm.chains)]
            for firm in page.items
        },
        places={firm.id: taxonomy.division_label(reader, firm.registered_division, current_locale()) for firm in page.items},
        kinds=PARTY_KINDS,
        statuses=STATUSES,
        alarms=claims.open_alarms(reader, actor) if not kept else [],
        today=today(),
        day_of=day_of,
        older_url=url_for("firms.index", before=page.older, **kept) if page.older else None,  # type: ignore[arg-type]
        newer_url=url_for("firms.index", after=page.newer, **kept) if page.newer else None,  # type: ignore[arg-type]
    )  # fmt: skip


@pages.post("/verify")
def verify_many() -> ResponseReturnValue:
    """Mark every chosen firm as checked: all or none."""
    actor = staff_reader()
    if request.form.get("action") == "slips":
        return slips()
    chosen = [number for text in request.form.getlist("firm_id") if (number := _row_id(text)) is not None]
    if not chosen:
        flash(gettext("还没有勾选企业：请先勾选要核对的企业。"), "warning")
        return redirect(url_for("firms.index", status="waiting"))
    with unit_of_work() as writing:
        checked = service.verify_all(writing, actor, sorted(set(chosen))[:PAGE_SIZE], now=now())
    flash(gettext("已核对 %(count)s 家企业，对外可见。", count=len(checked)), "success")
    return redirect(url_for("firms.index", status="waiting"))


@pages.post("/<int:firm_id>/verify")
def verify(firm_id: int) -> ResponseReturnValue:
    actor = staff_reader()
    try:
        with unit_of_work() as writing:
            service.verify(
                writing, actor, firm_id, expected_version=request.form.get("version", type=int), now=now()
            )
    except Refusal as refusal:
        flash(say(refusal.code), "danger")
    else:
        flash(gettext("已核对：企业对外可见，可以发布需求和能力。"), "success")
    return redirect(url_for("firms.show", firm_id=firm_id))


@pages.post("/<int:firm_id>/suspend")
def suspend(firm_id: int) -> ResponseReturnValue:
    actor = staff_reader()
    try:
        with unit_of_work() as writing:
            service.suspend(writing, actor, firm_id, reason=request.form.get("reason", "")[:500], now=now())
    except Refusal as refusal:
        flash(say(refusal.code), "danger")
    else:
        flash(gettext("已停用：企业和它的需求、能力都不再对外可见。"), "success")
    return redirect(url_for("firms.show", firm_id=firm_id))


@pages.post("/<int:firm_id>/claim-code")
def claim_code(firm_id: int) -> ResponseReturnValue:
    """A new claim code on a slip to print. It is shown this once; nobody can look it up later."""
    actor = staff_reader()
    firm_or_404(firm_id)
    with unit_of_work() as writing:
        way = claims.issue(writing, actor, firm_id, now=now())
    return slips_page([way])


@pages.post("/<int:firm_id>/act")
def act_for(firm_id: int) -> ResponseReturnValue:
    """Begin to fill in for a firm (代填): what is written from now on is marked as done by staff."""
    actor = staff_reader()
    firm = firm_or_404(firm_id)
    if not queries.may_act_for(reading(), actor, firm_id):
        raise Forbidden
    session["acting_for"] = firm_id
    flash(gettext("开始代填「%(firm)s」：每一步都会记为代填，企业能看到。", firm=firm.legal_name), "info")
    return redirect(url_for("firms.show", firm_id=firm_id))


@pages.post("/stop-acting")
def stop_acting() -> ResponseReturnValue:
    acted_for = current_actor().acting_for
    session.pop("acting_for", None)
    if acted_for is None:
        return redirect(url_for("firms.mine"))
    flash(gettext("代填已结束。"), "info")
    return redirect(url_for("firms.show", firm_id=acted_for))
