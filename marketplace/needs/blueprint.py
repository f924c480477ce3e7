"""The blueprint that the needs' pages share, and what each of them begins with."""

from __future__ import annotations

from flask import Blueprint, abort, flash, redirect, request

from marketplace.core.actor import Actor
from marketplace.core.errors import Refusal
from marketplace.core.web.language import say_problem
from marketplace.core.web.links import url_if_there
from marketplace.core.web.request import current_actor

pages = Blueprint("needs", __name__, url_prefix="/needs")
# A number that no database column holds is no page, not an error.
NEED = "/<int(max=9223372036854775807):need_id>"


def signed_in() -> Actor:
    """Who is asking; who has not signed in is sent to do so and comes back."""
    actor = current_actor()
    if not actor.signed_in:
        target = request.full_path if request.method == "GET" else None
        address = url_if_there("accounts.sign_in", next=target)
        abort(redirect(address) if address else 403)
    return actor


def tell(refusal: Refusal) -> None:
    """Say what kept a step from being taken, on the page that comes next."""
    for problem in refusal.problems:
        flash(say_problem(problem), "danger")
