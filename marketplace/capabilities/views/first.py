"""A firm's first capability on a phone: one short form, a look at the rows that were read, and what happens next.

Everything that the long form asks for beside this can come later; the page after sending says what each would bring.
"""

from __future__ import annotations

from dataclasses import replace

from flask import redirect, render_template, request, url_for
from flask_login import login_required
from sqlalchemy.orm import Session

from marketplace.capabilities import photos, queries, rules, service
from marketplace.capabilities.blueprint import pages
from marketplace.capabilities.content import CapabilityContent
from marketplace.capabilities.forms import FirstForm, RowsForm
from marketplace.capabilities.models import Capability
from marketplace.capabilities.presenting import UNITS
from marketplace.capabilities.reading import rows_in
from marketplace.capabilities.views.writing import Answer, mine_or_404, writable_firms
from marketplace.core import jobs
from marketplace.core.actor import Actor
from marketplace.core.errors import NotFound, Refusal
from marketplace.core.files import LARGEST_PHOTO, MEBIBYTE
from marketplace.core.lifecycle import Action, allowed_actions
from marketplace.core.web.language import say
from marketplace.core.web.limits import UPLOADS, limiter
from marketplace.core.web.links import url_if_there
from marketplace.core.web.listing_choices import division_choices
from marketplace.core.web.listing_forms import spec_content
from marketplace.core.web.refusals import show_refusal
from marketplace.core.web.request import (
    current_actor,
    current_locale,
    file_store,
    now,
    reading,
    today,
    unit_of_work,
)
from marketplace.firms import service as firms
from marketplace.firms.models import Firm
from marketplace.taxonomy import queries as taxonomy


@pages.route("/first", methods=["GET", "POST"])
@login_required
@limiter.limit(UPLOADS, methods=["POST"])
def first() -> Answer:
    """产品, 一句话, 关键参数 as free text, 产能 and 交期, a photo; where it is made is the firm's record, and can be put
    right here."""
    offered = [firm for firm in writable_firms() if firm.is_supplier]
    if not offered:
        return render_template("capabilities/no_firm.html", firm_url=url_if_there("firms.mine"))
    firm = _chosen(offered)
    form = _form(firm)
    if not form.is_submitted():
        return _first_page(form, firm)
    if not form.validate():
        return _first_page(form, firm), 422
    job_id, (name, picture) = None, _upload(form)
    try:
        held = photos.hold(file_store(), name, picture) if name else None
        with unit_of_work() as session:
            actor = current_actor()
            _put_place_right(session, actor, firm, form.production_division.data or None)
            capability_id = service.create(session, actor, firm.id, form.content(), now=now()).id
            if held is not None:
                job_id = photos.take_in(session, actor, capability_id, held, now=now()).id
            if not form.parameters.data:
                service.submit(session, actor, capability_id, now=now())
    except Refusal as refusal:
        show_refusal(form, refusal)
        return _first_page(form, firm), 422
    following = "capabilities.look" if form.parameters.data else "capabilities.sent"
    return redirect(url_for(following, capability_id=capability_id, photo=job_id))


def _form(firm: Firm) -> FirstForm:
    """Begun with what the record says: the first of its leading products while nothing is listed, and its place."""
    session, place = reading(), _place_of(firm)
    form = FirstForm(
        data={
            "product": rules.first_product(firm.main_product) if _lists_nothing(firm) else "",
            "production_division": place,
        }
    )
    form.offer(
        division_choices(taxonomy.divisions(session), place, today(), current_locale(), place),
    )
    return form


def _lists_nothing(firm: Firm) -> bool:
    return not queries.has_any(reading(), firm.id)


def _place_of(firm: Firm) -> str | None:
    return firm.production_division or firm.registered_division


def _put_place_right(session: Session, actor: Actor, firm: Firm, place: str | None) -> None:
    """Another place than the record's goes into the record, said by whoever fills in."""
    if place and place != _place_of(firm):
        facts = replace(firms.facts_of(session.get_one(Firm, firm.id)), production_division=place)
        firms.update_firm(session, actor, firm.id, facts, now=now())


