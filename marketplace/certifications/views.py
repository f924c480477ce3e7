"""Pages of certificates: the table on a firm's page, stating, checking, revoking, and saying that there is none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from io import BytesIO

from flask import Blueprint, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from werkzeug.datastructures import FileStorage

from marketplace.certifications import queries, rules, service
from marketplace.certifications.forms import AbsenceForm, CertificationForm, RevocationForm
from marketplace.certifications.models import Certification
from marketplace.core.actor import Actor
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.core.files import StoredFile, Upload, keep_upload, looked_at
from marketplace.core.web.language import say
from marketplace.core.web.limits import SEARCHES, UPLOADS, limiter
from marketplace.core.web.parts import render_part
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
from marketplace.firms import queries as firm_queries
from marketplace.firms import rules as firm_rules
from marketplace.firms.models import Firm
from marketplace.taxonomy import queries as taxonomy

pages = Blueprint("certifications", __name__, url_prefix="/certifications")
SCANS = frozenset({".pdf", ".jpg", ".jpeg", ".png"})


@dataclass(frozen=True)
class Held:
    """One row of the table: the certificate with its words."""

    row: Certification
    name: str
    standing: str
    days_left: int | None


def _firm(firm_id: int) -> Firm:
    firm = firm_queries.firm_or_none(reading(), current_actor(), firm_id)
    if firm is None:
        raise NotFound
    return firm


def _editable_firm(firm_id: int) -> Firm:
    firm, actor = _firm(firm_id), current_actor()
    if not firm_rules.may_edit(actor, firm_queries.view_of(firm)):
        raise Forbidden if actor.belongs_to(firm_id) else NotFound
    return firm


def _inside(actor: Actor, firm: Firm) -> bool:
    """The firm's own people and the staff who look after it: they see scans, and what was revoked or lapsed long ago."""
    return actor.belongs_to(firm.id) or firm_rules.looks_after(actor, firm.office_id)


def _held(firm_id: int) -> list[Held]:
    session, locale = reading(), current_locale()
    kinds = taxonomy.certificate_kinds(session)
    order = {key: number for number, key in enumerate(kinds)}
    found = [
        Held(
            row,
            kinds[row.kind_key].label(locale) if row.kind_key in kinds else row.kind_key,
            rules.standing(row.valid_from, row.valid_until, row.revoked_on, today()),
            rules.days_left(row.valid_until, today()),
        )
        for row in queries.held_by(session, [firm_id]).get(firm_id, [])
    ]
    worth = ("valid", "soon", "not_yet", "lapsed", "revoked")
    return sorted(
        found, key=lambda held: (worth.index(held.standing), order.get(held.row.kind_key, len(order)))
    )


def _absent(firm_id: int) -> list[tuple[str, str]]:
    kinds = taxonomy.certificate_kinds(reading())
    keys = queries.absences_of(reading(), [firm_id]).get(firm_id, set())
    return [(key, kind.label(current_locale())) for key, kind in kinds.items() if key in keys]


@pages.get("/of-firm/<int:firm_id>")
def of_firm(firm_id: int) -> str:
    """The table as a part of the firm's page."""
    firm, actor = _firm(firm_id), current_actor()
    return render_part(
        "certifications/_of_firm.html",
        gettext("资质与认定"),
        (firm.legal_name, url_for("firms.show", firm_id=firm.id)),
        firm=firm,
        held=_held(firm_id),
        absent=_absent(firm_id),
        inside=_inside(actor, firm),
        may_edit=firm_rules.may_edit(actor, firm_queries.view_of(firm)),
        revocation=RevocationForm(),
    )


@pages.route("/of-firm/<int:firm_id>/add", methods=["GET", "POST"])
@limiter.limit(UPLOADS, methods=["POST"])
def add(firm_id: int) -> ResponseReturnValue:
    firm = _editable_firm(firm_id)
    form = CertificationForm.made(taxonomy.certificate_kinds(reading()), current_locale())
    if request.method == "GET":
        # Where another page said which one is wanted, it is chosen already.
        form.kind_key.data = request.args.get("kind", "")
    if form.validate_on_submit():
        try:
            chosen = _chosen_scan(request.files.get(form.scan.name))
            with keeping(*([chosen.content] if chosen else ())) as session:
                actor, file_id = current_actor(), None
                if chosen is not None:
                    file_id = keep_upload(session, actor, file_store(), chosen, "certificate", now()).id
                service.add(session, actor, firm_id, form.facts(file_id), now=now())
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            flash(gettext("证书已登记，从有效期第一天起计入匹配。"), "success")
            return redirect(url_for("firms.show", firm_id=firm_id))
    return render_template(
        "certifications/add.html", firm=firm, form=form, suggestion=_suggestion(form.kind_key.data, form.valid_from.data)
    ), 422 if form.is_submitted() else 200  # fmt: skip


