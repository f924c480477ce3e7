"""The match list as a workbook, a .csv or a .jsonl: one set of columns, three files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from marketplace.core.i18n import N_, render, translate
from marketplace.core.sheets import (
    ColumnSpec,
    Labelled,
    SheetSpec,
    errors_sheet,
    write_csv,
    write_jsonl,
    write_workbook,
)
from marketplace.core.sheets.writing import Cell
from marketplace.imports.pairing import Paired, Pairing, Unmatched
from marketplace.imports.profiles import Row
from marketplace.imports.reading import Side
from marketplace.proposals.wording import Wording

LABELS = {"strong": N_("强"), "possible": N_("可能"), "weak": N_("弱")}
MEANINGS = (
    ("strong", N_("产品对得上，写明的指标、标准或证书也支持，没有相反的事实。可以直接约谈。")),
    ("possible", N_("方向对得上，还有没写明或不足的地方。先看「未证实」和「缺口」，问清后再约。")),
    ("weak", N_("只有零星字词相同。只在要求列出全部配对时出现，不建议据此邀请。")),
)
_COLUMNS = (
    ("need_id", N_("需求编号"), "text", 12), ("need_title", N_("需求名称"), "wrap", 26),
    ("buyer", N_("需求企业"), "wrap", 22), ("rank", N_("名次"), "number", 6),
    ("capability_id", N_("能力编号"), "text", 12), ("capability_title", N_("能力名称"), "wrap", 26),
    ("firm", N_("供给企业"), "wrap", 22), ("label", N_("匹配程度"), "text", 9), ("score", N_("分值"), "score", 7),
    ("reasons", N_("理由（命中）"), "wrap", 46), ("gaps", N_("未证实与缺口"), "wrap", 46),
)  # fmt: skip
_READING_HINTS = (
    (N_("理由（命中）"), N_("双方都写明、并且对得上的词、指标、标准、证书、产能、交期和产业链位置。")),
    (N_("未证实"), N_("供给企业没有写明，或单位、版本无法比较。不算不合格，名次靠后，并写出该问什么。")),
    (N_("缺口"), N_("写明了但不够：产能不足、交期偏长、起订量偏高、优选指标未达到。")),
    (
        N_("不列入"),
        N_("写明的事实与必备要求相反（证书已到期、写明没有、必备指标不符）才会排除，原因见「无合适匹配」。"),
    ),
    (N_("分值"), N_("0～1，只用于同一需求内部排序，不同需求之间不能比较。请勿单独引用。")),
    (N_("名次"), N_("同一需求内从 1 开始；分值完全相同时按固定的抽签次序排列，与名称和先后无关。")),
)


@dataclass(frozen=True)
class Outcome:
    """All that goes into the files: two sides as read, and the pairing over them."""

    needs: Side
    capabilities: Side
    pairing: Pairing
    as_of: date
    top: int


def line_cells(paired: Paired, wording: Wording, separator: str) -> tuple[Cell, ...]:
    """The list's columns; unproven and gaps stand in one cell, each with its word before it."""
    match = paired.match
    missing = wording.marked("unproven", match.unproven) + wording.marked("gap", match.gaps)
    return (
        paired.need.id, paired.need.title, paired.need.firm_name, paired.rank, paired.capability.id,
        paired.capability.title, paired.capability.firm_name,
        Labelled(translate(LABELS[match.label], wording.locale), match.label), round(match.score, 4),
        separator.join(wording.lines(match.reasons)), separator.join(missing),
    )  # fmt: skip


def list_sheet(pairs: Iterable[Paired], wording: Wording, separator: str) -> SheetSpec:
    locale = wording.locale
    columns = [
        ColumnSpec(key, translate(heading, locale), kind, width) for key, heading, kind, width in _COLUMNS
    ]
    return SheetSpec(
        translate(N_("匹配清单"), locale), columns, (line_cells(pair, wording, separator) for pair in pairs)
    )


