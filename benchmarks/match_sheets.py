"""`lianqiao match` on two sheets as long as a city's: 200 needs and 7,000 capabilities, start-up included.

    .venv/bin/python benchmarks/match_sheets.py [--needs 200] [--capabilities 7000] [--top 20] [--keep FOLDER]

The rows are the demonstration district's texts, each varied (figures, order of sentences, length), so that no two are
equal and words repeat as they do in a real city. Last line: JSON with seconds, and the ratio to the allowed ten.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from marketplace.core.sheets import ColumnSpec, SheetSpec, write_workbook  # noqa: E402 - the checkout comes first
from marketplace.core.specs import SpecContent, written  # noqa: E402

ALLOWED_SECONDS = 10.0
PARTS = ("nylon", "steel", "electrical", "storage")


def demo_rows(kind: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for part in PARTS:
        with (ROOT / "seeds" / "demo" / f"{kind}-{part}.jsonl").open(encoding="utf-8") as lines:
            rows += [json.loads(line) for line in lines if line.strip()]
    return rows


def varied(text: str, draw: random.Random) -> str:
    """Other figures, and the sentences in another order with some left out."""
    sentences = [part for part in re.split(r"(?<=[。；\n])", text) if part]
    draw.shuffle(sentences)
    kept = sentences[: max(1, round(len(sentences) * draw.uniform(0.5, 1.0)))]
    return re.sub(r"\d+", lambda found: _nudged(found[0], draw), "".join(kept))


def _nudged(figure: str, draw: random.Random) -> str:
    return (
        figure
        if len(figure) > 5 or draw.random() < 0.5
        else str(max(1, int(int(figure) * draw.uniform(0.8, 1.25))))
    )


def specs_of(row: dict[str, Any]) -> str:
    rows = (
        SpecContent(
            spec["parameter"], spec.get("operator", "eq"), str(spec["value"]),
            None if spec.get("value_high") is None else str(spec["value_high"]), spec.get("unit"),
        )
        for spec in row.get("specs", ())
    )  # fmt: skip
    return "；".join(written(spec) for spec in rows)


def need_cells(count: int, draw: random.Random) -> Iterator[tuple[str, ...]]:
    rows = demo_rows("needs")
    for number in range(1, count + 1):
        row = draw.choice(rows)
        quantity = f"{row['quantity']}{row.get('quantity_unit') or ''}" if row.get("quantity") else ""
        lead = f"{row['lead_time_days']}天" if row.get("lead_time_days") else ""
        yield (
            f"X{number:04}", f"示例采购企业{number % 40 + 1}有限公司", varied(row["title"], draw)[:60],
            varied(row.get("description", ""), draw), specs_of(row), "、".join(row.get("certificates_required", ())),
            quantity, lead,
        )  # fmt: skip


def capability_cells(count: int, draw: random.Random) -> Iterator[tuple[str, ...]]:
    rows = demo_rows("capabilities")
    for number in range(1, count + 1):
        row = draw.choice(rows)
        capacity = f"{row['capacity']}{row.get('capacity_unit') or ''}" if row.get("capacity") else ""
        lead = f"{row['lead_time_days']}天" if row.get("lead_time_days") else ""
        yield (
            f"N{number:05}", f"示例供给企业{number % 3000 + 1}有限公司", varied(row["product"], draw)[:60],
            varied(f"{row.get('sentence', '')}\n{row.get('description', '')}", draw), specs_of(row),
            "、".join(row.get("certificates", ())), capacity, lead,
        )  # fmt: skip


def write_sheets(folder: Path, needs: int, capabilities: int) -> tuple[Path, Path]:
    draw = random.Random(20261123)
    headings = {
        "needs": ("需求编号", "企业名称", "需求名称", "需求描述", "技术指标", "资质要求", "数量", "交期"),
        "capabilities": (
            "能力编号",
            "企业名称",
            "能力名称",
            "能力描述",
            "技术指标",
            "资质证书",
            "年产能",
            "交期",
        ),
    }
    cells = {"needs": need_cells(needs, draw), "capabilities": capability_cells(capabilities, draw)}
    paths = []
    for side, rows in cells.items():
        path = folder / f"{side}.xlsx"
        write_workbook(path, [SheetSpec(side, [ColumnSpec(name, name) for name in headings[side]], rows)])
        paths.append(path)
    return paths[0], paths[1]


def timed(folder: Path, top: int) -> tuple[float, float]:
    """Wall and processor seconds of the whole command."""
    command = [
        sys.executable, "-m", "marketplace.cli", "match", "--needs", str(folder / "needs.xlsx"), "--capabilities",
        str(folder / "capabilities.xlsx"), "--top", str(top), "--out", str(folder / "match-list.xlsx"),
    ]  # fmt: skip
    before, started = os.times(), time.perf_counter()
    subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    wall, after = time.perf_counter() - started, os.times()
    spent = after.children_user - before.children_user + after.children_system - before.children_system
    return wall, spent


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--needs", type=int, default=200)
    parser.add_argument("--capabilities", type=int, default=7000)
    parser.add_argument("--top", type=int, default=20)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="write the sheets here and leave them")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        write_sheets(folder, options.needs, options.capabilities)
        print(
            f"{options.needs} needs x {options.capabilities} capabilities, --top {options.top}, start-up included"
        )
        print(f"{'run':>4} {'wall s':>8} {'processor s':>12}")
        runs = []
        for number in range(1, options.runs + 1):
            runs.append(timed(folder, options.top))
            print(f"{number:>4} {runs[-1][0]:>8.2f} {runs[-1][1]:>12.2f}")
    best = min(runs)
    machine = f"{platform.machine()}, {os.cpu_count()} processors, Python {platform.python_version()}"
    ratios = {
        "wall_of_allowed": round(best[0] / ALLOWED_SECONDS, 3),
        "processor_of_allowed": round(best[1] / ALLOWED_SECONDS, 3),
    }
    print(json.dumps({"benchmark": "match_sheets", "machine": machine, "ratios": ratios}))


if __name__ == "__main__":
    main()
