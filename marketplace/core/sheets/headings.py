"""Find the heading row under titles and notes, join headings of two lines, and tell rows of data from the rest.

Everything guessed is explained by notes, so that a page can show why and let a person choose another row.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.core.sheets.book import Sheet
from marketplace.core.sheets.columns import Field, Vocabulary, normalised
from marketplace.core.sheets.errors import Note

_SEARCHED = 40
_LONGEST_HEADING = 30
_NUMBER = re.compile(r"[-+]?[\d,.]+%?|\d{4}[-/.年]\d{1,2}.*")
_TOTAL = re.compile(
    r"(?:本页|本表|全部|以上)?(?:[合小总共累]\s*计)(?:[:：]?\s*[\d.,]*\s*[家项个条户]?)|(?:grand |sub)?total[:：]?|sum[:：]?",
    re.IGNORECASE,
)
_NOTE = re.compile(
    r"[（(【\[]?(?:填[表报写]|填列|编制|使用)?(?:说明|须知|要求)[】\]）)]?(?:[:：].*|$)|备注[:：].+|注\d?[:：].+|注意事项|[*※★]?注[:：]|"
    r"notes?[:：]|instructions?\b",
    re.IGNORECASE | re.DOTALL,
)
_SIGN_OFF = re.compile(
    r"(?:填[表报]人|填[表报]单位|填[表报]日期|填[表报]时间|审[核批]人|制[表单]人?|单位负责人|负责人签字|经办人|联系人|联系电话)\s*(?:[（(].*?[）)])?\s*[:：]"
)
_SECTION = re.compile(
    r"(?:[一二三四五六七八九十]+|[（(][一二三四五六七八九十]+[）)])\s*[、.．]?\s*\S.*", re.DOTALL
)
_HINT = re.compile(
    r"[（(【].*[）)】]|(?:如|例如|示例|例|样例|填写示例)[:：].*|必填|选填|可选|下拉选择", re.DOTALL
)
_EXAMPLE = re.compile(r"(?:填写)?(?:示例|样例|范例|例)(?:行|数据)?|example", re.IGNORECASE)


@dataclass(frozen=True)
class Heading:
    """Rows ``first`` to ``last`` (indexes into ``sheet.rows``) and one label a column, the two lines joined by 「/」."""

    first: int
    last: int
    labels: tuple[str, ...]
    recognised: int
    why: tuple[Note, ...]


@dataclass(frozen=True)
class SkippedRow:
    """A row below the heading that holds no record: its number and the code of the reason."""

    row: int
    code: str


def guess_heading(sheet: Sheet, fields: Sequence[Field]) -> Heading:
    """The likeliest heading: the row, or the pair of rows, in which the most fields' headings are recognised."""
    vocabulary = Vocabulary(fields)
    best, best_score = (0, 0), 0.0
    for first in range(min(_SEARCHED, len(sheet.rows))):
        labels = _distinct(sheet.rows[first])
        if len(labels) < min(2, sheet.width):
            continue
        for last in (first, first + 1):
            if last > first and not _continues(sheet, first, vocabulary):
                continue
            score = _score(heading_at(sheet, first, last, vocabulary=vocabulary).labels, vocabulary)
            if last > first:
                # Cells merged over both lines prove the pair; else one line explains itself more simply.
                proved = any(top == first and bottom == last for top, _, bottom, _ in sheet.spans)
                score += 1.0 if proved else -0.2
            if score > best_score:
                best, best_score = (first, last), score
    heading = heading_at(sheet, *best, vocabulary=vocabulary)
    why: list[Note] = []
    shown = [label for label in heading.labels if vocabulary.strength(label) >= 0.8][:8]
    if shown:
        why.append(Note("sheets.why_recognised", {"row": sheet.number(best[0]), "headings": shown}))
    else:
        why.append(Note("sheets.why_first_full", {"row": sheet.number(best[0])}))
    if best[1] > best[0]:
        why.append(
            Note("sheets.why_two_lines", {"first": sheet.number(best[0]), "last": sheet.number(best[1])})
        )
    if best[0]:
        above = sum(1 for row in sheet.rows[: best[0]] if any(cell.strip() for cell in row))
        if above:
            why.append(Note("sheets.why_titles", {"rows": above}))
    return Heading(heading.first, heading.last, heading.labels, heading.recognised, tuple(why))


def heading_at(
    sheet: Sheet, first: int, last: int | None = None, *, vocabulary: Vocabulary | None = None
) -> Heading:
    """The heading at rows a person chose (indexes, ``last`` included)."""
    last = first if last is None else last
    lines = [_clean(row) for row in sheet.rows[first : last + 1]] or [()]
    if last > first and not sheet.spans:
        # Without merged cells a group's name stands over its first column only: carry it over its neighbours.
        lines[0] = _carried(lines[0], lines[1])
    labels = []
    for column in range(sheet.width):
        parts: list[str] = []
        for line in lines:
            if line[column] and line[column] not in parts:
                parts.append(line[column])
        labels.append("/".join(parts))
    known = sum(1 for label in labels if vocabulary and vocabulary.strength(label) >= 0.8)
    return Heading(first, last, tuple(labels), known, ())