def _upload(form: FirstForm) -> tuple[str, bytes]:
    """Name and bytes of the picture, or nothing; read before the database is held up for it."""
    sent = form.photos.data
    if not getattr(sent, "filename", ""):
        return "", b""
    try:
        return sent.filename, sent.read()
    finally:
        sent.close()


def _chosen(offered: list[Firm]) -> Firm:
    wanted = request.values.get("firm", "")
    return next((firm for firm in offered if str(firm.id) == wanted), offered[0])


def _first_page(form: FirstForm, firm: Firm) -> str:
    place = _place_of(firm)
    return render_template(
        "capabilities/first.html",
        form=form,
        firm=firm,
        nothing_listed=_lists_nothing(firm),
        units=UNITS,
        place=taxonomy.division_label(reading(), place, current_locale()),
        megabytes=LARGEST_PHOTO // MEBIBYTE,
        proposals_url=url_if_there("proposals.mine"),
    )


@pages.route("/<int:capability_id>/look", methods=["GET", "POST"])
@login_required
def look(capability_id: int) -> Answer:
    """The rows as they were read: nothing is said in the firm's name before its person has looked."""
    capability = mine_or_404(capability_id)
    if Action.SUBMIT not in allowed_actions(capability, today()):
        return redirect(url_for("capabilities.sent", capability_id=capability_id, photo=_photo_job()))
    form = RowsForm() if request.method == "POST" else _read_form(capability)
    if not form.is_submitted():
        return _look_page(form, capability)
    if not form.validate():
        return _look_page(form, capability), 422
    try:
        with unit_of_work() as session:
            actor, written = current_actor(), queries.content_of_capability(capability)
            content = _with_rows(written, form)
            service.save(session, actor, capability_id, content, now=now())
            service.submit(session, actor, capability_id, now=now())
    except Refusal as refusal:
        form.show(refusal)
        return _look_page(form, capability), 422
    return redirect(url_for("capabilities.sent", capability_id=capability_id, photo=_photo_job()))


def _read_form(capability: Capability) -> RowsForm:
    """The rows that stand in the draft already, else those that its text reads as."""
    rows = queries.content_of_capability(capability).specs or rows_in(capability.description)
    return RowsForm(formdata=None, data={"specs": [vars(row) for row in rows]})


def _with_rows(content: CapabilityContent, form: RowsForm) -> CapabilityContent:
    return replace(content, specs=spec_content(form.specs))


def _look_page(form: RowsForm, capability: Capability) -> str:
    return render_template(
        "capabilities/look.html", form=form, capability=capability, units=UNITS, photo=_photo_job()
    )


@pages.get("/<int:capability_id>/sent")
@login_required
def sent(capability_id: int) -> Answer:
    """It is with the bureau; what to do meanwhile, and what would bring more."""
    capability = mine_or_404(capability_id)
    content = queries.content_of_capability(capability)
    return render_template(
        "capabilities/sent.html",
        capability=capability,
        photo=_photo_job(),
        checked=capability.firm.verified_at is not None,
        missing=rules.missing_for_buyers(content, len(capability.photos)),
        points=rules.completeness(content, len(capability.photos)),
        worth=rules.COMPLETENESS,
        proposals_url=url_if_there("proposals.mine"),
    )


@pages.get("/<int:capability_id>/sent/photo")
@login_required
def sent_photo(capability_id: int) -> Answer:
    """How far the picture is, asked by the page until it is there."""
    mine_or_404(capability_id)
    job_id = _photo_job()
    if job_id is None:
        raise NotFound
    job = jobs.own_job(reading(), current_actor(), job_id)
    if job.kind != photos.SHRINK or job.params["capability_id"] != capability_id:
        raise NotFound
    failure = say(job.failure["code"], job.failure["params"]) if job.failure else ""
    return render_template(
        "capabilities/_photo_under_way.html", capability_id=capability_id, job=job, failure=failure
    )


def _photo_job() -> int | None:
    text = request.values.get("photo", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else None
