"""Signing in and out, and joining."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import login_required

from marketplace.accounts import service, throttle
from marketplace.accounts.forms import (
    RegisterForm,
    SignInForm,
)
from marketplace.accounts.rules import TERMS_VERSION
from marketplace.accounts.views.blueprint import TRIES, pages
from marketplace.accounts.web import (
    address,
    begin_sign_in,
    close_session,
    open_session,
    refused,
)
from marketplace.core.errors import Refusal
from marketplace.core.web.language import say
from marketplace.core.web.limits import limiter
from marketplace.core.web.links import local_path
from marketplace.core.web.request import current_actor, current_locale, now, settings, unit_of_work


@pages.route("/sign-in", methods=["GET", "POST"])
@limiter.limit(TRIES, methods=["POST"])
def sign_in() -> ResponseReturnValue:
    form = SignInForm(data={"next": request.args.get("next", "")})
    if current_actor().signed_in:
        return redirect(local_path(form.next.data))
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                with unit_of_work() as writing:
                    account = service.sign_in(
                        writing,
                        login=form.login.data,
                        password=form.password.data,
                        address=address(),
                        now=now(),
                    )
                    begun = begin_sign_in(writing, account) if account else None
            except Refusal as refusal:
                status = refused(form, refusal)
            else:
                if account is not None and begun is not None:
                    open_session(account, begun)
                    return redirect(local_path(form.next.data))
                form.form_errors.append(say("accounts.sign_in_wrong"))
    demo = current_app.config.get("DEMO_SIGN_INS", ()) if settings().demo else ()
    return render_template("accounts/sign_in.html", form=form, demo_sign_ins=demo), status


@pages.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    close_session()
    flash(_("您已退出登录。"), "success")
    return redirect(local_path(request.form.get("next")))


@pages.route("/register", methods=["GET", "POST"])
@limiter.limit(TRIES, methods=["POST"])
def register() -> ResponseReturnValue:
    if current_actor().signed_in:
        return redirect(url_for("accounts.welcome"))
    form, status = RegisterForm(), 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                with unit_of_work() as counting:  # of its own, so that a refused try is counted too
                    throttle.spend(counting, "register", address(), now())
                with unit_of_work() as writing:
                    account = service.register(
                        writing,
                        current_actor(),
                        name=form.name.data,
                        login=form.login.data,
                        password=form.password.data,
                        agreed=form.agreed.data,
                        locale=current_locale(),
                        now=now(),
                    )
                    begun = begin_sign_in(writing, account)
            except Refusal as refusal:
                status = refused(form, refusal)
            else:
                open_session(account, begun)
                return redirect(url_for("accounts.welcome"))
    return render_template("accounts/register.html", form=form), status


@pages.get("/welcome")
@login_required
def welcome() -> str:
    """What next for a new person: take over their firm's record, or enter a new firm."""
    known = current_app.view_functions
    return render_template(
        "accounts/welcome.html",
        claim_url=url_for("firms.claim") if "firms.claim" in known else None,
        new_firm_url=url_for("firms.new") if "firms.new" in known else None,
    )


@pages.get("/terms")
def terms() -> str:
    return render_template("accounts/terms.html", version=TERMS_VERSION)
