"""What the pages of accounts share: opening and closing a session, links for mails, equal answers."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

from flask import current_app, g, render_template, request, session, url_for
from flask_login import login_user, logout_user
from flask_wtf import FlaskForm
from sqlalchemy.orm import Session

from marketplace.accounts import sign_ins
from marketplace.accounts.bureau_resets import check_may_be_helped
from marketplace.accounts.forms import IssueResetForm, PasswordForm, ResetForm
from marketplace.accounts.letters import Site
from marketplace.accounts.models import Account, SignIn
from marketplace.accounts.queries import office_to_ask
from marketplace.accounts.rules import BUREAU_RESET_VALID
from marketplace.accounts.signed_in import SignedIn
from marketplace.core.errors import Refusal
from marketplace.core.web.language import say
from marketplace.core.web.refusals import show_refusal
from marketplace.core.web.request import current_actor, now, reading, settings, unit_of_work

Form = TypeVar("Form", bound=FlaskForm)


def address() -> str:
    return request.remote_addr or "unknown"


def site() -> Site:
    asked = office_to_ask(reading())
    return Site(
        settings().site_name,
        settings().base_url.rstrip("/"),
        office=asked.name if asked else "",
        phone=(asked.phone or "") if asked else "",
    )


def mail_link(endpoint: str, **values: Any) -> str:
    """An absolute address on the site's configured name: the request's Host header is anybody's to write."""
    return settings().base_url.rstrip("/") + url_for(endpoint, **values)


def begin_sign_in(writing: Session, account: Account) -> SignIn:
    """In the transaction that let this person in; :func:`open_session` follows its commit."""
    return sign_ins.begin(
        writing, account, address=address(), user_agent=request.headers.get("User-Agent", ""), now=now()
    )


def open_session(account: Account, sign_in: SignIn) -> None:
    """A new session, never the one that the visitor came with; only the chosen language is kept."""
    locale = session.get("locale", account.locale)
    session.clear()
    session.permanent = True
    session["locale"] = locale
    login_user(SignedIn(account.id, account.session_epoch, sign_in.id))
    g.pop("actor", None)


def current_sign_in() -> int | None:
    signed_in = SignedIn.read(session.get("_user_id"))
    return signed_in.sign_in_id if signed_in else None


def close_session() -> None:
    """End this sign-in on the server as well: a copy of the cookie opens nothing any more."""
    sign_in_id = current_sign_in()
    if sign_in_id is not None and current_actor().signed_in:
        with unit_of_work() as writing:
            sign_ins.end(writing, current_actor(), sign_in_id, now=now())
    locale = session.get("locale")
    logout_user()
    session.clear()
    if locale:
        session["locale"] = locale
    g.pop("actor", None)


def refused(form: Form, refusal: Refusal) -> int:
    """Show a refusal in the form; the status of the answer: 429 for too many tries, else 422."""
    show_refusal(form, refusal)
    return 429 if refusal.code == "core.too_many" else 422


def answer_evenly(started: float) -> None:
    """Wait until this answer has taken as long as every other of its kind: what was found must not show in the time."""
    seconds: float = current_app.config.get("EVEN_ANSWER_SECONDS", 0.4)
    time.sleep(max(0.0, started + seconds - time.monotonic()))


def same_twice(form: PasswordForm | ResetForm) -> bool:
    """The new password typed twice alike; otherwise it says so at the second box."""
    if form.password.data == form.repeated.data:
        return True
    form.repeated.errors = [say("accounts.password_repeat")]
    return False


def dead_link(next_url: str, next_label: str, refusal: Refusal | None = None) -> tuple[str, int]:
    """The page of a link that is used up, too old, taken back or made up: which of them is not said. That who sent it
    may no longer invite is said, for then another has to."""
    reason = say(refusal.code) if refusal is not None and refusal.code == "accounts.inviter_gone" else None
    return render_template(
        "accounts/link_dead.html", next_url=next_url, next_label=next_label, reason=reason
    ), 410


def issue_reset_page(
    account: Account, back_url: str, back_label: str, issue: Callable[[Session, str], str | None]
) -> tuple[str, int]:
    """Asks staff for their own password, then shows a code for this account on a slip to print, this once."""
    form, status, problem = IssueResetForm(), 200, None
    context = {"account": account, "back_url": back_url, "back_label": back_label}
    try:
        check_may_be_helped(current_actor(), account)
    except Refusal as refusal:
        problem = say(refusal.code)
    if form.is_submitted() and problem is None:
        status = 422
        if form.validate():
            try:
                with unit_of_work() as writing:
                    # A wrong password is no Refusal: leaving this block commits the counted try.
                    code = issue(writing, form.own_password.data)
            except Refusal as refusal:
                status = refused(form, refusal)
            else:
                if code is not None:
                    until = now() + BUREAU_RESET_VALID
                    return render_template("accounts/reset_slip.html", code=code, until=until, **context), 200
                form.own_password.errors = [say("accounts.password_wrong")]
    return render_template("accounts/issue_reset.html", form=form, problem=problem, **context), status
