"""Pages of a firm's people: members, claiming by code, contacts and who looked at them, current suppliers."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts import invitations
from marketplace.accounts.web import dead_link, issue_reset_page, mail_link, refused, site
from marketplace.core.errors import NotFound, Refusal
from marketplace.core.web.language import say
from marketplace.core.web.limits import UPLOADS, limiter
from marketplace.core.web.refusals import show_refusal
from marketplace.core.web.request import current_actor, current_locale, now, reading, unit_of_work
from marketplace.firms import contacts as contact_service
from marketplace.firms import people, queries, resets, rules, service
from marketplace.firms.blueprint import firm_or_404, own_firm, pages, signed_in
from marketplace.firms.forms import ClaimForm, ContactForm, InviteForm, SuppliersForm
from marketplace.firms.models import Firm
from marketplace.firms.supplier_sheets import codes_in_sheet


# ---------------------------------------------------------------- claiming
@pages.route("/claim", methods=["GET", "POST"])
@signed_in
def claim() -> ResponseReturnValue:
    form, status = ClaimForm(), 200
    if form.is_submitted():
        status = 422
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                # A wrong code is no Refusal: leaving this block commits the counted try.
                firm = people.claim(session, current_actor(), code=form.code.data, site=site(), now=now())
        except Refusal as refusal:
            status = refused(form, refusal)
        else:
            if firm is not None:
                flash(
                    gettext("已认领「%(firm)s」：请核对主办单位代填的内容。", firm=firm.legal_name), "success"
                )
                return redirect(url_for("firms.show", firm_id=firm.id))
            form.code.errors = [say("firms.claim_wrong")]
    return render_template("firms/claim.html", form=form), status


# ---------------------------------------------------------------- members
@pages.route("/<int:firm_id>/members", methods=["GET", "POST"])
@signed_in
def members(firm_id: int) -> ResponseReturnValue:
    """Who speaks for the firm; its owners invite and remove. Staff who fill in help with forgotten passwords."""
    firm = own_firm(firm_id)
    form = InviteForm.made()
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                people.invite_colleague(
                    session,
                    current_actor(),
                    firm_id,
                    email=form.email.data,
                    role=form.role.data,
                    link_for=lambda token: mail_link("firms.accept_invitation", token=token),
                    locale=current_locale(),
                    site=site(),
                    now=now(),
                )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            flash(gettext("邀请信已寄往 %(email)s，14 天内有效。", email=form.email.data), "success")
            return redirect(url_for("firms.members", firm_id=firm_id))
    session = reading()
    owner = current_actor().owns_firm(firm_id)
    return render_template(
        "firms/members.html",
        firm=firm,
        form=form,
        owner=owner,
        looked_after=rules.looks_after(current_actor(), firm.office_id),
        people=queries.people_of(session, firm_id),
        waiting=invitations.open_invitations(session, now(), firm_id=firm_id) if owner else [],
    ), 422 if form.is_submitted() else 200


@pages.post("/<int:firm_id>/members/<int:member_id>/remove")
@signed_in
def remove_member(firm_id: int, member_id: int) -> ResponseReturnValue:
    own_firm(firm_id)
    try:
        with unit_of_work() as session:
            people.remove_member(session, current_actor(), firm_id, member_id, now=now())
    except Refusal as refusal:
        flash(say(refusal.code), "danger")
    else:
        flash(gettext("已移出，这个账号不能再看到本企业的内部内容。"), "success")
    if not current_actor().belongs_to(firm_id):
        return redirect(url_for("firms.mine"))
    return redirect(url_for("firms.members", firm_id=firm_id))


@pages.post("/<int:firm_id>/invitations/<int:invitation_id>/revoke")
@signed_in
def revoke_invitation(firm_id: int, invitation_id: int) -> ResponseReturnValue:
    own_firm(firm_id)
    with unit_of_work() as session:
        people.revoke_invitation(session, current_actor(), firm_id, invitation_id, now=now())
    flash(gettext("邀请已撤回，信中的链接不再有效。"), "success")
    return redirect(url_for("firms.members", firm_id=firm_id))


@pages.route("/join/<token>", methods=["GET", "POST"])
def accept_invitation(token: str) -> ResponseReturnValue:
    """Where the link in the mail leads; whoever is not signed in joins or signs in first. Looking changes nothing; joining is a button."""
    try:
        invitation = people.open_invitation(reading(), token, now())
    except Refusal as refusal:
        return dead_link(url_for("firms.mine"), gettext("我的企业"), refusal)
    if invitation.firm_id is None:
        raise NotFound
    if not current_actor().signed_in:
        return redirect(url_for("accounts.invitation", token=token))
    problem = ""
    if request.method == "POST":
        try:
            with unit_of_work() as session:
                member = people.accept_invitation(session, current_actor(), token, now=now())
        except Refusal as refusal:
            problem = say(refusal.code, refusal.problems[0].params)
        else:
            flash(gettext("已加入，欢迎。"), "success")
            return redirect(url_for("firms.show", firm_id=member.firm_id))
    firm = reading().get_one(Firm, invitation.firm_id)
    return render_template(
        "firms/join.html", firm=firm, invitation=invitation, token=token, problem=problem
    ), (422 if problem else 200)


@pages.route("/<int:firm_id>/members/<int:member_id>/reset", methods=["GET", "POST"])
@signed_in
@limiter.limit("30 per hour", methods=["POST"])
def reset_member(firm_id: int, member_id: int) -> ResponseReturnValue:
    """Staff hand a code to a member who has forgotten their password and has no e-mail address."""
    account = resets.member_to_help(reading(), current_actor(), firm_id, member_id)
    back = (url_for("firms.show", firm_id=firm_id), firm_or_404(firm_id).legal_name)
    return issue_reset_page(
        account,
        *back,
        lambda writing, own_password: resets.issue_reset(
            writing, current_actor(), firm_id, member_id, own_password=own_password, now=now()
        ),
    )


# ---------------------------------------------------------------- contacts
@pages.route("/<int:firm_id>/contacts", methods=["GET", "POST"])
@signed_in
def contacts(firm_id: int) -> ResponseReturnValue:
    """The firm's own contacts, the consent of each, and who looked at them."""
    firm = own_firm(firm_id)
    actor = current_actor()
    form = ContactForm()
    if form.validate_on_submit():
        try:
            with unit_of_work() as session:
                people.add_contact(
                    session,
                    actor,
                    firm_id,
                    name=form.name.data,
                    title=form.title.data,
                    mobile=form.mobile.data,
                    email=form.email.data,
                    consent=form.consent.data,
                    now=now(),
                )
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            flash(gettext("联系人已保存。"), "success")
            return redirect(url_for("firms.contacts", firm_id=firm_id))
    session = reading()
    return render_template(
        "firms/contacts.html",
        firm=firm,
        form=form,
        may_edit=actor.may_edit_firm(firm_id),
        by_staff=actor.staff,
        contacts=queries.contacts_of(session, firm_id),
        looks=queries.looks_at_contacts(session, firm_id),
        consent_version=rules.CONSENT_VERSION,
    ), 422 if form.is_submitted() else 200


