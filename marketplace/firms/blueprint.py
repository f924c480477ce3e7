"""The blueprint of firms, and what its modules of views share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.core.actor import Actor
from marketplace.core.errors import Forbidden, NotFound
from marketplace.core.web.request import current_actor, reading
from marketplace.firms import queries, rules
from marketplace.firms.models import Firm

pages = Blueprint("firms", __name__, url_prefix="/firms")
Given = ParamSpec("Given")


def signed_in(view: Callable[Given, ResponseReturnValue]) -> Callable[Given, ResponseReturnValue]:
    """Whoever is not signed in does that first and comes back; a form's address is asked again, not sent again."""

    @wraps(view)
    def guarded(*args: Given.args, **kwargs: Given.kwargs) -> ResponseReturnValue:
        if current_actor().signed_in:
            return view(*args, **kwargs)
        back = request.full_path.rstrip("?") if request.method == "GET" else url_for("firms.mine")
        return redirect(url_for("accounts.sign_in", next=back))

    return guarded


def firm_or_404(firm_id: int) -> Firm:
    """The firm, if the reader may know of it."""
    firm = queries.firm_or_none(reading(), current_actor(), firm_id)
    if firm is None:
        raise NotFound
    return firm


def own_firm(firm_id: int) -> Firm:
    """A firm that the reader belongs to or fills in for; another firm's inner pages are not found."""
    firm = firm_or_404(firm_id)
    if not current_actor().belongs_to(firm_id):
        raise NotFound
    return firm


def editable_firm(firm_id: int) -> Firm:
    firm = firm_or_404(firm_id)
    actor = current_actor()
    if not rules.may_edit(actor, queries.view_of(firm)):
        raise Forbidden if actor.belongs_to(firm_id) else NotFound
    return firm


def staff_reader() -> Actor:
    """Staff, or else the page is not found: who has no business there need not learn that it exists."""
    actor = current_actor()
    if not actor.staff:
        raise NotFound
    return actor