def _chosen_scan(upload: FileStorage | None) -> Upload | None:
    if upload is None or not upload.filename:
        return None
    return looked_at(upload.filename, upload.read(), SCANS, "scan")


@pages.get("/suggestion")
@limiter.limit(SEARCHES)
def suggestion() -> str:
    """For a tier and a first day: the rule of that day and the last day it gives, as a line under the box."""
    try:
        issued: date | None = date.fromisoformat(request.args.get("valid_from", "").strip())
    except ValueError:
        issued = None
    found = _suggestion(request.args.get("kind_key"), issued)
    return render_template("certifications/_suggestion.html", suggestion=found)


def _suggestion(kind_key: str | None, issued: date | None) -> rules.TierSuggestion | None:
    kind = taxonomy.certificate_kinds(reading()).get(kind_key or "")
    if kind is None or kind.family != rules.TIER_FAMILY or issued is None:
        return None
    return rules.tier_suggestion(taxonomy.tier_rules(reading()), taxonomy.tiers(reading()), kind.key, issued)


# ---------------------------------------------------------------- one certificate
def _certificate(certification_id: int) -> tuple[Certification, Firm]:
    certification = queries.certification_or_none(reading(), certification_id)
    if certification is None:
        raise NotFound
    return certification, _firm(certification.firm_id)


def _back(firm_id: int) -> ResponseReturnValue:
    return redirect(url_for("firms.show", firm_id=firm_id))


@pages.get("/<int:certification_id>/scan")
def scan(certification_id: int) -> ResponseReturnValue:
    """The uploaded scan, for the firm itself and the staff who look after it; always a download, never a page."""
    certification, firm = _certificate(certification_id)
    if certification.file_id is None or not _inside(current_actor(), firm):
        raise NotFound
    stored = reading().get_one(StoredFile, certification.file_id)
    return send_file(
        BytesIO(file_store().read(stored.sha256)),
        mimetype=stored.media_type,
        as_attachment=True,
        download_name=stored.name,
    )


@pages.post("/<int:certification_id>/remove")
def remove(certification_id: int) -> ResponseReturnValue:
    certification, _ = _certificate(certification_id)
    with unit_of_work() as session:
        service.remove(session, current_actor(), certification_id, now=now())
    flash(gettext("证书已删去，不再计入匹配。"), "success")
    return _back(certification.firm_id)


@pages.post("/<int:certification_id>/verify")
def verify(certification_id: int) -> ResponseReturnValue:
    certification, _ = _certificate(certification_id)
    with unit_of_work() as session:
        service.verify(session, current_actor(), certification_id, now=now())
    flash(gettext("证书已标为已核验。"), "success")
    return _back(certification.firm_id)


@pages.post("/<int:certification_id>/revoke")
def revoke(certification_id: int) -> ResponseReturnValue:
    """The day on which the issuing authority took it back; it counts no more from that day."""
    certification, _ = _certificate(certification_id)
    form = RevocationForm()
    if not form.validate() or form.day is None:
        flash(say("certifications.revoked_missing"), "danger")
        return _back(certification.firm_id)
    try:
        with unit_of_work() as session:
            service.revoke(session, current_actor(), certification_id, on=form.day, now=now())
    except Refusal as refusal:
        flash(say(refusal.code, refusal.problems[0].params), "danger")
    else:
        flash(gettext("证书已标为撤销，从撤销日起不再计入匹配。"), "success")
    return _back(certification.firm_id)


# ---------------------------------------------------------------- what a firm does not hold
@pages.route("/of-firm/<int:firm_id>/absent", methods=["GET", "POST"])
def declare_absent(firm_id: int) -> ResponseReturnValue:
    """A firm states that it does not hold a certificate: needs that demand it pass by without a useless call."""
    firm = _editable_firm(firm_id)
    form = AbsenceForm.made(taxonomy.certificate_kinds(reading()), current_locale())
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                service.declare_absent(session, current_actor(), firm_id, form.kind_key.data, now=now())
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            flash(gettext("已声明没有这项证书，以后取得了可以随时登记。"), "success")
            return redirect(url_for("certifications.declare_absent", firm_id=firm_id))
    return render_template(
        "certifications/absent.html", firm=firm, form=form, absent=_absent(firm_id)
    ), 422 if form.is_submitted() else 200


@pages.post("/of-firm/<int:firm_id>/absent/<kind_key>/undeclare")
def undeclare_absent(firm_id: int, kind_key: str) -> ResponseReturnValue:
    _editable_firm(firm_id)
    with unit_of_work() as session:
        service.undeclare_absent(session, current_actor(), firm_id, kind_key, now=now())
    flash(gettext("声明已撤回。"), "success")
    return redirect(url_for("certifications.declare_absent", firm_id=firm_id))
