"""The mails that accounts send: each rendered in its reader's language and queued with what it tells.

Links come from the edge, made of the site's own configured address and never of the request's Host header.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.accounts.models import Account, Invitation
from marketplace.accounts.rules import RESET_VALID, hashed
from marketplace.core.i18n import N_, translate
from marketplace.mail import service as mail
from marketplace.mail.models import MailMessage
from marketplace.mail.rendering import render

RESET_HOURS = int(RESET_VALID.total_seconds() // 3600)


@dataclass(frozen=True)
class Site:
    """What every mail says of where it comes from."""

    name: str
    base_url: str
    # Who stands behind it and where one asks; empty until the office has written it down.
    office: str = ""
    phone: str = ""

    def told_in(self, locale: str) -> Site:
        return replace(self, name=translate(self.name, locale))


def send_reset(session: Session, account: Account, token: str, link: str, site: Site, now: datetime) -> None:
    """Mail a reset link to the account's address."""
    if account.email is None:
        return
    subject, text, html = render(
        "reset",
        account.locale,
        site=site,
        name=account.name,
        login=account.email,
        link=link,
        hours=RESET_HOURS,
    )
    mail.queue(
        session,
        kind="reset",
        recipient=account.email,
        account_id=account.id,
        news_key=f"reset:{hashed(token)[:32]}",
        locale=account.locale,
        subject=subject,
        text=text,
        html=html,
        now=now,
    )


def send_password_changed(session: Session, account: Account, link: str, site: Site, now: datetime) -> None:
    """Tell the owner that the password is another now; ``link`` leads to the reset page, if it was not them."""
    if account.email is None:
        return
    subject, text, html = render(
        "password_changed",
        account.locale,
        site=site,
        name=account.name,
        login=account.email,
        link=link,
        at=now,
    )
    mail.queue(
        session,
        kind="password_changed",
        recipient=account.email,
        account_id=account.id,
        news_key=f"password:{account.id}:{account.session_epoch}",
        locale=account.locale,
        subject=subject,
        text=text,
        html=html,
        now=now,
    )


def send_invitation(
    session: Session,
    invitation: Invitation,
    *,
    target: str,
    inviter: str,
    link: str,
    locale: str,
    site: Site,
    now: datetime,
) -> MailMessage | None:
    """Mail an invitation to join ``target`` (the office's or the firm's name). ``locale`` where the reader is unknown."""
    if invitation.email is None:
        return None
    subject, text, html = render(
        "invitation",
        locale,
        site=site.told_in(locale),
        target=target,
        inviter=inviter,
        to_office=invitation.office_id is not None,
        link=link,
        until=invitation.expires_at,
    )
    return mail.queue(
        session,
        kind="invitation",
        recipient=invitation.email,
        account_id=None,
        news_key=f"invitation:{invitation.id}",
        locale=locale,
        subject=subject,
        text=text,
        html=html,
        now=now,
    )


def send_claim_alarm(
    session: Session,
    person: Account,
    alarm_id: int,
    *,
    firm: str | None,
    firm_link: str,
    person_name: str | None,
    tries: int,
    site: Site,
    now: datetime,
) -> MailMessage | None:
    """Tell staff that claim codes are being guessed: at one firm's link, or by one person."""
    if person.email is None:
        return None
    subject, text, html = render(
        "claim_alarm",
        person.locale,
        site=site.told_in(person.locale),
        firm=firm,
        guesser=person_name,
        link=firm_link,
        tries=tries,
        at=now,
    )
    return mail.queue(
        session,
        kind="claim_alarm",
        recipient=person.email,
        account_id=person.id,
        news_key=f"claim_alarm:{alarm_id}",
        locale=person.locale,
        subject=subject,
        text=text,
        html=html,
        now=now,
    )


def reset_sms(account: Account, code: str, site: Site) -> str:
    """The text of a code by SMS, in the account's language; no link, which is what false messages carry."""
    return translate(
        N_("%(site)s：您的密码重设码是 %(code)s，15 分钟内有效。平台免费，不会有人向您索要它。"),
        account.locale,
    ) % {"site": site.told_in(account.locale).name, "code": code}
