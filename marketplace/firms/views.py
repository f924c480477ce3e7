"""Pages of a firm's record: bring it in, look at it, change it. People and staff have modules of their own."""

from __future__ import annotations

from flask import current_app, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts import queries as accounts
from marketplace.core.clock import day_of
from marketplace.core.errors import Refusal
from marketplace.core.web.language import say
from marketplace.core.web.limits import SEARCHES, limiter
from marketplace.core.web.refusals import show_refusal
from marketplace.core.web.request import current_actor, current_locale, now, reading, today, unit_of_work
from marketplace.firms import people_views, presenting, queries, rules, service, staff_views, way_in_views
from marketplace.firms.blueprint import editable_firm, firm_or_404, pages, signed_in
from marketplace.firms.forms import FirmForm
from marketplace.firms.models import Firm
from marketplace.taxonomy import queries as taxonomy
from marketplace.taxonomy.rules import industry_code

__all__ = ["pages", "people_views", "staff_views", "way_in_views"]

MOST_FOUND = 20
# What higher topics show on a firm's page, each as a part of its own with this heading (certificates bring theirs).
CERTIFICATES, NEEDS, CAPABILITIES = "certifications.of_firm", "needs.of_firm", "capabilities.of_firm"


# ---------------------------------------------------------------- long lists, found by typing
@pages.get("/divisions")
@limiter.limit(SEARCHES)
def divisions() -> ResponseReturnValue:
    """The first divisions in force whose code or name fits ``q``, as [{value, text}]; provinces for nothing."""
    session, locale = reading(), current_locale()
    found = taxonomy.search_divisions(session, request.args.get("q", "")[:40], today(), MOST_FOUND)
    zone = say("division.zone")
    return jsonify(
        [
            {
                "value": node.code,
                "text": taxonomy.division_label(session, node.code, locale)
                + (f" · {zone}" if node.is_zone else ""),
            }
            for node in found
        ]
    )


@pages.get("/industries")
@limiter.limit(SEARCHES)
def industries() -> ResponseReturnValue:
    """The first industries (大类 and narrower) whose code or name fits ``q``, as [{value, text}]."""
    found = taxonomy.search_industries(reading(), request.args.get("q", "")[:40], 2 * MOST_FOUND)
    narrow = [node for node in found if node.level != "section"] or found
    return jsonify(
        [
            {"value": node.code, "text": f"{node.code} {node.label(current_locale())}"}
            for node in narrow[:MOST_FOUND]
        ]
    )


def _looked_up(form: FirmForm) -> dict[str, str | None]:
    """Codes for what stands in the boxes: the code itself, or the full name where scripts could not look it up."""
    session = reading()
    codes: dict[str, str | None] = {}
    for name in ("registered_division", "production_division"):
        text = form[name].data or ""
        named = [
            node.code
            for node in taxonomy.search_divisions(session, text, today(), 2)
            if node.full_name == text
        ]
        codes[name] = named[0] if len(named) == 1 else text
    text = form.industry_code.data or ""
    named = [node.code for node in taxonomy.search_industries(session, text, 50) if node.name == text]
    codes["industry_code"] = named[-1] if named else industry_code(text)
    return codes


def _form_for(firm: Firm | None) -> FirmForm:
    session = reading()
    return FirmForm.made(
        firm,
        bureau=current_actor().bureau,
        chains=taxonomy.chains(session),
        offices={office.id: office.name for office in accounts.offices(session) if office.kind == "town"},
        locale=current_locale(),
    )


def _everything_wrong(form: FirmForm, firm: Firm | None) -> None:
    """One box that cannot be read must not hide what is wrong with the others until the next try."""
    unread = {name for name in form.errors if name}
    if form.is_submitted() and unread and "csrf_token" not in unread:
        found = service.problems_with(reading(), form.facts(_looked_up(form)), firm)
        show_refusal(form, Refusal.of([problem for problem in found if problem.field not in unread]))


def _form_page(form: FirmForm, firm: Firm | None) -> ResponseReturnValue:
    session, locale = reading(), current_locale()
    labels = {
        name: taxonomy.division_label(session, form[name].data, locale)
        for name in ("registered_division", "production_division")
    }
    node = taxonomy.industries(session).get(form.industry_code.data or "")
    labels["industry_code"] = f"{node.code} {node.label(locale)}" if node else (form.industry_code.data or "")
    return (
        render_template(
            "firms/edit.html", form=form, firm=firm, labels=labels, states=form.section_states(),
            checked=firm is not None and firm.verified_at is not None and not current_actor().staff,
        ),
        422 if form.is_submitted() else 200,
    )  # fmt: skip


