"""Writing a capability: the form, its autosave, rows read from a text."""

from __future__ import annotations

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response

from marketplace.capabilities import photos, presenting, queries, rules, service
from marketplace.capabilities.blueprint import pages
from marketplace.capabilities.content import CapabilityContent
from marketplace.capabilities.forms import CapabilityForm, form_for, form_values
from marketplace.capabilities.models import Capability
from marketplace.capabilities.reading import rows_in
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.core.lifecycle import Action, State, allowed_actions, state_of
from marketplace.core.web import listing_forms
from marketplace.core.web.language import plain_number, say
from marketplace.core.web.limits import UPLOADS, limiter
from marketplace.core.web.links import url_if_there
from marketplace.core.web.refusals import show_refusal
from marketplace.core.web.request import (
    current_actor,
    current_locale,
    file_store,
    keeping,
    now,
    reading,
    today,
    unit_of_work,
)
from marketplace.core.web.term_forms import term_lines
from marketplace.firms import queries as firms
from marketplace.firms.models import Firm
from marketplace.taxonomy import queries as taxonomy

Answer = str | Response | tuple[str, int]


def writable_firms() -> list[Firm]:
    actor = current_actor()
    return [firm for firm in firms.firms_of(reading(), actor) if actor.may_edit_firm(firm.id)]


def _form(capability: Capability | None, offered: list[Firm]) -> CapabilityForm:
    session, locale = reading(), current_locale()
    if capability is None:
        content = _asked_for()
        data = form_values(content) | {"firm_id": request.args.get("firm", "")}
    else:
        content = queries.content_of_capability(capability)
        data = form_values(content, taxonomy.type_fields(session)) | {"version": str(capability.version)}
    types = request.form.getlist("types") if request.method == "POST" else content.types
    form = form_for(session, types, locale)(data=data)
    if capability is not None:
        form.nature.data = capability.nature
    home = capability.firm if capability is not None else _home(form, offered)
    form.offer(session, locale, offered, home, as_of=today())
    if capability is not None:
        # A page that began as a new one still sends it: whose a capability is never changes.
        del form.firm_id
    return form


def _asked_for() -> CapabilityContent:
    """What the start page asked for: 我开放 or 我能做, and the type."""
    nature = "opening" if request.args.get("nature") == "opening" else "capability"
    asked = request.args.get("type", "")
    known = asked in taxonomy.need_types(reading())
    return CapabilityContent(nature=nature, types=(asked,) if known else ())


def _home(form: CapabilityForm, offered: list[Firm]) -> Firm:
    return next((firm for firm in offered if str(firm.id) == form.firm_id.data), offered[0])


@pages.get("/type-terms")
@login_required
def type_terms() -> str:
    """The fields of the types that were chosen in the form; what fits them keeps its value."""
    form = form_for(reading(), request.args.getlist("types"), current_locale())(formdata=request.args)
    return render_template("capabilities/_terms.html", term_lines=term_lines(form))


def mine_or_404(capability_id: int) -> Capability:
    actor = current_actor()
    capability = queries.capability_or_none(reading(), actor, capability_id, today())
    if capability is None:
        raise NotFound
    if not rules.may_edit(actor, queries.view_of(capability, today())):
        raise Forbidden
    return capability


def _firm_id(form: CapabilityForm, offered: list[Firm]) -> int:
    return _home(form, offered).id


@pages.route("/new", methods=["GET", "POST"])
@login_required
@limiter.limit(UPLOADS, methods=["POST"])
def new() -> Answer:
    offered = writable_firms()
    if not offered:
        return render_template("capabilities/no_firm.html", firm_url=url_if_there("firms.mine"))
    form = _form(None, offered)
    if request.method == "GET":
        return _page(form, None, offered)
    if request.form.get("action") == "read":
        return _read(form, None, offered)
    if not form.validate():
        return _page(form, None, offered), 422
    try:
        with unit_of_work() as session:
            capability = service.create(
                session, current_actor(), _firm_id(form, offered), form.content(), now=now()
            )
            capability_id, version = capability.id, capability.version
    except Refusal as refusal:
        form.show(refusal)
        return _page(form, None, offered), 422
    form.version.data = str(version)
    return _go_on(form, capability_id)


@pages.route("/<int:capability_id>/edit", methods=["GET", "POST"])
@login_required
@limiter.limit(UPLOADS, methods=["POST"])
def edit(capability_id: int) -> Answer:
    capability = mine_or_404(capability_id)
    if Action.SAVE not in allowed_actions(capability, today()):
        flash(
            say("capabilities.said.not_now", state=(f"lifecycle.state.{state_of(capability, today())}", {}))
        )
        return redirect(url_for("capabilities.show", capability_id=capability_id))
    form = _form(capability, [])
    if request.method == "GET":
        return _page(form, capability, [])
    if request.form.get("action") == "read":
        return _read(form, capability, [])
    if not form.validate():
        return _page(form, capability, []), 422
    try:
        with unit_of_work() as session:
            saved = service.save(
                session,
                current_actor(),
                capability_id,
                form.content(),
                expected_version=form.expected_version,
                now=now(),
            )
            form.version.data = str(saved.version)
    except Refusal as refusal:
        if refusal.code == "core.stale":
            return _stale(form, capability)
        form.show(refusal)
        return _page(form, capability, []), 422
    return _go_on(form, capability_id)


