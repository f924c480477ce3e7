"""Pages on which a need is written: new, edit, autosave, copy, and the live word on payment terms."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response

from marketplace.core.actor import Actor
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.core.lifecycle import Action, allowed_actions
from marketplace.core.web.language import say_problem
from marketplace.core.web.limits import SEARCHES, UPLOADS, limiter
from marketplace.core.web.links import url_if_there
from marketplace.core.web.listing_forms import autosave_refused, autosave_stale, autosaved
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
from marketplace.firms import queries as firm_queries
from marketplace.firms.models import Firm
from marketplace.needs import attachments, presenting, queries, rules, service
from marketplace.needs.access import editable, seen
from marketplace.needs.blueprint import NEED, pages, signed_in, tell
from marketplace.needs.content import NeedContent
from marketplace.needs.forms import (
    NeedForm,
    TermsForm,
    fill_choices,
    form_for,
    offer_firms,
    type_choices,
    values_of,
)
from marketplace.needs.models import Need
from marketplace.needs.sections import outline
from marketplace.taxonomy import queries as taxonomy

SPEC_UNITS = (
    "mm μm m kg t g MPa N kN N·m ℃ % kW kV A V Hz kWh Ah L m³ m² s min h h⁻¹ 件 台 套 吨 米 次".split()
)
# Needs that a new one may be written after; the others are a search away.
MOST_EARLIER = 8
Answer = str | Response | tuple[str, int]


def _writable(actor: Actor) -> list[Firm]:
    """The firms that this person writes needs for; the one that staff fill in for comes first."""
    firms = [firm for firm in firm_queries.firms_of(reading(), actor) if actor.may_edit_firm(firm.id)]
    return sorted(firms, key=lambda firm: (firm.id != actor.acting_for, not firm.is_buyer, firm.id))


def _blank(firm: Firm, as_of: date) -> NeedContent:
    """What a new need starts from: the type that was asked for, the usual validity, and the buyer's own size as far
    as its record tells."""
    types = [choice.value for choice in type_choices(reading(), firm, current_locale())]
    asked = request.args.get("type", "")
    return NeedContent(
        type_key=asked if asked in types else NeedContent().type_key,
        valid_until=as_of + rules.USUAL_VALIDITY,
        buyer_kind=queries.buyer_kind_of(reading(), firm),
    )


def _form(start: NeedContent, firms: Sequence[Firm], home: Firm, version: int | None = None) -> NeedForm:
    chosen = request.form.get("type_key") or start.type_key
    form = form_for(reading(), chosen, current_locale())(data=_values(start, home, version))
    fill_choices(form, reading(), firms, home, today(), current_locale())
    offer_firms(form, reading(), current_actor(), home)
    return form


def _values(start: NeedContent, home: Firm, version: int | None) -> dict[str, object]:
    stated = {"firm_id": home.id, "confidentiality": "restricted"}
    values = values_of(start, taxonomy.type_fields(reading()))
    return {**values, **stated, "version": None if version is None else str(version)}


def _page(form: NeedForm, home: Firm, firms: Sequence[Firm], need: Need | None, **more: object) -> str:
    """The form, as it was filled in, with what the page needs around it."""
    lines = []
    if need is not None:
        whole, view = seen(reading(), current_actor(), need.id, now())
        lines = attachments.lines(reading(), current_actor(), whole, view)
    content, types = form.content(), taxonomy.need_types(reading())
    shown = rules.sections_of(content, presenting.sections_of_type(reading(), content))
    return render_template(
        "needs/edit.html",
        form=form,
        firm=home,
        firms=firms,
        need=need,
        flag=presenting.payment_flag(reading(), content, today()),
        lines=lines,
        units=SPEC_UNITS,
        rules=rules,
        outline=outline(form, shown, has_files=bool(lines)),
        said=rules.sections_of(content, ()),
        types=types,
        earlier=[]
        if need is not None or form.is_submitted()
        else queries.latest_of(reading(), home.id, MOST_EARLIER),
        type_sections={key: kind.sections for key, kind in types.items()},
        term_lines=term_lines(form),
        reasons_url=need and url_if_there("moderation.reasons", kind="need", subject_id=need.id),
        **more,
    )


@pages.route("/new", methods=["GET", "POST"])
def new() -> Answer:
    firms = _writable(signed_in())
    if not firms:
        return render_template(
            "needs/no_firm.html",
            firms_url=url_if_there("firms.index"),
            register_url=url_if_there("firms.mine"),
        )
    home = _chosen(firms, request.values.get("firm_id", request.args.get("firm", type=int), type=int))
    form = _form(_blank(home, today()), firms, home)
    return _taken(form, home, firms, None) if request.method == "POST" else _page(form, home, firms, None)


def _chosen(firms: Sequence[Firm], firm_id: int | None) -> Firm:
    if firm_id is None:
        if not firms:
            raise Forbidden
        return firms[0]
    found = next((firm for firm in firms if firm.id == firm_id), None)
    if found is None:
        raise NotFound
    return found


@pages.route(f"{NEED}/edit", methods=["GET", "POST"])
def edit(need_id: int) -> Answer:
    signed_in()
    need = editable(reading(), current_actor(), need_id, now())
    if Action.SAVE not in allowed_actions(need, today()):
        if request.method == "POST":
            flash(gettext("这条需求的状态已经变化，没有保存：请核对现在的状态。"), "danger")
        return redirect(url_for("needs.show", need_id=need_id))
    form = _form(queries.content_of_need(need), [need.firm], need.firm, need.version)
    if request.method == "POST":
        return _taken(form, need.firm, [need.firm], need)
    return _page(form, need.firm, [need.firm], need)


def with_problems(need_id: int, refusal: Refusal) -> str:
    """The form of a stored need with what kept it from being submitted."""
    need = editable(reading(), current_actor(), need_id, now())
    form = form_for(reading(), need.type_key, current_locale())(
        formdata=None, data=_values(queries.content_of_need(need), need.firm, need.version)
    )
    fill_choices(form, reading(), [need.firm], need.firm, today(), current_locale())
    offer_firms(form, reading(), current_actor(), need.firm)
    form.show(refusal)
    return _page(form, need.firm, [need.firm], need, form_url=url_for("needs.edit", need_id=need_id))


def _taken(form: NeedForm, home: Firm, firms: Sequence[Firm], need: Need | None) -> Answer:
    """Save what was sent, keep the files, submit if asked. Whatever is refused, the page comes back as it was filled in."""
    if request.form.get("action") == "find":
        # Without JavaScript the search for firms to exclude comes back with the page; nothing is saved by it.
        found = offer_firms(form, reading(), current_actor(), home)
        return _page(form, home, firms, need, found=found)
    refused, saved = not form.validate(), False
    submitting = request.form.get("action") == "submit"
    if need is None and submitting and not refused and _untouched(form, home):
        # A draft of nothing would only lie about; the page says what is missing.
        form.show(
            Refusal.of(rules.submission_problems(form.content(), today(), taxonomy.type_fields(reading())))
        )
        return _page(form, home, firms, need), 422
    stale: dict[str, object] = {}
    saved_id = need.id if need is not None else None
    if not refused:
        try:
            saved_id, saved = _save(form, home, saved_id), True
        except Refusal as refusal:
            refused = True
            if refusal.code == "core.stale" and need is not None:
                stale = _stale(form, need)
            else:
                form.show(refusal)
    saved_id, files_refused = _keep_files(form, home, saved_id)
    if submitting and not (refused or files_refused) and saved_id is not None:
        try:
            with unit_of_work() as session:
                service.submit(session, current_actor(), saved_id, now=now())
            flash(gettext("需求已提交，主办单位审核后发布；审核期间可以撤回修改。"), "success")
            return redirect(url_for("needs.show", need_id=saved_id))
        except Refusal as refusal:
            refused = True
            form.show(refusal)
    if refused or files_refused:
        whole = None if saved_id is None else editable(reading(), current_actor(), saved_id, now())
        if whole is not None and (saved or stale or need is None):
            form.version.data = str(whole.version)
        return _page(form, home, firms, whole, **stale), 422
    flash(gettext("草稿已保存。填好后点“提交审核”，审核通过才会公开。"), "success")
    return redirect(url_for("needs.edit", need_id=saved_id))


def _untouched(form: NeedForm, home: Firm) -> bool:
    """Nothing was written yet, and no file chosen."""
    return form.content() == _blank(home, today()) and not _chosen_files(form)


def _save(form: NeedForm, home: Firm, need_id: int | None) -> int:
    with unit_of_work() as session:
        actor, content = current_actor(), form.content()
        if need_id is None:
            return service.create(session, actor, home.id, content, now=now()).id
        saved = service.save(
            session, actor, need_id, content, expected_version=form.expected_version, now=now()
        )
        return saved.id


def _stale(form: NeedForm, need: Need) -> dict[str, object]:
    """Somebody else saved meanwhile: show what differs; saving once more then holds."""
    current = editable(reading(), current_actor(), need.id, now())
    form.version.data = str(current.version)
    stored = queries.content_of_need(current)
    return {
        "is_stale": True,
        "differences": presenting.differences(reading(), stored, form.content(), current_locale()),
        "saved_at": current.updated_at,
    }


def _chosen_files(form: NeedForm) -> list[FileStorage]:
    return [file for file in form.drawings.data or [] if isinstance(file, FileStorage) and file.filename]


def _keep_files(form: NeedForm, home: Firm, need_id: int | None) -> tuple[int | None, bool]:
    """Attach what was chosen; the need's id and whether a file was refused.

    A browser cannot choose files again for the reader, so they are kept even where the text is refused; a need that
    is not there yet then becomes a draft of its title.
    """
    chosen = _chosen_files(form)
    if not chosen:
        return need_id, False
    errors: list[str] = []
    with limiter.limit(UPLOADS):
        for file in chosen:
            try:
                upload = attachments.drawing(file.filename or "", file.read())
                with keeping(upload.content) as session:
                    actor = current_actor()
                    if need_id is None:
                        draft = NeedContent(title=(form.title.data or "")[: rules.LONGEST_TITLE])
                        need_id = service.create(session, actor, home.id, draft, now=now()).id
                    attachments.attach(
                        session,
                        actor,
                        file_store(),
                        need_id,
                        upload,
                        confidentiality=form.confidentiality.data or "restricted",
                        now=now(),
                    )
            except Refusal as refusal:
                errors += [_sentence(refusal)]
    form.drawings.errors = errors
    return need_id, bool(errors)


def _sentence(refusal: Refusal) -> str:
    return "；".join(say_problem(problem) for problem in refusal.problems)


@pages.post("/autosave")
def autosave_new() -> Answer:
    """The first save of a new need: makes the draft and tells its address. 204 while nothing was written yet."""
    firms = _writable(signed_in())
    if not firms:
        raise Forbidden
    home = _chosen(firms, request.form.get("firm_id", type=int))
    blank = _blank(home, today())
    form = _form(blank, firms, home)
    if not form.validate():
        return autosave_refused(form)
    if form.content() == blank:
        return Response(status=204)
    try:
        need_id = _save(form, home, None)
    except Refusal as refusal:
        form.show(refusal)
        return autosave_refused(form)
    return autosaved(
        1,
        page_url=url_for("needs.edit", need_id=need_id),
        autosave_url=url_for("needs.autosave", need_id=need_id),
    )


@pages.post(f"{NEED}/autosave")
def autosave(need_id: int) -> Answer:
    signed_in()
    need = editable(reading(), current_actor(), need_id, now())
    form = _form(queries.content_of_need(need), [need.firm], need.firm)
    if not form.validate():
        return autosave_refused(form)
    try:
        _save(form, need.firm, need_id)
    except Refusal as refusal:
        if refusal.code in ("core.stale", "lifecycle.step"):
            return autosave_stale(need.version)
        form.show(refusal)
        return autosave_refused(form)
    return autosaved(editable(reading(), current_actor(), need_id, now()).version)


@pages.post(f"{NEED}/copy")
def copy(need_id: int) -> Answer:
    signed_in()
    try:
        with unit_of_work() as session:
            made = service.copy(session, current_actor(), need_id, now=now()).id
    except Refusal as refusal:
        tell(refusal)
        return redirect(url_for("needs.show", need_id=need_id))
    flash(gettext("已复制成新草稿：请核对有效期和交期，再提交审核。附件没有复制。"), "success")
    return redirect(url_for("needs.edit", need_id=made))


@pages.get("/type-terms")
def type_terms() -> str:
    """The fields of the type that was chosen in the form; what fits them keeps its value."""
    form = form_for(reading(), request.args.get("type_key", ""), current_locale())(formdata=request.args)
    return render_template("needs/_terms.html", term_lines=term_lines(form))


@pages.get("/counterparts")
@limiter.limit(SEARCHES)
def counterparts() -> str:
    """The firms to exclude from a need, those ticked and those that the search finds, as a part of its form. ``need_id``:
    whose list is being changed, if it is there yet; who stands on it stays offered whatever became of the firm."""
    actor, need_id = signed_in(), request.args.get("need_id", type=int)
    need = editable(reading(), actor, need_id, now()) if need_id is not None else None
    home = need.firm if need else _chosen(_writable(actor), request.args.get("firm_id", type=int))
    kept = queries.content_of_need(need).excluded if need else ()
    form = NeedForm(formdata=request.args, data={"excluded": kept})
    found = offer_firms(form, reading(), actor, home)
    return render_template("needs/_excluded.html", form=form, found=found)


@pages.get("/payment-verdict")
def payment_verdict() -> str:
    """What decree 802 says of the terms being typed; an empty part while there is nothing to say."""
    form = TermsForm(request.args)
    content = NeedContent(
        payment_days=form.payment_days.data,
        payment_start=form.payment_start.data or None,
        paid_when_paid=form.paid_when_paid.data,
        buyer_kind=form.buyer_kind.data or None,
    )
    flag = presenting.payment_flag(reading(), content, today())
    return render_template("needs/_payment.html", flag=flag)
