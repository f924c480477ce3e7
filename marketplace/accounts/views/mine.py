"""One's own account: name and language, password, where one is signed in."""

from __future__ import annotations

from flask import flash, redirect, render_template, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required

from marketplace.accounts import letters, service, sign_ins
from marketplace.accounts.forms import (
    PasswordForm,
    ProfileForm,
)
from marketplace.accounts.views.blueprint import TRIES, pages
from marketplace.accounts.web import (
    begin_sign_in,
    close_session,
    current_sign_in,
    mail_link,
    open_session,
    refused,
    same_twice,
    site,
)
from marketplace.core.errors import Refusal
from marketplace.core.web.language import say
from marketplace.core.web.limits import limiter
from marketplace.core.web.request import current_actor, now, reading, unit_of_work


@pages.route("/me", methods=["GET", "POST"])
@login_required
def me() -> ResponseReturnValue:
    account = service.own_account(reading(), current_actor())
    form = ProfileForm(data={"name": account.name, "locale": account.locale})
    if not form.is_submitted():
        return _my_page(form, PasswordForm(formdata=None))
    status = 422
    if form.validate():
        try:
            with unit_of_work() as writing:
                service.rename(
                    writing, current_actor(), name=form.name.data, locale=form.locale.data, now=now()
                )
        except Refusal as refusal:
            status = refused(form, refusal)
        else:
            session["locale"] = form.locale.data
            flash(_("姓名和语言已保存。"), "success")
            return redirect(url_for("accounts.me"))
    return _my_page(form, PasswordForm(formdata=None)), status


@pages.post("/me/password")
@login_required
@limiter.limit(TRIES)
def change_password() -> ResponseReturnValue:
    form, status = PasswordForm(), 422
    if form.validate() and same_twice(form):
        try:
            with unit_of_work() as writing:
                account = service.change_password(
                    writing,
                    current_actor(),
                    current=form.current.data,
                    password=form.password.data,
                    now=now(),
                )
                begun = begin_sign_in(writing, account) if account else None
                if account is not None:
                    letters.send_password_changed(
                        writing, account, mail_link("accounts.reset_request"), site(), now()
                    )
        except Refusal as refusal:
            status = refused(form, refusal)
        else:
            if account is not None and begun is not None:
                open_session(account, begun)
                flash(_("密码已更改，其他设备上的登录都已退出。"), "success")
                return redirect(url_for("accounts.me"))
            form.current.errors = [say("accounts.password_wrong")]
    account = service.own_account(reading(), current_actor())
    profile = ProfileForm(formdata=None, data={"name": account.name, "locale": account.locale})
    return _my_page(profile, form), status


@pages.post("/me/sign-out-everywhere")
@login_required
def sign_out_everywhere() -> ResponseReturnValue:
    with unit_of_work() as writing:
        service.sign_out_everywhere(writing, current_actor(), now=now())
    close_session()
    flash(_("所有设备上的登录都已退出，请重新登录。"), "success")
    return redirect(url_for("accounts.sign_in"))


@pages.post("/me/sign-ins/<int:sign_in_id>/end")
@login_required
def end_sign_in(sign_in_id: int) -> ResponseReturnValue:
    with unit_of_work() as writing:
        sign_ins.end(writing, current_actor(), sign_in_id, now=now())
    flash(_("那台设备已退出登录。"), "success")
    return redirect(url_for("accounts.me"))


def _my_page(profile: ProfileForm, password: PasswordForm) -> str:
    account = service.own_account(reading(), current_actor())
    return render_template(
        "accounts/me.html",
        account=account,
        office=account.office_membership.office if account.office_membership else None,
        profile=profile,
        password=password,
        sign_ins=sign_ins.open_ones(reading(), account, now()),
        here=current_sign_in(),
    )
