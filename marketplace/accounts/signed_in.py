"""What a session's cookie carries: the account, the epoch that it was opened in, and the sign-in that opened it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from marketplace.accounts.models import Account, SignIn
from marketplace.accounts.rules import SIGN_IN_LASTS

_FORM = re.compile(r"(\d{1,18})\.(\d{1,9})(?:\.(\d{1,18}))?", re.ASCII)


@dataclass(frozen=True)
class SignedIn:
    """Flask-Login's idea of a user, without a database row in hand."""

    account_id: int
    epoch: int
    sign_in_id: int | None = None
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        numbers = (self.account_id, self.epoch, self.sign_in_id)
        return ".".join(str(number) for number in numbers if number is not None)

    @classmethod
    def read(cls, login_id: str | None) -> SignedIn | None:
        found = _FORM.fullmatch(login_id or "")
        if found is None:
            return None
        account, epoch, sign_in = found.groups()
        return cls(int(account), int(epoch), int(sign_in) if sign_in else None)


def account_of(session: Session, signed_in: SignedIn | None, now: datetime) -> Account | None:
    """The account of a session, unless it was disabled, signed out (here or everywhere) or is too old by now."""
    if signed_in is None:
        return None
    account = session.get(Account, signed_in.account_id)
    if account is None or account.disabled_at is not None or account.session_epoch != signed_in.epoch:
        return None
    if signed_in.sign_in_id is not None:
        sign_in = session.get(SignIn, signed_in.sign_in_id)
        if sign_in is None or sign_in.account_id != account.id or sign_in.ended_at is not None:
            return None
        if sign_in.began_at + SIGN_IN_LASTS <= now:
            return None
    return account