@pages.route("/new", methods=["GET", "POST"])
@signed_in
def new() -> ResponseReturnValue:
    """A person registers their own firm; staff pre-fill one that claims it later."""
    form = _form_for(None)
    if form.validate_on_submit():
        actor = current_actor()
        try:
            with unit_of_work() as session:
                facts = form.facts(_looked_up(form))
                create = service.create_for if actor.staff else service.register_firm
                firm = create(session, actor, facts, now=now())
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            flash(
                gettext("已建好「%(firm)s」的档案：可以生成认领码，交给企业自己认领。", firm=firm.legal_name)
                if actor.staff
                else gettext(
                    "「%(firm)s」已登记，正在等主办单位核对：现在可以准备需求和能力，核对后即可发布。",
                    firm=firm.legal_name,
                ),
                "success",
            )
            return redirect(url_for("firms.show", firm_id=firm.id))
    else:
        _everything_wrong(form, None)
    return _form_page(form, None)


@pages.get("/mine")
@signed_in
def mine() -> ResponseReturnValue:
    """The reader's firm, a choice among several, or how to come to one."""
    own = queries.firms_of(reading(), current_actor())
    if len(own) == 1:
        return redirect(url_for("firms.show", firm_id=own[0].id))
    roles = current_actor().firm_roles
    return render_template("firms/mine.html", firms=own, roles=roles)


def _parts(firm: Firm) -> list[tuple[str, str]]:
    """Heading and address of each part that this firm can have; a topic that has no page is left out."""
    wanted = [("", CERTIFICATES)]
    if firm.is_supplier:
        wanted.append((gettext("能力"), CAPABILITIES))
    if firm.is_buyer:
        wanted.append((gettext("需求"), NEEDS))
    return [
        (heading, url_for(endpoint, firm_id=firm.id))
        for heading, endpoint in wanted
        if endpoint in current_app.view_functions
    ]


@pages.get("/<int:firm_id>")
def show(firm_id: int) -> ResponseReturnValue:
    firm, actor, session, locale = firm_or_404(firm_id), current_actor(), reading(), current_locale()
    view = queries.view_of(firm)
    inside = actor.belongs_to(firm_id) or rules.looks_after(actor, firm.office_id)
    office = next((office for office in accounts.offices(session) if office.id == firm.office_id), None)
    return render_template(
        "firms/show.html",
        firm=firm,
        waited_days=(today() - day_of(firm.created_at)).days,
        inside=inside,
        belongs=actor.belongs_to(firm_id),
        may_edit=rules.may_edit(actor, view),
        may_see_figures=rules.may_see_figures(actor, view),
        looks_after=rules.looks_after(actor, firm.office_id),
        registered=presenting.place_of(session, firm.registered_division, locale),
        production=presenting.place_of(session, firm.production_division, locale),
        industry=presenting.industry_of(session, firm.industry_code, locale),
        places=presenting.chain_places(session, firm, locale),
        size=presenting.size_code(session, firm),
        sources=presenting.sources_of(firm, locale),
        office=office,
        granted=queries.open_grant(session, firm_id, actor.firm_ids) is not None,
        history=presenting.history_of(session, firm_id, locale) if inside else [],
        parts=_parts(firm),
    )


@pages.route("/<int:firm_id>/edit", methods=["GET", "POST"])
@signed_in
def edit(firm_id: int) -> ResponseReturnValue:
    firm = editable_firm(firm_id)
    form = _form_for(firm)
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                facts = form.facts(_looked_up(form))
                changed = service.update_firm(
                    session,
                    current_actor(),
                    firm_id,
                    facts,
                    expected_version=form.expected_version,
                    now=now(),
                )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            flash(
                gettext("没有改动，档案保持原样。")
                if changed.version == firm.version
                else gettext("已保存。名称或信用代码有改动，主办单位核对后恢复公开。")
                if firm.verified_at is not None and changed.verified_at is None
                else gettext("已保存，企业页面上就是最新内容。"),
                "success",
            )
            return redirect(url_for("firms.show", firm_id=firm_id))
    else:
        _everything_wrong(form, firm)
    return _form_page(form, firm)
