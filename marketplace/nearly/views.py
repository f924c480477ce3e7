"""Pages of near misses: a supplier's own, and the bureau's report with what stands behind each line."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue

from marketplace.core.errors import Forbidden, NotFound
from marketplace.core.paging import PAGE_SIZE as ROWS
from marketplace.core.paging import newest_first
from marketplace.core.sheets.writing import XLSX
from marketplace.core.web.language import translated
from marketplace.core.web.request import current_actor, current_locale, reading, today
from marketplace.firms.models import Firm
from marketplace.nearly import exports, presenting, queries, rules
from marketplace.nearly.presenting import Line
from marketplace.needs.models import Need
from marketplace.needs.queries import firm_shown
from marketplace.proposals.models import NearMiss
from marketplace.proposals.wording import Wording
from marketplace.taxonomy import queries as taxonomy
from matching.nearly import KINDS

pages = Blueprint("nearly", __name__, url_prefix="/nearly")


@pages.get("/")
def mine() -> ResponseReturnValue:
    """What the reader's own firms nearly met; the bureau goes to its report."""
    actor = current_actor()
    if not actor.signed_in:
        raise Forbidden
    own = queries.suppliers_among(reading(), actor.standing_firms)
    if not own and rules.may_see_report(actor):
        return redirect(url_for("nearly.report"))
    return _firms_page(own, "nearly.mine", {})


@pages.get("/of-firm/<int:firm_id>")
def of_firm(firm_id: int) -> str:
    """The same of one firm, for its members and the staff who look after it."""
    firm = queries.firm_or_none(reading(), firm_id)
    if firm is None or not rules.may_see_firm(current_actor(), firm_id, firm.office_id):
        raise NotFound
    return _firms_page([firm], "nearly.of_firm", {"firm_id": firm_id})


def _firms_page(firms: list[Firm], endpoint: str, values: dict[str, Any]) -> str:
    actor, wording = current_actor(), Wording(reading(), current_locale())
    ids = [firm.id for firm in firms]
    counts = queries.tab_counts(reading(), actor, ids, today())
    tab = rules.tab_to_open(request.args.get("tab"), counts)
    page = newest_first(
        reading(),
        queries.of_firms(actor, ids, today(), tab),
        NearMiss.id,
        before=request.args.get("before", type=int),
        after=request.args.get("after", type=int),
        size=rules.PAGE_SIZE,
    )
    numbers = queries.proposals_of(reading(), actor, page.items)
    return render_template(
        "nearly/of_firm.html",
        firm=firms[0] if len(firms) == 1 else None,
        inside=all(actor.belongs_to(firm_id) for firm_id in ids),
        cards=[_card(row, numbers, wording) for row in page.items],
        page=page,
        tab=tab,
        tabs=tuple(rules.TABS),
        counts=counts,
        address=lambda **more: url_for(endpoint, **values, **more),
    )


def _card(row: NearMiss, numbers: dict[tuple[int, int], int], wording: Wording) -> dict[str, Any]:
    """One pair as the supplier reads it: whose need it is only as far as they may know."""
    buyer = firm_shown(current_actor(), row.need)
    may_mend = current_actor().may_edit_firm(row.supplier_id)
    number = numbers.get((row.need_id, row.capability_id))
    return {
        "need": row.need.title,
        "need_url": url_for("needs.show", need_id=row.need_id),
        "buyer": None if buyer is None else buyer.legal_name,
        "capability": row.capability.product,
        "capability_url": url_for("capabilities.show", capability_id=row.capability_id),
        "firm": row.capability.firm.legal_name,
        "standing": row.standing,
        "label": row.label,
        "proposal_url": None if number is None else url_for("proposals.show", proposal_id=number),
        "lines": [
            (line, _mended_at(row, line) if may_mend else None)
            for line in presenting.lines_for_supplier(row, wording)
        ],
    }


def _mended_at(row: NearMiss, line: Line) -> str:
    """Where the firm mends it: its certificates, or what the capability says."""
    if line.kind == "certificate":
        return url_for("certifications.add", firm_id=row.supplier_id, kind=line.subject)
    return url_for("capabilities.show", capability_id=row.capability_id)