def unmatched_sheet(unmatched: Iterable[Unmatched], wording: Wording, separator: str) -> SheetSpec:
    locale = wording.locale
    columns = [
        ColumnSpec("need_id", translate(N_("需求编号"), locale), "text", 12),
        ColumnSpec("need_title", translate(N_("需求名称"), locale), "wrap", 30),
        ColumnSpec("buyer", translate(N_("需求企业"), locale), "wrap", 26),
        ColumnSpec("causes", translate(N_("能力表各行未入选的原因"), locale), "wrap", 56),
    ]
    rows = (
        (one.need.id, one.need.title, one.need.firm_name, separator.join(cause_lines(one.causes, wording)))
        for one in unmatched
    )
    return SheetSpec(translate(N_("无合适匹配"), locale), columns, rows)


def cause_lines(causes: dict[str, int], wording: Wording) -> list[str]:
    """「字词相近但不是同一类产品：37 项」, the most frequent first."""
    ordered = sorted(causes.items(), key=lambda cause: (-cause[1], cause[0]))
    return [
        render("imports.cause_counted", {"cause": (f"cause.{code}", {}), "count": count}, wording.locale)
        for code, count in ordered
    ]


def _explanation(wording: Wording) -> SheetSpec:
    locale = wording.locale
    columns = [
        ColumnSpec("what", translate(N_("标签或栏目"), locale), "text", 16),
        ColumnSpec("meaning", translate(N_("怎样看"), locale), "wrap", 90),
    ]
    rows: list[tuple[Cell, ...]] = [
        (Labelled(translate(LABELS[code], locale), code), translate(meaning, locale))
        for code, meaning in MEANINGS
    ]
    rows += [(translate(what, locale), translate(meaning, locale)) for what, meaning in _READING_HINTS]
    return SheetSpec(translate(N_("标签说明"), locale), columns, rows, table=False)


def _summary(outcome: Outcome, wording: Wording) -> SheetSpec:
    locale = wording.locale
    columns = [
        ColumnSpec("what", translate(N_("项目"), locale), "text", 26),
        ColumnSpec("value", translate(N_("内容"), locale), "wrap", 90),
    ]
    return SheetSpec(translate(N_("读入情况"), locale), columns, _summary_rows(outcome, locale), table=False)


def _summary_rows(outcome: Outcome, locale: str) -> Iterator[tuple[Cell, ...]]:
    # A generator: the counts of the pairing are complete only once the list before it has been written.
    pairing = outcome.pairing
    yield translate(N_("匹配日期"), locale), outcome.as_of
    limit = translate(N_("全部有共同字词的配对"), locale) if outcome.top == 0 else str(outcome.top)
    yield translate(N_("每条需求最多列出"), locale), limit
    yield translate(N_("配对数"), locale), pairing.pair_count
    for code, name in LABELS.items():
        yield Labelled(translate(name, locale), code), pairing.labels.get(code, 0)
    yield translate(N_("无合适匹配的需求"), locale), len(pairing.unmatched)
    yield translate(N_("方法版本"), locale), pairing.matcher.method
    for side in (outcome.needs, outcome.capabilities):
        yield from _side_rows(side, locale)


def _side_rows(side: Side, locale: str) -> Iterator[tuple[Cell, ...]]:
    yield render(f"imports.side.{side.side}", {}, locale), side.filename
    yield translate(N_("读入行数"), locale), len(side.rows)
    yield translate(N_("未读入的行"), locale), side.left_out
    for note in side.notes:
        yield translate(N_("说明"), locale), note.sentence(locale)
    for reading in side.readings:
        yield translate(N_("工作表"), locale), reading.sheet.name
        why = " ".join(note.sentence(locale) for note in reading.heading.why)
        yield translate(N_("表头"), locale), why
        fields = [
            f"{column.label} → {translate(column.field.label, locale)}"
            if column.field
            else f"{column.label} → —"
            for column in reading.columns
            if column.label
        ]
        yield translate(N_("列的对应"), locale), "\n".join(fields)
    for code, count in sorted(side.skip_counts().items()):
        yield f"{translate(N_('跳过'), locale)} · {render(code, {}, locale)}", count


