"""What the link of an invitation opens: join as a new person, or with the account that one has."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from marketplace.accounts import invitations, queries, service
from marketplace.accounts.forms import (
    JoinForm,
)
from marketplace.accounts.models import Account, Invitation, Office
from marketplace.accounts.rules import TERMS_VERSION, masked
from marketplace.accounts.views.blueprint import TRIES, pages
from marketplace.accounts.web import (
    begin_sign_in,
    dead_link,
    open_session,
    refused,
)
from marketplace.core.errors import Refusal
from marketplace.core.web.language import say
from marketplace.core.web.limits import limiter
from marketplace.core.web.request import current_actor, current_locale, now, reading, unit_of_work


@pages.route("/invitation/<token>", methods=["GET", "POST"])
@limiter.limit(TRIES, methods=["POST"])
def invitation(token: str) -> ResponseReturnValue:
    """Offices' invitations end here. A firm's is taken up by the firms' own page, once the person is signed in."""
    try:
        found = invitations.open_invitation(reading(), token, now())
    except Refusal as refusal:
        return dead_link(url_for("pages.home"), _("回到首页"), refusal)
    if not current_actor().signed_in:
        return _as_new(found, token)
    if found.firm_id is not None:
        return redirect(url_for("firms.accept_invitation", token=token))
    if request.method == "GET":
        return _invitation_page(found, token)
    try:
        with unit_of_work() as writing:
            invitations.accept(writing, current_actor(), token, now())
    except Refusal as refusal:
        return _invitation_page(
            found, token, problems=[say(each.code, each.params) for each in refusal.problems]
        ), 422
    return _welcome(found)


def _as_new(found: Invitation, token: str) -> ResponseReturnValue:
    form, status = JoinForm(), 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                if not form.agreed.data:
                    raise Refusal("accounts.terms", "agreed")
                join = invitations.join_as_new if found.firm_id is not None else invitations.accept_as_new
                with unit_of_work() as writing:
                    joined = join(
                        writing,
                        token,
                        name=form.name.data,
                        password=form.password.data,
                        locale=current_locale(),
                        now=now(),
                        terms=TERMS_VERSION,
                    )
                    account = joined[0] if isinstance(joined, tuple) else joined
                    begun = begin_sign_in(writing, account)
            except Refusal as refusal:
                status = refused(form, refusal)
            else:
                open_session(account, begun)
                if found.firm_id is not None:
                    return redirect(url_for("firms.accept_invitation", token=token))
                return _welcome(found)
    return _invitation_page(found, token, form=form), status


def _welcome(found: Invitation) -> ResponseReturnValue:
    office = reading().get(Office, found.office_id) if found.office_id else None
    flash(_("您已加入%(office)s。", office=_name_of(office) if office else ""), "success")
    return redirect(url_for("pages.home"))


def _invitation_page(
    found: Invitation, token: str, *, form: JoinForm | None = None, problems: list[str] | None = None
) -> str:
    actor = current_actor()
    account = service.own_account(reading(), actor) if actor.signed_in else None
    office = reading().get(Office, found.office_id) if found.office_id else None
    inviter = reading().get(Account, found.invited_by) if found.invited_by else None
    has_account = found.email is not None and queries.account_by_login(reading(), found.email) is not None
    return render_template(
        "accounts/invitation.html",
        invitation=found,
        token=token,
        form=form,
        problems=problems or [],
        target=_name_of(office) if office else None,
        inviter=inviter.name if inviter else None,
        account=account,
        fits=account is not None
        and (account.email == found.email or (account.email is None and not has_account)),
        has_account=has_account,
        masked_email=masked(found.email or ""),
    )


def _name_of(office: Office) -> str:
    return office.name if current_locale() == "zh" else office.english_name or office.name