# ---------------------------------------------------------------- the bureau
def _scope() -> queries.Scope:
    """What the address asks for; an unknown chain asks for all."""
    if not rules.may_see_report(current_actor()):
        raise NotFound if not current_actor().staff else Forbidden
    chain = request.args.get("chain", "")
    known = {one.key for one in taxonomy.chains(reading())}
    return queries.Scope(chain if chain in known else None, request.args.get("missed") == "1")


def _asked(scope: queries.Scope) -> dict[str, Any]:
    return {"chain": scope.chain, "missed": "1" if scope.missed_only else None}


def _common(scope: queries.Scope) -> dict[str, Any]:
    locale = current_locale()
    return {
        "scope": scope,
        "asked": _asked(scope),
        "chains": [(chain.key, chain.label(locale)) for chain in taxonomy.chains(reading())],
    }


@pages.get("/report")
def report() -> str:
    """The commonest gaps over all open needs."""
    scope, actor, session = _scope(), current_actor(), reading()
    wording = Wording(session, current_locale())
    gaps = queries.commonest_gaps(session, actor, today(), scope, rules.MOST_GAPS)
    return render_template(
        "nearly/report.html",
        **_common(scope),
        numbers=queries.numbers(session, actor, today(), scope),
        gaps=[{"name": presenting.gap_title(gap, wording), "gap": gap} for gap in gaps],
        most=rules.MOST_GAPS,
        links=[
            {
                "chain": wording.label("chain", chain) if chain else "",
                "link": wording.label("link", link) if link else "",
                "needs": count,
                "suppliers": suppliers,
            }
            for chain, link, count, suppliers in queries.by_link(session, actor, today(), scope)
        ],
        causes=[
            {"name": wording.cause(cause.code), "cause": cause}
            for cause in queries.causes(session, actor, today(), scope)
        ],
    )


@pages.get("/report/pairs")
def pairs() -> str:
    """The needs and suppliers behind a line of the report."""
    scope, actor = _scope(), current_actor()
    wording = Wording(reading(), current_locale())
    kind, subject = request.args.get("kind"), request.args.get("subject", "")
    kind = kind if kind in KINDS else None
    page = newest_first(
        reading(),
        queries.pairs_with(actor, today(), scope, kind, subject if kind else None),
        NearMiss.id,
        before=request.args.get("before", type=int),
        after=request.args.get("after", type=int),
        size=ROWS,
    )
    return render_template(
        "nearly/pairs.html",
        **_common(scope),
        kind=kind,
        subject=subject,
        name=presenting.subject_of(kind, subject, wording) if kind else None,
        page=page,
        lines={row.id: presenting.lines_for_staff(row.gaps, wording) for row in page.items},
    )


@pages.get("/report/unmatched")
def unmatched() -> str:
    """无合适匹配: the open needs without a match, each with why."""
    scope, actor = _scope(), current_actor()
    wording = Wording(reading(), current_locale())
    cause = request.args.get("cause") or None
    known = {found.code for found in queries.causes(reading(), actor, today(), queries.Scope())}
    cause = cause if cause in known else None
    page = newest_first(
        reading(),
        queries.unmatched_needs(actor, today(), scope, cause),
        Need.id,
        before=request.args.get("before", type=int),
        after=request.args.get("after", type=int),
        size=ROWS,
    )
    outcomes = queries.causes_of(reading(), [need.id for need in page.items])
    return render_template(
        "nearly/unmatched.html",
        **_common(scope),
        cause=cause,
        name=wording.cause(cause) if cause else None,
        page=page,
        causes={
            need_id: [(wording.cause(row.cause), row.capabilities) for row in rows]
            for need_id, rows in outcomes.items()
        },
    )


@pages.get("/report.xlsx")
def export() -> Response:
    """The report with everything behind it, as a workbook."""
    scope = _scope()
    content = exports.report_workbook(reading(), current_actor(), today(), scope, locale=current_locale())
    name = translated("常见缺口")
    return send_file(BytesIO(content), mimetype=XLSX, as_attachment=True, download_name=f"{name}.xlsx")
