"""The match list as a workbook: the paper that an organiser checks, and the one that firms are given."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from io import BytesIO
from typing import Any

from sqlalchemy.orm import Session

from marketplace.conferences import list_queries
from marketplace.conferences.cards import eyes_of, note_of
from marketplace.conferences.lists import known_list
from marketplace.conferences.models import MatchEntry, MatchList, UnmatchedNeed
from marketplace.conferences.weight_cards import held_weights
from marketplace.core.actor import Actor
from marketplace.core.clock import local
from marketplace.core.i18n import N_, render, translate
from marketplace.core.sheets import ColumnSpec, Labelled, SheetSpec, write_workbook
from marketplace.core.sheets.writing import Cell
from marketplace.needs.models import Need
from marketplace.proposals.evidence import causes_readable_by, readable_by
from marketplace.proposals.wording import Wording

_LABELS = {"strong": N_("强"), "possible": N_("可能"), "weak": N_("弱")}
_EXPLAINED = (
    ("strong", N_("名称和用途对得上，并有写明的指标、证书或标准支持；建议安排见面。")),
    ("possible", N_("方向对得上，但有未写明或需要当面问清的地方；看过未证实和缺口两列再定。")),
    ("weak", N_("只有零星词语相同；除非您要求，不会列入清单。")),
)
_COLUMNS = (
    ("need_id", N_("需求编号"), "number", 8),
    ("need_title", N_("需求名称"), "wrap", 28),
    ("buyer", N_("需求企业"), "wrap", 22),
    ("rank", N_("序号"), "number", 6),
    ("capability_id", N_("能力编号"), "number", 8),
    ("capability_title", N_("产品或服务"), "wrap", 28),
    ("firm", N_("供给企业"), "wrap", 24),
    ("label", N_("匹配程度"), "text", 9),
    ("score", N_("分值（仅主办单位）"), "score", 9),
    ("reasons", N_("理由"), "wrap", 44),
    ("unproven", N_("未证实，请当面问"), "wrap", 36),
    ("gaps", N_("缺口"), "wrap", 30),
    ("decision", N_("人工处理"), "wrap", 20),
)
# Who was pinned, added or already a partner, and why, is between the organiser and the buyer.
_FOR_STAFF_ONLY = frozenset({"score", "decision"})


def match_list_workbook(
    session: Session, actor: Actor, list_id: int, *, locale: str, with_scores: bool = True
) -> bytes:
    """The edition as .xlsx. ``with_scores`` False gives the copy for firms: labels and reasons, no numbers, none of the
    organiser's own remarks, nobody's other relations, anonymous buyers without their names, and none of the needs that
    only invited firms may read.
    """
    match_list = known_list(session, actor, list_id)
    wording = Wording(session, locale)

    def eyes(need: Need) -> str:
        return eyes_of(actor, need) if with_scores else "supplier"

    columns = [
        ColumnSpec(key, translate(heading, locale), kind, width)
        for key, heading, kind, width in _COLUMNS
        if with_scores or key not in _FOR_STAFF_ONLY
    ]
    entries = {
        need_id: found
        for need_id, found in list_queries.entries_of(session, list_id).items()
        if with_scores or found[0].need.visibility != "invited"
    }
    unmatched = [
        row
        for row in list_queries.unmatched_of(session, list_id)
        if with_scores or row.need.visibility != "invited"
    ]
    sheets = [
        SheetSpec(translate(N_("匹配清单"), locale), columns, _lines(entries, wording, eyes, with_scores)),
        SheetSpec(translate(N_("匹配程度说明"), locale), _explained_columns(locale), _explained(locale)),
        SheetSpec(
            translate(N_("无合适匹配"), locale),
            _unmatched_columns(locale),
            _unmatched(unmatched, locale, eyes, with_scores),
        ),
        SheetSpec(
            translate(N_("关于本清单"), locale),
            _about_columns(locale),
            _about(match_list, locale, with_scores),
        ),
    ]
    out = BytesIO()
    write_workbook(out, sheets, title=match_list.conference.name)
    return out.getvalue()


def _lines(
    entries: dict[int, list[MatchEntry]],
    wording: Wording,
    eyes_for: Callable[[Need], str],
    with_scores: bool,
) -> Iterator[tuple[Cell, ...]]:
    locale = wording.locale
    for of_need in entries.values():
        kept = [entry for entry in of_need if entry.dropped_at is None]
        for position, entry in enumerate(kept, 1):
            score: tuple[Cell, ...] = (round(entry.score, 2),) if with_scores else ()
            eyes = eyes_for(entry.need)
            yield (
                entry.need_id,
                entry.need.title,
                _buyer(entry.need, locale, with_scores),
                position,
                entry.capability_id,
                entry.capability.product,
                entry.capability.firm.legal_name,
                Labelled(translate(_LABELS[entry.label], locale), entry.label),
                *score,
                _reasons(entry, wording, eyes, with_scores),
                _told(entry.unproven, wording, eyes),
                _told(entry.gaps, wording, eyes),
                *((_decision(entry, locale, eyes),) if with_scores else ()),
            )


def _told(findings: list[Any], wording: Wording, eyes: str) -> str:
    return "\n".join(wording.lines(readable_by(findings, eyes)))


def _reasons(entry: MatchEntry, wording: Wording, eyes: str, for_staff: bool) -> str:
    """Why this pair; where the machine saw nothing, that people put it there."""
    told = _told(entry.reasons, wording, eyes)
    if told:
        return told
    said = translate(N_("主办单位推荐"), wording.locale)
    return (
        f"{said}{translate(N_('：'), wording.locale)}{entry.added_reason}"
        if for_staff and entry.added_reason
        else said
    )


def _buyer(need: Need, locale: str, for_staff: bool) -> str:
    """The buyer's name; a copy for firms keeps an anonymous buyer anonymous."""
    if need.anonymous and not for_staff:
        return translate(N_("匿名链主企业"), locale)
    return need.firm.legal_name


