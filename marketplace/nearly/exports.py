"""The report on gaps as a workbook: counts, the pairs behind them, links of the chains, and needs without a match."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from io import BytesIO

from sqlalchemy.orm import Session

from marketplace.core.actor import Actor
from marketplace.core.errors import Forbidden
from marketplace.core.i18n import N_, render, translate
from marketplace.core.sheets import ColumnSpec, SheetSpec, write_workbook
from marketplace.core.sheets.writing import Cell
from marketplace.nearly import presenting, queries, rules
from marketplace.nearly.queries import Scope
from marketplace.proposals.wording import Wording

_GAPS = (
    ("kind", N_("缺什么"), "wrap", 16),
    ("subject", N_("具体"), "wrap", 30),
    ("needs", N_("涉及需求"), "number", 10),
    ("suppliers", N_("涉及企业"), "number", 10),
    ("lacking", N_("写明达不到（对）"), "number", 16),
    ("unstated", N_("没有写明（对）"), "number", 16),
)
_PAIRS = (
    ("need_id", N_("需求编号"), "number", 8),
    ("need_title", N_("需求名称"), "wrap", 30),
    ("buyer", N_("需求企业"), "wrap", 24),
    ("supplier", N_("供给企业"), "wrap", 24),
    ("capability", N_("产品或服务"), "wrap", 28),
    ("standing", N_("现在"), "text", 12),
    ("missing", N_("还差什么"), "wrap", 60),
)
_LINKS = (
    ("chain", N_("产业链"), "wrap", 20),
    ("link", N_("环节"), "wrap", 24),
    ("needs", N_("涉及需求"), "number", 10),
    ("suppliers", N_("涉及企业"), "number", 10),
)
_CAUSES = (
    ("cause", N_("原因"), "wrap", 36),
    ("needs", N_("涉及需求"), "number", 10),
    ("capabilities", N_("能力条数"), "number", 10),
)


def report_workbook(session: Session, actor: Actor, as_of: date, scope: Scope, *, locale: str) -> bytes:
    """The report as .xlsx, of the needs that the reader may see. Forbidden to everybody but the bureau."""
    if not rules.may_see_report(actor):
        raise Forbidden
    wording = Wording(session, locale)
    sheets = [
        SheetSpec(
            translate(N_("常见缺口"), locale),
            _columns(_GAPS, locale),
            list(_gaps(session, actor, as_of, scope, wording)),
        ),
        SheetSpec(
            translate(N_("按环节"), locale),
            _columns(_LINKS, locale),
            list(_links(session, actor, as_of, scope, wording)),
        ),
        SheetSpec(
            translate(N_("无合适匹配"), locale),
            _columns(_CAUSES, locale),
            list(_causes(session, actor, as_of, scope, wording)),
        ),
        SheetSpec(
            translate(N_("逐对明细"), locale),
            _columns(_PAIRS, locale),
            _pairs(session, actor, as_of, scope, wording),
        ),
    ]
    out = BytesIO()
    write_workbook(out, sheets, title=translate(N_("常见缺口"), locale))
    return out.getvalue()


def _columns(spec: tuple[tuple[str, str, str, int], ...], locale: str) -> list[ColumnSpec]:
    return [ColumnSpec(key, translate(heading, locale), kind, width) for key, heading, kind, width in spec]


def _gaps(
    session: Session, actor: Actor, as_of: date, scope: Scope, wording: Wording
) -> Iterator[tuple[Cell, ...]]:
    for gap in queries.commonest_gaps(session, actor, as_of, scope, rules.MOST_GAPS_EXPORTED):
        kind, label = presenting.kind_and_label(gap.kind, gap.subject, wording)
        yield kind, label, gap.needs, gap.suppliers, gap.lacking, gap.unstated


def _links(
    session: Session, actor: Actor, as_of: date, scope: Scope, wording: Wording
) -> Iterator[tuple[Cell, ...]]:
    for chain, link, count, suppliers in queries.by_link(session, actor, as_of, scope):
        chain_name = wording.label("chain", chain) if chain else ""
        yield chain_name, wording.label("link", link) if link else "", count, suppliers


def _causes(
    session: Session, actor: Actor, as_of: date, scope: Scope, wording: Wording
) -> Iterator[tuple[Cell, ...]]:
    for cause in queries.causes(session, actor, as_of, scope):
        yield wording.cause(cause.code), cause.needs, cause.capabilities


def _pairs(
    session: Session, actor: Actor, as_of: date, scope: Scope, wording: Wording
) -> Iterator[tuple[Cell, ...]]:
    statement = queries.pairs_with(actor, as_of, scope)
    for row in queries.each_pair(session, statement, rules.MOST_PAIRS_EXPORTED):
        yield (
            row.need_id,
            row.need.title,
            row.need.firm.legal_name,
            row.capability.firm.legal_name,
            row.capability.product,
            render(f"nearly.standing.{row.standing}", {}, wording.locale),
            "\n".join(line.text for line in presenting.lines_for_staff(row.gaps, wording)),
        )
