"""The desk: the queue on the left, the record on the right; on phones the list, then the record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from flask import render_template, request, url_for
from flask_login import login_required

from marketplace.capabilities.models import Capability
from marketplace.certifications import queries as certifications
from marketplace.core.lifecycle import State, state_of
from marketplace.core.terms import terms_of
from marketplace.core.web.language import say
from marketplace.core.web.links import url_if_there
from marketplace.core.web.request import current_actor, current_locale, now, reading, today
from marketplace.moderation import presenting, queries, service
from marketplace.moderation.blueprint import pages
from marketplace.moderation.examining import Subject, examine, marked
from marketplace.moderation.forms import PublishForm, ReturnForm, publish_form
from marketplace.moderation.queries import Place, Waiting
from marketplace.moderation.rules import TERMS_FLAG
from marketplace.needs.models import Need
from marketplace.needs.presenting import payment_flag
from marketplace.needs.queries import content_of_need
from marketplace.taxonomy import queries as taxonomy
from marketplace.taxonomy.entries import fields_for
from marketplace.taxonomy.presenting import term_lines

_NONE: Mapping[int, int] = MappingProxyType({})


@pages.get("/")
@login_required
def desk() -> str:
    service.check_bureau(current_actor())
    return desk_page(None, None)


@pages.get("/<any(need, capability):kind>/<int:subject_id>")
@login_required
def look(kind: str, subject_id: int) -> str:
    subject = service.subject_of(reading(), current_actor(), kind, subject_id)
    return desk_page(kind, subject)


def desk_page(
    kind: str | None,
    subject: Subject | None,
    *,
    batch: PublishForm | None = None,
    chosen: Mapping[int, int] = _NONE,
    left_undone: Sequence[str] = (),
    **more: Any,
) -> str:
    """The queue with one record open: the asked one, else on wide screens the one that has waited longest.

    ``batch`` with the ids and versions ``chosen``, and what is ``left_undone`` about them: a batch that was refused.
    """
    wanted = only()
    lines = queries.queue(reading(), kind=wanted, behind=_place(request.args.get("behind")))
    flags = queries.flags_in(reading(), lines, today())
    asked = subject is not None
    if subject is None and lines:
        kind = lines[0].kind
        subject = service.subject_of(reading(), current_actor(), kind, lines[0].subject_id)
    counts = queries.waiting_counts(reading())
    full = len(lines) == queries.PAGE_SIZE
    return render_template(
        "moderation/desk.html",
        lines=[_line(line, flags, kind, subject, chosen) for line in lines],
        counts=counts,
        wanted=wanted,
        tabs=_tabs(counts, wanted),
        further=_key(lines[-1]) if full else None,
        behind=request.args.get("behind"),
        showing="record" if asked else "queue",
        batch=(batch or publish_form(wanted, empty=True)) if wanted else None,
        left_undone=left_undone,
        record=_record(kind, subject, **more) if subject is not None and kind is not None else None,
    )


def _tabs(counts: dict[str, int], wanted: str | None) -> list[dict[str, Any]]:
    tabs = [
        {
            "label": say("moderation.kind.all"),
            "url": url_for("moderation.desk"),
            "active": wanted is None,
            "count": sum(counts.values()),
        }
    ]
    return tabs + [
        {
            "label": say(f"moderation.kind.{kind}"),
            "url": url_for("moderation.desk", only=kind),
            "active": wanted == kind,
            "count": counts[kind],
        }
        for kind in queries.KINDS
    ]


def _line(
    line: Waiting,
    flags: dict[tuple[str, int], Any],
    kind: str | None,
    subject: Subject | None,
    chosen: Mapping[int, int],
) -> dict[str, Any]:
    found = flags.get((line.kind, line.subject_id), [])
    stopping = any(flag.severity == "stop" for flag in found)
    late = now() - line.submitted_at >= presenting.LATE_AFTER
    return {
        "id": f"{line.subject_id}-{line.version}",
        "url": url_for(
            "moderation.look",
            kind=line.kind,
            subject_id=line.subject_id,
            only=only(),
            behind=request.args.get("behind"),
        ),
        "title": line.title,
        "firm": line.firm_name,
        "kind": line.kind,
        "waited": presenting.waited(line.submitted_at, now()),
        "active": subject is not None and line.kind == kind and line.subject_id == subject.id,
        "chosen": chosen.get(line.subject_id) == line.version,
        "tone": "bad" if late else None,
        "flags": len(found),
        "stopping": stopping,
        "returned_before": line.returned_before,
    }


def only() -> str | None:
    """The kind to which the officer has narrowed the queue; it travels with every link as ``only``, and a batch is of one."""
    asked = request.args.get("only") or request.form.get("kind")
    return asked if asked in queries.KINDS else None


def _place(text: str | None) -> Place | None:
    """Where the queue goes on, from its key ``2026-11-23T04:00:00+00:00~need~12``."""
    try:
        when, kind, number = (text or "").split("~")
        at = datetime.fromisoformat(when)
        return (at, kind, int(number)) if at.tzinfo is not None and kind in queries.KINDS else None
    except ValueError:
        return None


def _key(line: Waiting) -> str:
    return f"{line.submitted_at.isoformat()}~{line.kind}~{line.subject_id}"


def _record(
    kind: str,
    subject: Subject,
    *,
    publishing: PublishForm | None = None,
    returning: ReturnForm | None = None,
    problem: str | None = None,
) -> dict[str, Any]:
    """Everything that the right side shows of one listing."""
    flags = examine(subject, today(), taxonomy.parameters(reading()))
    rows = queries.decisions_on(reading(), kind, subject.id)
    locale = current_locale()
    state = state_of(subject, today())
    kinds = taxonomy.certificate_kinds(reading())
    held = certifications.held_by(reading(), [subject.firm_id]).get(subject.firm_id, [])
    return {
        "kind": kind,
        "subject": subject,
        "state": state,
        "waiting": state is State.SUBMITTED,
        "waited": presenting.waited(subject.submitted_at, now()) if subject.submitted_at else "",
        "pieces": marked(subject),
        "flags": presenting.flag_lines(flags),
        "payment": payment_flag(reading(), content_of_need(subject), today())
        if isinstance(subject, Need)
        else None,
        "terms": [line["sentence"] for line in presenting.flag_lines(flags) if line["code"] == TERMS_FLAG],
        "stopped": any(flag.severity == "stop" for flag in flags),
        "certificates": [
            kinds[row.kind_key].label(locale) for row in subject.certificates if row.kind_key in kinds
        ],
        "held": sorted(
            {kinds[key].label(locale) for key in certifications.kinds_in_force(held, today()) if key in kinds}
        ),
        "place": _chain(subject, locale),
        "served": [taxonomy.division_label(reading(), row.code, locale) for row in subject.divisions]
        if isinstance(subject, Capability)
        else [],
        "entry": _entry(subject, locale),
        "firm_url": url_if_there("firms.show", firm_id=subject.firm_id),
        "page_url": url_if_there(
            f"{'needs' if kind == 'need' else 'capabilities'}.show", **{f"{kind}_id": subject.id}
        ),
        "publishing": publishing or publish_form(kind, subject.version, empty=True),
        "returning": returning
        or ReturnForm(formdata=None, data={"version": str(subject.version)}).offer(kind),
        "returning_open": returning is not None,
        "problem": problem,
        "decisions": presenting.decision_lines(rows, queries.deciders_of(reading(), rows)),
    }


def _entry(subject: Subject, locale: str) -> dict[str, Any]:
    """Which way it goes, of which types, and what their fields say: staff read all of it."""
    types = taxonomy.need_types(reading())
    if isinstance(subject, Need):
        direction, keys, side = "want", [subject.type_key], "want"
    else:
        direction = "open" if subject.nature == "opening" else "make"
        keys, side = [row.type_key for row in subject.types], "offer"
    fields = fields_for(taxonomy.type_fields(reading()), side, keys)
    return {
        "direction": say(f"entries.direction.{direction}"),
        "types": [types[key].label(locale) for key in types if key in keys],
        "facts": term_lines(fields, terms_of(subject.terms), locale, closed_too=True),
    }


def _chain(subject: Subject, locale: str) -> str:
    chains = {chain.key: chain for chain in taxonomy.chains(reading())}
    link = taxonomy.links(reading()).get(subject.link_key or "")
    return " · ".join(
        part.label(locale) for part in (chains.get(subject.chain_key or ""), link) if part is not None
    )
