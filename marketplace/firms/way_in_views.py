"""Pages of the way in: what the link or QR code of a slip opens, the slips themselves, and alarms over guessed codes."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from marketplace.accounts import queries as accounts
from marketplace.accounts import service as account_service
from marketplace.accounts.models import Account, SignIn
from marketplace.accounts.web import address, begin_sign_in, mail_link, open_session, refused, site
from marketplace.core.actor import Actor
from marketplace.core.clock import day_of
from marketplace.core.errors import NotFound, Refusal
from marketplace.core.web.language import day, say
from marketplace.core.web.limits import limiter
from marketplace.core.web.links import url_if_there
from marketplace.core.web.request import current_actor, current_locale, now, reading, unit_of_work
from marketplace.firms import claims, people, rules
from marketplace.firms.blueprint import pages, staff_reader
from marketplace.firms.forms import ClaimForm, WayInForm
from marketplace.firms.models import Firm
from marketplace.taxonomy import queries as taxonomy

MOST_SLIPS = 60
TRIES = "60 per minute"


# ---------------------------------------------------------------- what the link opens
@pages.route("/way-in/<token>", methods=["GET", "POST"])
@limiter.limit(TRIES, methods=["POST"])
def way_in(token: str) -> ResponseReturnValue:
    """The pre-filled record, and what makes it the reader's: the code, and an account unless they are signed in."""
    try:
        firm = claims.firm_behind(reading(), token, now())
    except Refusal:
        return _dead()
    signed_in = current_actor().signed_in
    form: Any = ClaimForm() if signed_in else WayInForm()
    status = 200
    if form.is_submitted():
        status = 422
        if form.validate():
            try:
                taken = _take_over_signed_in(form, token) if signed_in else _take_over_anew(form, token)
            except Refusal as refusal:
                if refusal.code == "firms.link_dead":
                    return _dead()
                status = refused(form, refusal)
            else:
                if taken:
                    return _welcome(firm)
                if not _still_opens(token):
                    return _dead()
    return render_template(
        "firms/way_in.html",
        form=form,
        firm=firm,
        token=token,
        office=accounts.office_to_ask(reading(), firm.office_id),
        place=taxonomy.division_label(reading(), firm.registered_division, current_locale()),
    ), status


def _still_opens(token: str) -> bool:
    """The tenth wrong code ends the link: its reader is told at once and not at the eleventh."""
    with unit_of_work() as session:
        try:
            claims.firm_behind(session, token, now())
        except Refusal:
            return False
    return True


def _take_over_signed_in(form: ClaimForm, token: str) -> bool:
    with unit_of_work() as session:
        # A wrong code is no Refusal: leaving this block commits the counted try.
        firm = people.claim_by_link(
            session, current_actor(), token, code=form.code.data, site=site(), now=now()
        )
    if firm is None:
        form.code.errors = [say("firms.claim_wrong_here")]
    return firm is not None


def _take_over_anew(form: WayInForm, token: str) -> bool:
    """Code, account and firm in one go: whatever is refused leaves the code as good as it was."""
    begun: tuple[Account, SignIn] | None = None
    with unit_of_work() as session:
        right = claims.opens(session, token, form.code.data, site(), now=now())
        account = _account(session, form) if right else None
        if account is not None:
            person = Actor(account_id=account.id, name=account.name)
            people.claim_by_link(session, person, token, code=form.code.data, site=site(), now=now())
            begun = account, begin_sign_in(session, account)
    if not right:
        form.code.errors = [say("firms.claim_wrong_here")]
    elif begun is None:
        form.password.errors = [say("firms.account_there")]
    else:
        open_session(*begun)
    return begun is not None


def _account(session: Any, form: WayInForm) -> Account | None:
    return account_service.enter(
        session,
        current_actor(),
        name=form.name.data,
        login=form.login.data,
        password=form.password.data,
        agreed=form.agreed.data,
        locale=current_locale(),
        address=address(),
        now=now(),
    )


def _welcome(firm: Firm) -> ResponseReturnValue:
    """On to what brings a supplier most: its first capability."""
    flash(gettext("已认领「%(firm)s」，您是它的管理员。", firm=firm.legal_name), "success")
    first = url_if_there("capabilities.first", firm=firm.id) if firm.is_supplier else None
    return redirect(first or url_for("firms.show", firm_id=firm.id))


def _dead() -> ResponseReturnValue:
    """Used, ended, old and made up read alike."""
    return render_template("firms/way_in_dead.html", office=accounts.office_to_ask(reading())), 410


@pages.get("/way-in/<token>/qr.svg")
def way_in_picture(token: str) -> ResponseReturnValue:
    """The link as a picture to point a phone at; only for links that open."""
    try:
        claims.firm_behind(reading(), token, now())
    except Refusal:
        raise NotFound from None
    import segno  # only who prints slips pays for it

    drawn = BytesIO()
    segno.make(mail_link("firms.way_in", token=token), error="m").save(
        drawn, kind="svg", border=2, scale=4, svgclass=None, lineclass=None, omitsize=False
    )
    return Response(drawn.getvalue(), mimetype="image/svg+xml")


# ---------------------------------------------------------------- slips
@pages.post("/slips")
@limiter.limit("30 per minute")
def slips() -> ResponseReturnValue:
    """A sheet of slips for the chosen firms that nobody speaks for yet. Codes are shown this once."""
    actor = staff_reader()
    chosen = {
        int(text)
        for text in request.form.getlist("firm_id")
        if text.isascii() and text.isdigit() and len(text) < 19
    }
    with unit_of_work() as session:
        issued = claims.issue_many(session, actor, sorted(chosen)[:MOST_SLIPS], now=now())
    if not issued:
        flash(gettext("勾选的企业都已被认领，不用再发认领单；请勾选还没有人认领的企业。"), "warning")
        return redirect(url_for("firms.index", status="unclaimed"))
    return slips_page(issued, chosen=len(chosen))


def slips_page(issued: list[claims.WayIn], *, chosen: int = 1) -> str:
    """The slips, each with its text for a chat. The text holds the link and never the code."""
    until = day_of(now() + rules.CLAIM_CODE_VALID)
    session, cards = reading(), []
    for way in issued:
        office = accounts.office_to_ask(session, way.firm.office_id)
        link = mail_link("firms.way_in", token=way.token)
        asked = (
            gettext("核实请打 %(office)s %(phone)s。", office=office.name, phone=office.phone)
            if office
            else gettext("核实请按区政府网站公布的号码打电话。")
        )
        message = gettext(
            "%(firm)s：区里已在链桥为贵单位建好档案，请在 %(day)s 前打开链接核对并认领：%(link)s 。认领码另外打电话或书面告知，不在这里发。平台对企业免费，不收任何费用，不索要验证码。",
            firm=way.firm.legal_name,
            day=day(until),
            link=link,
        )
        cards.append({"way": way, "link": link, "message": message + asked, "office": office})
    return render_template("firms/slips.html", cards=cards, until=until, left_out=chosen - len(issued))


# ---------------------------------------------------------------- alarms
@pages.post("/alarms/<int:alarm_id>/seen")
def tick_off_alarm(alarm_id: int) -> ResponseReturnValue:
    actor = staff_reader()
    with unit_of_work() as session:
        claims.tick_off(session, actor, alarm_id, now=now())
    flash(gettext("已记下：您看过这条提醒。"), "success")
    return redirect(url_for("firms.index"))