def _source_sheet(side: Side, locale: str) -> SheetSpec | None:
    """The rows with the reader's own further columns, kept beside the list; None where there are none."""
    extra = list(dict.fromkeys(heading for row in side.rows for heading in row.record.extra))[:200]
    if not extra:
        return None
    needs = side.side == "needs"
    name = translate(N_("需求表原有的其他列") if needs else N_("能力表原有的其他列"), locale)
    columns = [
        ColumnSpec("id", translate(N_("需求编号") if needs else N_("能力编号"), locale), "text", 12),
        ColumnSpec("firm", translate(N_("企业名称"), locale), "text", 28),
        ColumnSpec("title", translate(N_("名称"), locale), "text", 28),
        *(ColumnSpec(heading, heading, "text") for heading in extra),
    ]
    return SheetSpec(name, columns, _source_rows(side.rows, extra))


def _source_rows(rows: Sequence[Row], extra: Sequence[str]) -> Iterator[tuple[Cell, ...]]:
    for row in rows:
        yield (row.id, row.firm, row.title, *(row.record.extra.get(heading, "") for heading in extra))


def workbook_sheets(outcome: Outcome, pairs: Iterable[Paired], wording: Wording) -> list[SheetSpec]:
    """The list first; what it found on its way (needs without a match, counts) comes on the sheets after it."""
    sheets = [
        list_sheet(pairs, wording, "\n"),
        _explanation(wording),
        unmatched_sheet(_late(outcome.pairing), wording, "\n"),
    ]
    errors = outcome.needs.errors + outcome.capabilities.errors
    if errors:
        sheets.append(errors_sheet(errors, wording.locale))
    sheets.append(_summary(outcome, wording))
    sheets += [
        sheet
        for side in (outcome.needs, outcome.capabilities)
        if (sheet := _source_sheet(side, wording.locale))
    ]
    return sheets


def _late(pairing: Pairing) -> Iterator[Unmatched]:
    yield from pairing.unmatched


def write_list(target: Path, outcome: Outcome, pairs: Iterable[Paired], wording: Wording) -> list[Path]:
    """Write by suffix and return the files, the list first. .csv and .jsonl hold the list alone: needs without a match
    and errors go into files beside it (``…-unmatched``, ``…-errors``), if there are any.

    The list appears under its name once it is complete. Raises ValueError for another suffix, OSError.
    """
    suffix = target.suffix.lower()
    partial = target.with_name(f"{target.name}.part")
    try:
        if suffix == ".xlsx":
            title = translate(N_("匹配清单"), wording.locale)
            write_workbook(partial, workbook_sheets(outcome, pairs, wording), title=title)
        elif suffix in (".csv", ".jsonl"):
            _write_plain(partial, suffix, list_sheet(pairs, wording, _separator(wording.locale)))
        else:
            raise ValueError(f"cannot write {suffix or 'a file without a suffix'}")
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return [target, *(_write_besides(target, suffix, outcome, wording) if suffix != ".xlsx" else ())]


def _separator(locale: str) -> str:
    return "；" if locale == "zh" else "; "


def _write_plain(path: Path, suffix: str, sheet: SheetSpec) -> int:
    with path.open("wb") as stream:
        return (write_csv if suffix == ".csv" else write_jsonl)(stream, sheet)


def _write_besides(target: Path, suffix: str, outcome: Outcome, wording: Wording) -> list[Path]:
    separator = _separator(wording.locale)
    written = []
    for name, sheet in (
        ("unmatched", unmatched_sheet(outcome.pairing.unmatched, wording, separator)),
        ("errors", errors_sheet(outcome.needs.errors + outcome.capabilities.errors, wording.locale)),
    ):
        path = target.with_name(f"{target.stem}-{name}{target.suffix}")
        path.unlink(missing_ok=True)  # of an earlier run
        if _write_plain(path, suffix, sheet):
            written.append(path)
        else:
            path.unlink()
    return written
