"""Offices and their people, for administrators and bureaus."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required

from marketplace.accounts import bureau_resets, invitations, letters, offices, queries
from marketplace.accounts.forms import (
    InviteForm,
    OfficeForm,
    OfficePhoneForm,
)
from marketplace.accounts.models import Account
from marketplace.accounts.rules import may_manage_office
from marketplace.accounts.views.blueprint import pages
from marketplace.accounts.web import (
    issue_reset_page,
    mail_link,
    refused,
    site,
)
from marketplace.core.errors import Forbidden, NotFound, Refusal
from marketplace.core.web.limits import limiter
from marketplace.core.web.links import local_path
from marketplace.core.web.request import current_actor, current_locale, now, reading, unit_of_work


@pages.get("/offices", endpoint="offices")
@login_required
def every_office() -> str:
    actor = current_actor()
    if not actor.bureau:
        raise Forbidden
    shown = [
        office for office in queries.offices(reading()) if may_manage_office(actor, office.id, office.kind)
    ]
    return render_template(
        "accounts/offices.html",
        offices=shown,
        people=queries.organisers_by_office(reading(), [office.id for office in shown]),
        waiting=invitations.open_invitations(reading(), now()),
    )


@pages.route("/offices/new", methods=["GET", "POST"])
@login_required
def new_office() -> ResponseReturnValue:
    if not current_actor().administrator:
        raise Forbidden
    form, status = OfficeForm(), 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                with unit_of_work() as writing:
                    office = offices.create_office(
                        writing,
                        current_actor(),
                        kind=form.kind.data,
                        name=form.name.data,
                        english_name=form.english_name.data,
                        division_code=form.division_code.data,
                        now=now(),
                    )
            except Refusal as refusal:
                status = refused(form, refusal)
            else:
                flash(_("单位「%(name)s」已建立，可以邀请它的工作人员了。", name=office.name), "success")
                return redirect(url_for("accounts.office", office_id=office.id))
    return render_template("accounts/new_office.html", form=form), status


@pages.get("/offices/<int:office_id>")
@login_required
def office(office_id: int) -> str:
    return _office_page(office_id, InviteForm(formdata=None))


@pages.post("/offices/<int:office_id>/invitations")
@login_required
@limiter.limit("30 per hour")
def invite_organiser(office_id: int) -> ResponseReturnValue:
    form, status = InviteForm(), 422
    found = offices.office_to_manage(reading(), current_actor(), office_id)
    if form.validate():
        try:
            with unit_of_work() as writing:
                invitation, token = invitations.invite(
                    writing,
                    current_actor(),
                    email=form.email.data,
                    role="organiser",
                    office_id=office_id,
                    now=now(),
                )
                letters.send_invitation(
                    writing,
                    invitation,
                    target=found.name if current_locale() == "zh" else found.english_name or found.name,
                    inviter=current_actor().name,
                    link=mail_link("accounts.invitation", token=token),
                    locale=current_locale(),
                    site=site(),
                    now=now(),
                )
        except Refusal as refusal:
            status = refused(form, refusal)
        else:
            flash(_("邀请已发往 %(email)s，14 天内有效。", email=invitation.email), "success")
            return redirect(url_for("accounts.office", office_id=office_id))
    return _office_page(office_id, form), status


@pages.post("/offices/<int:office_id>/phone")
@login_required
def office_phone(office_id: int) -> ResponseReturnValue:
    form = OfficePhoneForm()
    offices.office_to_manage(reading(), current_actor(), office_id)
    if form.validate():
        try:
            with unit_of_work() as writing:
                offices.set_phone(writing, current_actor(), office_id, form.phone.data or "", now=now())
        except Refusal as refusal:
            refused(form, refusal)
        else:
            flash(_("核实电话已保存，今后的认领单和邮件都写它。"), "success")
            return redirect(url_for("accounts.office", office_id=office_id))
    return _office_page(office_id, InviteForm(formdata=None), form), 422


@pages.post("/offices/<int:office_id>/people/<int:account_id>/leave")
@login_required
def leave_office(office_id: int, account_id: int) -> ResponseReturnValue:
    offices.office_to_manage(reading(), current_actor(), office_id)
    if all(person.id != account_id for person in queries.organisers_of(reading(), office_id)):
        raise NotFound
    with unit_of_work() as writing:
        offices.leave_office(writing, current_actor(), account_id, now=now())
    flash(_("已移出，此人不能再以该单位的身份操作。"), "success")
    return redirect(url_for("accounts.office", office_id=office_id))


@pages.route("/offices/<int:office_id>/people/<int:account_id>/reset", methods=["GET", "POST"])
@login_required
@limiter.limit("30 per hour", methods=["POST"])
def reset_organiser(office_id: int, account_id: int) -> ResponseReturnValue:
    """Administrators hand a code to an organiser who has forgotten their password and has no e-mail address."""
    office = offices.office_to_manage(reading(), current_actor(), office_id)
    account = next((one for one in queries.organisers_of(reading(), office_id) if one.id == account_id), None)
    if account is None:
        raise NotFound
    return issue_reset_page(
        account,
        url_for("accounts.office", office_id=office_id),
        office.name if current_locale() == "zh" else office.english_name or office.name,
        lambda writing, own_password: bureau_resets.issue(
            writing,
            current_actor(),
            writing.get_one(Account, account_id),
            own_password=own_password,
            now=now(),
        ),
    )


@pages.post("/invitations/<int:invitation_id>/revoke")
@login_required
def revoke_invitation(invitation_id: int) -> ResponseReturnValue:
    with unit_of_work() as writing:
        invitations.revoke(writing, current_actor(), invitation_id, now=now())
    flash(_("邀请已收回，邮件里的链接不再有效。"), "success")
    return redirect(local_path(request.form.get("next")))


def _office_page(office_id: int, form: InviteForm, phone: OfficePhoneForm | None = None) -> str:
    found = offices.office_to_manage(reading(), current_actor(), office_id)
    waiting = invitations.open_invitations(reading(), now())
    return render_template(
        "accounts/office.html",
        office=found,
        people=queries.organisers_of(reading(), office_id),
        waiting=[invitation for invitation in waiting if invitation.office_id == office_id],
        form=form,
        phone_form=phone or OfficePhoneForm(formdata=None, data={"phone": found.phone or ""}),
        administers=current_actor().administrator,
        reader_id=current_actor().account_id,
    )
