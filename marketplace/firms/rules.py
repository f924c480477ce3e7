"""Rules of firms: the credit code, who may see and do what, what a contact needs before it may be released. Pure."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import timedelta

from stdnum.cn import uscc
from stdnum.exceptions import InvalidChecksum, ValidationError

from marketplace.core.actor import Actor
from marketplace.core.errors import Problem

# The alphabet of GB 32100-2015 leaves these out; what people usually meant is beside them.
_LOOK_ALIKES = {"I": "1", "O": "0", "S": "5", "V": "U", "Z": "2"}
CONSENT_VERSION = "2026-11"
CLAIM_CODE_VALID = timedelta(days=30)
MOST_SUPPLIERS = 20_000
# Each is a mail in our name to an address that somebody typed.
MOST_INVITATIONS_A_DAY = 20


def normal_credit_code(text: str) -> str:
    """Full width and lower case folded, spaces and dashes gone."""
    folded = re.sub(r"[\s\-—－]", "", unicodedata.normalize("NFKC", text)).upper()
    return unicodedata.normalize("NFKC", folded)


def credit_code_problem(code: str, field: str = "credit_code") -> Problem | None:
    """What is wrong with a normalised 统一社会信用代码 (GB 32100-2015), or None. A right digit proves no existence."""
    wrong = [letter for letter in code if letter in _LOOK_ALIKES]
    if wrong:
        hint = "、".join(f"{letter}→{_LOOK_ALIKES[letter]}" for letter in dict.fromkeys(wrong))
        return Problem("firms.code_letters", field, {"hint": hint})
    if len(code) != 18:
        return Problem("firms.code_length", field, {"length": len(code)})
    try:
        uscc.validate(code)
    except InvalidChecksum:
        return Problem("firms.code_digit", field)
    except ValidationError:
        return Problem("firms.code_form", field)
    return None


@dataclass(frozen=True)
class FirmView:
    """What permission is decided on."""

    firm_id: int
    office_id: int | None
    verified: bool
    suspended: bool


def may_see(actor: Actor, firm: FirmView) -> bool:
    """A checked firm is public; an unchecked or suspended one is for its members and for staff who look after it."""
    if firm.verified and not firm.suspended:
        return True
    return actor.belongs_to(firm.firm_id) or looks_after(actor, firm.office_id)


def looks_after(actor: Actor, office_id: int | None) -> bool:
    """The bureau looks after every firm, a 镇/街道 after its own."""
    return actor.bureau or (actor.office_id is not None and actor.office_id == office_id)


def may_edit(actor: Actor, firm: FirmView) -> bool:
    """Owners and editors edit; staff edit what they look after, and it is marked as theirs."""
    return actor.may_edit_firm(firm.firm_id) or looks_after(actor, firm.office_id)


def may_see_figures(actor: Actor, firm: FirmView) -> bool:
    """Employees, revenue and assets: the firm itself and staff, nobody else."""
    return actor.belongs_to(firm.firm_id) or looks_after(actor, firm.office_id)