def _go_on(form: CapabilityForm, capability_id: int) -> Answer:
    """What follows once the text is saved: photos, then the hand-over. What fails leaves the text saved."""
    try:
        for upload in form.photos.data or ():
            if getattr(upload, "filename", ""):
                picture = photos.drawn(upload.filename, upload.read())
                with keeping(picture.content) as session:
                    photos.add(session, current_actor(), file_store(), capability_id, picture, now=now())
        if request.form.get("action") == "submit":
            with unit_of_work() as session:
                product = service.submit(session, current_actor(), capability_id, now=now()).product
            flash(say("capabilities.said.submit", product=product), "success")
            return redirect(url_for("capabilities.show", capability_id=capability_id))
    except Refusal as refusal:
        form.show(refusal)
        return _page(form, mine_or_404(capability_id), []), 422
    flash(say("capabilities.said.saved"), "success")
    return redirect(url_for("capabilities.edit", capability_id=capability_id))


def _read(form: CapabilityForm, capability: Capability | None, offered: list[Firm]) -> Answer:
    """Rows found in the pasted text stand in the table and nowhere else until the form is saved."""
    form.validate()
    found = rows_in((form.read_text.data or "")[: rules.LONGEST_TEXT])
    count = form.append_rows(found)
    code = "capabilities.said.read" if count else "capabilities.said.read_nothing"
    if count:
        form.read_text.data = ""
    return _page(form, capability, offered, read_said=say(code, count=count), read_count=count)


def _stale(form: CapabilityForm, capability: Capability) -> Answer:
    stored = form_values(queries.content_of_capability(capability), taxonomy.type_fields(reading()))
    differences = []
    for name, value in stored.items():
        typed = getattr(form, name, None)
        if typed is None or name in ("specs", "photos"):
            continue
        before, after = _plain(value), _plain(typed.data)
        if before != after:
            differences.append({"label": typed.label.text, "stored": before})
    if listing_forms.spec_content(form.specs) != queries.content_of_capability(capability).specs:
        count = len(capability.specs)
        differences.append({"label": gettext("关键参数"), "stored": gettext("%(count)s 行", count=count)})
    form.version.data = str(capability.version)
    return _page(form, capability, [], differences=differences), 409


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return "、".join(sorted(map(str, value)))
    if value is None:
        return ""
    return plain_number(value) if not isinstance(value, str) else value


def _page(form: CapabilityForm, capability: Capability | None, offered: list[Firm], **more: Any) -> str:
    return render_template(
        "capabilities/form.html",
        form=form,
        capability=capability,
        firms=offered,
        units=presenting.UNITS,
        term_lines=term_lines(form),
        opening=form.nature.data == "opening",
        most_photos=rules.MOST_PHOTOS,
        returned=capability is not None and state_of(capability, today()) is State.RETURNED,
        **more,
    )


# ---------------------------------------------------------------- autosave
@pages.post("/new/autosave")
@login_required
def autosave_new() -> Response:
    offered = writable_firms()
    if not offered:
        raise Forbidden
    form = _form(None, offered)
    content = form.content() if form.validate() else CapabilityContent()
    if not form.errors and not content.product:
        form.form_errors.append(gettext("写上产品或服务名称后开始自动保存。"))
    if form.errors:
        return listing_forms.autosave_refused(form)
    try:
        with unit_of_work() as session:
            capability = service.create(session, current_actor(), _firm_id(form, offered), content, now=now())
            capability_id, version = capability.id, capability.version
    except Refusal as refusal:
        form.show(refusal)
        return listing_forms.autosave_refused(form)
    return listing_forms.autosaved(
        version,
        page_url=url_for("capabilities.edit", capability_id=capability_id),
        autosave_url=url_for("capabilities.autosave", capability_id=capability_id),
    )


@pages.post("/<int:capability_id>/autosave")
@login_required
def autosave(capability_id: int) -> Response:
    capability = mine_or_404(capability_id)
    form = _form(capability, [])
    if not form.validate():
        return listing_forms.autosave_refused(form)
    try:
        with unit_of_work() as session:
            saved = service.save(
                session,
                current_actor(),
                capability_id,
                form.content(),
                expected_version=form.expected_version,
                now=now(),
            )
            version = saved.version
    except Refusal as refusal:
        if refusal.code == "core.stale":
            return listing_forms.autosave_stale(capability.version)
        show_refusal(form, refusal)
        return listing_forms.autosave_refused(form)
    return listing_forms.autosaved(version)