def _decision(entry: MatchEntry, locale: str, eyes: str) -> str:
    parts = []
    if entry.pinned_at is not None:
        parts.append(translate(N_("置顶"), locale))
    if entry.source == "staff":
        parts.append(translate(N_("人工添加"), locale))
    if entry.already_partners and eyes != "supplier":
        parts.append(translate(N_("已合作"), locale))
    if note := note_of(entry, locale):
        parts.append(note)
    return translate(N_("；"), locale).join(parts)


def _explained_columns(locale: str) -> list[ColumnSpec]:
    return [
        ColumnSpec("label", translate(N_("匹配程度"), locale), "text", 10),
        ColumnSpec("meaning", translate(N_("是什么意思"), locale), "wrap", 80),
    ]


def _explained(locale: str) -> Iterator[tuple[Cell, ...]]:
    for label, meaning in _EXPLAINED:
        yield Labelled(translate(_LABELS[label], locale), label), translate(meaning, locale)


def _unmatched_columns(locale: str) -> list[ColumnSpec]:
    return [
        ColumnSpec("need_id", translate(N_("需求编号"), locale), "number", 8),
        ColumnSpec("need_title", translate(N_("需求名称"), locale), "wrap", 36),
        ColumnSpec("buyer", translate(N_("需求企业"), locale), "wrap", 28),
        ColumnSpec("causes", translate(N_("原因和家数"), locale), "wrap", 60),
    ]


def _unmatched(
    rows: Iterable[UnmatchedNeed], locale: str, eyes_for: Callable[[Need], str], for_staff: bool
) -> Iterator[tuple[Cell, ...]]:
    for row in rows:
        causes = "\n".join(
            render("conferences.cause", {"cause": (f"cause.{code}", {}), "count": count}, locale)
            for code, count in causes_readable_by(row.causes, eyes_for(row.need)).items()
        )
        yield row.need_id, row.need.title, _buyer(row.need, locale, for_staff), causes


def _about_columns(locale: str) -> list[ColumnSpec]:
    return [
        ColumnSpec("what", translate(N_("项目"), locale), "text", 22),
        ColumnSpec("value", translate(N_("内容"), locale), "wrap", 80),
    ]


def _about(match_list: MatchList, locale: str, with_scores: bool) -> Iterator[tuple[Cell, ...]]:
    conference = match_list.conference
    yield translate(N_("活动"), locale), conference.name
    yield translate(N_("时间"), locale), f"{local(conference.starts_at):%Y-%m-%d %H:%M}"
    yield translate(N_("地点"), locale), conference.venue
    yield translate(N_("版次"), locale), match_list.edition
    state = N_("已定稿") if match_list.frozen_at is not None else N_("草稿，尚未定稿")
    yield translate(N_("状态"), locale), translate(state, locale)
    if not with_scores:
        told = N_("供参会企业使用：只有匹配程度和理由；匿名需求不写企业名，仅邀请企业可见的需求不列入。")
        yield translate(N_("说明"), locale), translate(told, locale)
    if with_scores:
        yield translate(N_("权重"), locale), _weights(match_list, locale)
        yield translate(N_("方法版本"), locale), match_list.run.method
        yield translate(N_("清单指纹"), locale), match_list.frozen_hash or match_list.machine_hash


def _weights(match_list: MatchList, locale: str) -> str:
    """The named choice that held, and the number of each thing weighed."""
    held = held_weights(match_list, locale)
    return "\n".join([held["name"], *(f"{label} {step} {number:g}" for label, step, number in held["rows"])])