@pages.post("/<int:firm_id>/contacts/<int:contact_id>/consent")
@signed_in
def contact_consent(firm_id: int, contact_id: int) -> ResponseReturnValue:
    own_firm(firm_id)
    given = request.form.get("consent") == "yes"
    with unit_of_work() as session:
        contact_service.set_consent(session, current_actor(), contact_id, consent=given, now=now())
    flash(
        gettext("已记录同意：双方都愿意对接时，对方可以看到这位联系人。")
        if given
        else gettext("已撤回同意：从现在起谁也看不到这位联系人。"),
        "success",
    )
    return redirect(url_for("firms.contacts", firm_id=firm_id))


@pages.post("/<int:firm_id>/contacts/<int:contact_id>/remove")
@signed_in
def remove_contact(firm_id: int, contact_id: int) -> ResponseReturnValue:
    own_firm(firm_id)
    with unit_of_work() as session:
        contact_service.remove_contact(session, current_actor(), contact_id, now=now())
    flash(gettext("联系人已删除，姓名和号码已清除。"), "success")
    return redirect(url_for("firms.contacts", firm_id=firm_id))


@pages.route("/<int:firm_id>/released-contacts", methods=["GET", "POST"])
@signed_in
def contacts_of(firm_id: int) -> ResponseReturnValue:
    """Another firm's released contacts. Only the button (a POST) shows them, because each look is written down."""
    actor = current_actor()
    firm = firm_or_404(firm_id)
    if queries.open_grant(reading(), firm_id, actor.firm_ids) is None:
        raise NotFound
    released = None
    if request.method == "POST":
        with unit_of_work() as session:
            released = people.view_contacts(session, actor, firm_id, now=now())
    return render_template("firms/released_contacts.html", firm=firm, released=released)


# ---------------------------------------------------------------- current suppliers
@pages.route("/<int:firm_id>/suppliers", methods=["GET", "POST"])
@signed_in
@limiter.limit(UPLOADS, methods=["POST"])
def suppliers(firm_id: int) -> ResponseReturnValue:
    """Whom the firm buys from already, by credit code; nobody else sees the list."""
    firm = own_firm(firm_id)
    form = SuppliersForm()
    if form.validate_on_submit():
        try:
            codes = (form.codes.data or "").split()
            upload = request.files.get(form.sheet.name)
            if upload is not None and upload.filename:
                codes += codes_in_sheet(upload.read(), upload.filename)
            with unit_of_work() as session:
                count = service.mark_current_suppliers(session, current_actor(), firm_id, codes, now=now())
        except Refusal as refusal:
            show_refusal(form, refusal)
        else:
            flash(
                gettext("已保存 %(count)s 家现有供应商：推荐中会标为已合作并默认收起。", count=count),
                "success",
            )
            return redirect(url_for("firms.suppliers", firm_id=firm_id))
    session = reading()
    return render_template(
        "firms/suppliers.html",
        firm=firm,
        form=form,
        may_edit=current_actor().may_edit_firm(firm_id),
        suppliers=queries.suppliers_of(session, firm_id),
        count=queries.supplier_count(session, firm_id),
    ), 422 if form.is_submitted() else 200
