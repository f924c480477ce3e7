"""Writes the pool as sheets that a person can judge from: ``python -m tests.golden.make_sheets <folder>``.

A sheet holds twelve needs, each with its pooled capabilities in full. A long description stands once a sheet, where the
listing first comes up; later it is pointed to. Nothing on a sheet tells who proposed a pair.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from marketplace import demo_profiles
from matching.judgements import PooledNeed, read_pool

HERE = Path(__file__).resolve().parent
NEEDS_A_SHEET = 12
LONG = 90  # characters from which a description is printed once a sheet
SIGNS = {"eq": "=", "ge": "≥", "le": "≤", "gt": ">", "lt": "<", "contains": "含"}
PERIODS = {"year": "/年", "month": "/月", "once": "（一次）"}

Row = dict[str, Any]


def sheets(needs: Sequence[PooledNeed]) -> Iterator[tuple[str, str]]:
    """Name and text of each sheet."""
    firms, stated, offers = (demo_profiles.rows(kind) for kind in ("firms", "needs", "capabilities"))
    for start in range(0, len(needs), NEEDS_A_SHEET):
        printed: dict[str, str] = {}  # capability or firm, and the need under which it stands in full
        parts = []
        for pooled in needs[start : start + NEEDS_A_SHEET]:
            parts.append(need_text(stated[pooled.need], pooled))
            for key in pooled.pool:
                offer = offers[key]
                parts.append(capability_text(offer, firms[offer["firm"]], printed))
                printed.setdefault(key, pooled.need)
                printed.setdefault(offer["firm"], pooled.need)
        yield f"chunk-{start // NEEDS_A_SHEET + 1:02}", "\n".join(parts)


def need_text(row: Row, pooled: PooledNeed) -> str:
    lines = [
        f"\n######## 需求 {row['key']} 〔{row['type']}〕 {row['title']}    判断日 {pooled.as_of}，候选 {len(pooled.pool)} 条",
        f"用途：{row.get('use', '—')}",
        f"说明：{row.get('description', '—')}",
        f"指标：{specs(row) or '未列'}",
        f"必须持有的证书：{'、'.join(row.get('certificates_required', ())) or '不要求'}",
        f"数量：{amount(row, 'quantity')}；交期：{days(row)}；拆分：{'接受' if row.get('splitting_accepted', True) else '不接受'}"
        f"；接受首台（套）首批次：{'是' if row.get('accepts_first_of_kind') else '未说明'}；交货地 {row.get('delivery_division', '—')}",
    ]
    return "\n".join(lines)


def capability_text(row: Row, firm: Row, printed: dict[str, str]) -> str:
    description = row.get("description", "")
    if len(description) > LONG and row["key"] in printed:
        description = f"（长文见前，{printed[row['key']]} 之下）"
    lines = [f"\n=== {row['key']} 〔{'/'.join(row['types'])}〕 {row['product']}"]
    lines += [row["sentence"]] if row.get("sentence") else []
    lines += [description] if description else []
    lines += [f"指标：{specs(row)}"] if row.get("specs") else []
    lines += [f"标准：{'、'.join(row['standards'])}"] if row.get("standards") else []
    facts = [
        f"{label} {amount(row, name)}"
        for label, name in (("产能", "capacity"), ("起订", "moq"))
        if row.get(name) is not None
    ]
    facts += [f"交期 {days(row)}"] if row.get("lead_time_days") is not None else []
    lines += ["；".join(facts)] if facts else []
    profile = "" if row["firm"] in printed else f"：{firm.get('profile', '')}"
    lines.append(f"企业 {firm['legal_name']}{profile}｜证书：{papers(row, firm)}")
    return "\n".join(lines)


def specs(row: Row) -> str:
    return "；".join(
        " ".join(
            part
            for part in (
                spec["parameter"],
                f"{spec['value']}～{spec['value_high']}"
                if spec["operator"] == "range"
                else f"{SIGNS[spec['operator']]} {spec['value']}",
                spec.get("unit"),
                spec.get("standard"),
                ("（必备）" if spec.get("must", True) else "（优选）") if "title" in row else None,
            )
            if part
        )
        for spec in row.get("specs", ())
    )


def amount(row: Row, name: str) -> str:
    if row.get(name) is None:
        return "未说明"
    return f"{row[name]:g} {row.get(f'{name}_unit') or ''}{PERIODS.get(row.get(f'{name}_period') or '', '')}"


def days(row: Row) -> str:
    return f"{row['lead_time_days']} 天" if row.get("lead_time_days") is not None else "未说明"


def papers(row: Row, firm: Row) -> str:
    """Certificates with their last day, those that the listing only names, and those declared absent."""
    held = [
        f"{held['kind']} 至 {held.get('valid_until', '无期限')}" for held in firm.get("certifications", ())
    ]
    kinds = {held["kind"] for held in firm.get("certifications", ())}
    absent = firm.get("certificates_absent", ())
    named = [
        f"{kind} 仅自述，无日期"
        for kind in row.get("certificates", ())
        if kind not in kinds and kind not in absent
    ]
    return "，".join([*held, *named, *(f"{kind} 明示没有" for kind in absent)]) or "未说明"


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in sheets(read_pool(HERE / "pool.jsonl")):
        (folder / f"{name}.txt").write_text(text.lstrip() + "\n", encoding="utf-8")
        print(f"{name}: {len(text):,} characters, {text.count('=== ')} pairs")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