def body(sheet: Sheet, heading: Heading) -> tuple[list[tuple[int, list[str]]], list[SkippedRow]]:
    """Rows of data as (row number, cells), and the rows below the heading that are none, with the reason.

    Skipped: blank rows, 合计 and 小计, repeated headings, rows of column numbers, hints and examples under the heading,
    section titles, 填表说明 and all that follows it alone, and who filled in the form.
    """
    kept: list[tuple[int, list[str]]] = []
    skipped: list[SkippedRow] = []
    labels = {normalised(part) for label in heading.labels for part in label.split("/")} - {""}
    wide = sum(1 for label in heading.labels if label) >= 3
    in_note = False
    for index in range(heading.last + 1, len(sheet.rows)):
        row = sheet.rows[index]
        filled = [cell for cell in row if cell and not cell.isspace()]
        if not filled:
            if sheet.unread is None or index not in sheet.unread:
                skipped.append(SkippedRow(sheet.number(index), "sheets.skip_blank"))
            continue
        code, in_note = _reason(filled, labels, wide, in_note, not kept)
        if code:
            skipped.append(SkippedRow(sheet.number(index), code))
        else:
            kept.append((sheet.number(index), row))
    return kept, skipped


def _reason(filled: list[str], labels: set[str], wide: bool, in_note: bool, at_top: bool) -> tuple[str, bool]:
    """Why a row holds no record ("" if it does), and whether a block of notes goes on after it."""
    first = filled[0].strip()
    alone = all(cell == filled[0] for cell in filled)
    if wide and alone and (_NOTE.match(first) or in_note):
        return "sheets.skip_note", True
    if any(_TOTAL.fullmatch(cell.strip()) for cell in filled[:2]):
        return "sheets.skip_total", False
    if wide and _SIGN_OFF.match(first) and len(set(filled)) <= 4:
        return "sheets.skip_sign_off", False
    if wide and alone and len(first) <= 60 and (len(filled) > 1 or _SECTION.fullmatch(first)):
        return "sheets.skip_section", False
    if wide and _NOTE.fullmatch(first) and len(set(filled)) == 2 and len(first) <= 8:
        return "sheets.skip_note", True  # 「填表说明」 in one cell, its text in the next
    same = sum(1 for cell in filled if normalised(cell) in labels)
    if same >= 2 and same >= 0.6 * len(filled):
        return "sheets.skip_heading", False
    if at_top and len(filled) >= 2:
        if _is_counting(filled):
            return "sheets.skip_numbering", False
        if sum(1 for cell in filled if _HINT.fullmatch(cell.strip())) * 2 >= len(filled):
            return "sheets.skip_hint", False
        if _EXAMPLE.fullmatch(first):
            return "sheets.skip_hint", False
    return "", False


def _is_counting(filled: list[str]) -> bool:
    """「1 2 3 4」 or 「A B 1 2」 under a heading numbers the columns of a form."""
    digits = [cell.strip("（）() ") for cell in filled]
    numbers = [int(cell) for cell in digits if cell.isdecimal() and len(cell) < 4]
    letters = [cell for cell in digits if cell in ("甲", "乙", "丙", "丁", "A", "B", "C", "D")]
    counting = numbers == list(range(1, len(numbers) + 1))
    return len(digits) >= 3 and counting and len(numbers) >= 2 and len(numbers) + len(letters) == len(digits)


def _clean(row: Sequence[str]) -> tuple[str, ...]:
    return tuple(re.sub(r"\s+", "", cell) if not cell.isascii() else " ".join(cell.split()) for cell in row)


def _carried(upper: tuple[str, ...], lower: tuple[str, ...]) -> tuple[str, ...]:
    carried, last = [], ""
    for above, below in zip(upper, lower, strict=True):
        last = above or (last if below else "")
        carried.append(last)
    return tuple(carried)


def _distinct(row: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(cell for cell in _clean(row) if cell))


def _score(labels: Sequence[str], vocabulary: Vocabulary) -> float:
    """Recognised headings weigh most; short words speak for a heading, numbers and sentences against."""
    score, seen = 0.0, set[str]()
    for label in labels:
        if not label or label in seen:
            continue
        seen.add(label)
        strength = vocabulary.strength(label)
        if strength >= 0.55:
            score += 3 * strength
        elif _NUMBER.fullmatch(label) or len(label) > _LONGEST_HEADING:
            score -= 0.6
        else:
            score += 0.2
    return score


def _continues(sheet: Sheet, first: int, vocabulary: Vocabulary) -> bool:
    """Is the next row the second line of this heading?

    Its cells either repeat the cell above (merged downwards), or stand under a merged or empty one, and are short words.
    """
    if first + 1 >= len(sheet.rows):
        return False
    upper, lower = _clean(sheet.rows[first]), _clean(sheet.rows[first + 1])
    across = {column for top, left, bottom, right in sheet.spans if top == bottom == first and right > left
              for column in range(left, right + 1)}  # fmt: skip
    carried = _carried(upper, lower) if not sheet.spans else upper
    repeats = {label for label in carried if label and carried.count(label) > 1}
    fresh = 0
    for column, below in enumerate(lower):
        if not below or below == upper[column]:
            continue
        if _NUMBER.fullmatch(below) or len(below) > 20 or _HINT.fullmatch(below):
            return False
        if column not in across and upper[column] and carried[column] not in repeats:
            return False
        fresh += 1
    lonely = [column for column, above in enumerate(upper) if above and not lower[column]]
    return (
        fresh > 0 and len(lonely) < len([cell for cell in upper if cell]) and _said(lower, vocabulary, fresh)
    )


def _said(lower: Sequence[str], vocabulary: Vocabulary, fresh: int) -> bool:
    known = sum(1 for cell in dict.fromkeys(lower) if cell and vocabulary.strength(cell) >= 0.55)
    return known >= 1 or fresh >= 2
