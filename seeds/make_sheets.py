"""Build the two sample sheets of the demo district as a bureau would really send them.

    python seeds/make_sheets.py seeds/demo/sheets

Title rows, a merged heading of two lines, 填表说明, section rows, odd column order, units in the same cell as the number, a few
bad rows and a 合计 row are there on purpose: this is what the import has to bear. The same input gives the same bytes.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

DEMO = Path(__file__).resolve().parent / "demo"
CHAINS = {"nylon": "尼龙新材料", "steel": "特钢及装备", "electrical": "电气装备", "storage": "新能源储能"}
NUMERALS = "一二三四"
NEEDS_OF_A_CHAIN = 15
CAPABILITIES_OF_A_CHAIN = 30
ROSTER_OF_A_CHAIN = 15
WRITTEN_ON = datetime(2026, 11, 20, 9, 0, tzinfo=UTC).replace(tzinfo=None)

SIGNS = {"ge": "≥", "le": "≤", "gt": "＞", "lt": "＜", "eq": "", "contains": ""}
PERIODS = {"year": "/年", "month": "/月", "once": ""}
CERTIFICATES = {
    "iso-9001": "ISO9001", "iatf-16949": "IATF16949", "iso-14001": "ISO14001", "iso-45001": "ISO45001", "gjb-9001c": "GJB9001C",
    "as-9100": "AS9100", "ccc": "3C认证", "ul": "UL", "pressure-vessel": "压力容器许可", "cnas": "CNAS",
    "srdi-sme": "专精特新中小企业", "srdi-little-giant": "专精特新小巨人", "innovative-sme": "创新型中小企业",
    "tech-innovative-sme": "科技和创新型中小企业", "high-tech": "高新技术企业", "first-batch": "首批次", "first-set": "首台套",
}  # fmt: skip
TIERS = ("srdi-little-giant", "srdi-sme", "innovative-sme", "tech-innovative-sme")
DIVISIONS = {
    "410402": "新华区", "410403": "卫东区", "410404": "石龙区", "410411": "湛河区", "410421": "宝丰县", "410422": "叶县",
    "410423": "鲁山县", "410425": "郏县", "410471": "高新区", "410472": "示范区", "410481": "舞钢市", "410482": "汝州市",
}  # fmt: skip
PLACES = {"410000": "河南省", "410300": "洛阳市", "410400": "平顶山市", "411000": "许昌市"}

Row = dict[str, Any]
Cells = list[str | int | float]

NEEDS_NOTE = (
    "填表说明：1.本表由各产业链链长办汇总，一行填一项需求，请勿合并单元格、勿增减列；2.“技术要求”请尽量写明参数、数值和执行标准；"
    "3.数量写全年或一次性用量，计量单位另列；4.涉密内容一律不得填写；5.电子版和盖章扫描件一并报送。"
)
CAPABILITIES_NOTE = "填表说明：一行填一个主导产品，同一企业有多个产品的分行填写；年产能、交期没有把握的可以空着；资质证书写在有效期内的。"


def rows_of(kind: str, chain: str) -> list[Row]:
    """The rows of one demo file, in the file's order."""
    with (DEMO / f"{kind}-{chain}.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def spec_text(spec: Row) -> str:
    """One spec row as a clerk would type it: 额定电流≥630A（GB/T 3906-2020）."""
    unit = spec.get("unit") or ""
    if spec["operator"] == "range":
        bound = f"{spec['value']}～{spec['value_high']}{unit}"
    else:
        bound = f"{SIGNS[spec['operator']]}{spec['value']}{unit}"
    standard = f"（{spec['standard']}）" if spec.get("standard") else ""
    gap = "" if bound[:1] in "≥≤＞＜" else " "
    return f"{spec['parameter']}{gap}{bound}{standard}"


def specs_text(row: Row) -> str:
    return "；".join(spec_text(spec) for spec in row.get("specs", ()))


def certificates_text(kinds: Iterable[str]) -> str:
    return "、".join(CERTIFICATES.get(kind, kind) for kind in kinds)


def remark(need: Row) -> str:
    """What ends up under 备注: whatever had no column of its own."""
    said = []
    if need.get("procedure") == "tender":
        said.append("须招标")
    if need.get("accepts_first_of_kind"):
        said.append("可首台套")
    if need.get("splitting_accepted"):
        said.append("可拆分")
    if need.get("payment_days"):
        said.append(f"账期{need['payment_days']}天")
    return "，".join(said)


def need_cells(number: int, need: Row, firms: dict[str, Row]) -> Cells:
    quantity = need.get("quantity", "")
    unit = need.get("quantity_unit", "")
    period = PERIODS.get(need.get("quantity_period", "once"), "")
    # every third clerk writes number and unit into one cell
    together = number % 3 == 0 and quantity != ""
    return [
        number,
        firms[need["firm"]]["legal_name"],
        need["title"],
        need["description"],
        specs_text(need),
        f"{quantity}{unit}{period}" if together else quantity,
        "" if together else unit,
        f"{need['lead_time_days']}天" if need.get("lead_time_days") else "",
        certificates_text(need.get("certificates_required", ())),
        DIVISIONS.get(need.get("delivery_division", ""), ""),
        remark(need),
    ]


def bad_need_rows(number: int, firms: dict[str, Row]) -> list[Cells]:
    """Rows as they do come in: no product, no firm, a quantity that is no number."""
    names = [firm["legal_name"] for firm in firms.values() if firm.get("chain_leader")]
    blank = ""
    return [
        [number, names[0], blank, "同去年，详见附件三（附件未随表报送）", blank, 20, "吨", blank, blank, blank, "缺产品名称"],
        [number + 1, blank, "耐磨衬板", "球磨机用，尺寸现场量", "硬度≥58HRC", 36, "块", "20天", blank, "舞钢市", blank],
        [number + 2, names[-1], "劳保手套", "浸胶，防割", blank, "若干", blank, "越快越好", blank, "示范区", "数量面议"],
    ]  # fmt: skip


def needs_table() -> list[tuple[str, list[Cells]]]:
    """Section title and rows for every chain; anonymous needs stay out of a sheet with names in it."""
    sections: list[tuple[str, list[Cells]]] = []
    number = 0
    firms: dict[str, Row] = {}
    for numeral, (chain, name) in zip(NUMERALS, CHAINS.items(), strict=True):
        firms |= {firm["key"]: firm for firm in rows_of("firms", chain)}
        rows: list[Cells] = []
        named = [need for need in rows_of("needs", chain) if not need.get("anonymous")]
        for need in named[:NEEDS_OF_A_CHAIN]:
            number += 1
            rows.append(need_cells(number, need, firms))
        sections.append((f"{numeral}、{name}产业链", rows))
    sections[-1][1].extend(bad_need_rows(number + 1, firms))
    return sections


def capability_cells(number: int, capability: Row, firm: Row) -> Cells:
    capacity = capability.get("capacity", "")
    said = f"{capability.get('sentence', '')}{capability.get('description', '')}"
    tiers = [item["kind"] for item in firm.get("certifications", ()) if item["kind"] in TIERS]
    held = capability.get("certificates", ())
    return [
        number,
        DIVISIONS.get(firm["production_division"], ""),
        firm["legal_name"],
        certificates_text(tiers[:1]),
        capability["product"],
        said,
        specs_text(capability),
        f"{capacity}{capability.get('capacity_unit', '')}" if capacity != "" else "",
        f"{capability['lead_time_days']}天" if capability.get("lead_time_days") else "",
        certificates_text(held),
        "、".join(capability.get("standards", ())),
        "、".join(PLACES[code] for code in capability.get("divisions", ())),
        f"{capability['payment_days']}天" if "payment_days" in capability else "",
    ]


def capability_tables() -> tuple[list[Cells], list[Cells]]:
    """The full table and the bare roster: the roster takes capabilities that the table left out."""
    table: list[Cells] = []
    roster: list[Cells] = []
    for chain in CHAINS:
        firms = {firm["key"]: firm for firm in rows_of("firms", chain)}
        capabilities = rows_of("capabilities", chain)
        told = [row for row in capabilities if row.get("description")][:CAPABILITIES_OF_A_CHAIN]
        keys = {row["key"] for row in told}
        for row in told:
            table.append(capability_cells(len(table) + 1, row, firms[row["firm"]]))
        for row in [row for row in capabilities if row["key"] not in keys][:ROSTER_OF_A_CHAIN]:
            firm = firms[row["firm"]]
            town = DIVISIONS.get(firm["production_division"], "")
            roster.append([len(roster) + 1, firm["legal_name"], row["product"], town])
    blank = ""
    name = table[0][2]
    table.append([len(table) + 1, "叶县", name, *[blank] * 10])
    table.append([len(table) + 1, "郏县", blank, blank, "铜包钢线", "厂名后补", *[blank] * 7])
    table.append([len(table) + 1, *table[3][1:]])  # the same line sent twice by two townships
    return table, roster


NEED_UPPER = ["序号", "需求单位", "采购产品", "需求情况", "", "", "", "商务要求", "", "", "备注"]
NEED_LOWER = ["", "", "", "需求内容", "技术要求", "数量", "计量单位", "交期", "资质要求", "交货地", ""]
NEED_WIDTHS = [6, 26, 26, 60, 38, 12, 9, 9, 18, 10, 22]
CAPABILITY_HEADING = [
    "序号", "所在区域", "企业名称", "认定类型", "主导产品", "产品介绍", "技术指标", "年产能", "交期", "资质证书", "执行标准",
    "供货范围", "最长能接受的账期",
]  # fmt: skip
CAPABILITY_WIDTHS = [6, 10, 28, 16, 28, 60, 36, 14, 8, 20, 24, 18, 10]
ROSTER_HEADING = ["序号", "企业名称", "主营产品", "所在区域"]
NEED_TITLE = "2026年第四季度重点产业链供需对接活动企业需求汇总表（示例）"
NEED_UNIT = "填报单位：示范区招商融资促进局（示例）      填报日期：2026年11月20日"
CAPABILITY_TITLE = "专精特新中小企业产品能力汇总表（示例）"
CAPABILITY_UNIT = "汇总单位：示范区发展改革规划局（示例）      截至2026年11月18日"


class Book:
    """A workbook with the few formats that an office sheet has: everything boxed, wrapped and in 宋体."""

    def __init__(self, path: Path, title: str) -> None:
        self.book = xlsxwriter.Workbook(str(path))
        self.book.set_properties({"title": title, "author": "示例", "created": WRITTEN_ON})
        font = {"font_name": "宋体", "font_size": 10, "valign": "vcenter", "text_wrap": True}
        boxed = font | {"border": 1}
        self.title = self.format(
            {"font_name": "黑体", "font_size": 16, "align": "center", "valign": "vcenter"}
        )
        self.plain = self.format(font)
        self.head = self.format(boxed | {"bold": True, "align": "center", "bg_color": "#D9E2F3"})
        self.cell = self.format(boxed)
        self.section = self.format(boxed | {"bold": True, "bg_color": "#F2F2F2"})

    def format(self, properties: dict[str, Any]) -> Format:
        return self.book.add_format(properties)

    def sheet(self, name: str, widths: Sequence[int]) -> Worksheet:
        sheet = self.book.add_worksheet(name)
        for column, width in enumerate(widths):
            sheet.set_column(column, column, width)
        sheet.set_landscape()
        sheet.set_paper(8)  # A3: nobody prints these on A4
        return sheet


def write_head(book: Book, sheet: Worksheet, last: int, lines: Sequence[str]) -> int:
    """Annex number, title, reporting unit and 填表说明, each merged over the width; returns the next row."""
    formats = (book.plain, book.title, book.plain, book.plain)
    for row, (line, form) in enumerate(zip(lines, formats, strict=True)):
        sheet.merge_range(row, 0, row, last, line, form)
    sheet.set_row(1, 30)
    sheet.set_row(3, 42)
    return len(lines)


def write_needs(path: Path) -> None:
    book = Book(path, NEED_TITLE)
    sheet = book.sheet("需求汇总表", NEED_WIDTHS)
    last = len(NEED_UPPER) - 1
    top = write_head(book, sheet, last, ("附件2", NEED_TITLE, NEED_UNIT, NEEDS_NOTE))
    for column, label in enumerate(NEED_UPPER):
        if NEED_LOWER[column] == "":
            sheet.merge_range(top, column, top + 1, column, label, book.head)
        else:
            sheet.write(top + 1, column, NEED_LOWER[column], book.head)
    sheet.merge_range(top, 3, top, 6, "需求情况", book.head)
    sheet.merge_range(top, 7, top, 9, "商务要求", book.head)
    row = top + 2
    count = 0
    for title, rows in needs_table():
        sheet.merge_range(row, 0, row, last, title, book.section)
        row += 1
        for cells in rows:
            sheet.write_row(row, 0, cells, book.cell)
            row, count = row + 1, count + 1
    sheet.merge_range(row, 0, row, 2, "合计", book.head)
    sheet.write_row(row, 3, [f"{count}项", *[""] * (last - 3)], book.head)
    sheet.merge_range(
        row + 1,
        0,
        row + 1,
        last,
        "填表人：（示例）          审核人：（示例）          单位负责人签字：",
        book.plain,
    )
    sheet.freeze_panes(top + 2, 3)
    guide = book.sheet("填报要求", [100])
    guide.write(0, 0, "填报要求", book.title)
    guide.write(1, 0, NEEDS_NOTE, book.plain)
    book.book.close()


def write_capabilities(path: Path) -> None:
    table, roster = capability_tables()
    book = Book(path, CAPABILITY_TITLE)
    sheet = book.sheet("能力汇总表", CAPABILITY_WIDTHS)
    last = len(CAPABILITY_HEADING) - 1
    top = write_head(book, sheet, last, ("附件3", CAPABILITY_TITLE, CAPABILITY_UNIT, CAPABILITIES_NOTE))
    sheet.write_row(top, 0, CAPABILITY_HEADING, book.head)
    for offset, cells in enumerate(table, start=1):
        sheet.write_row(top + offset, 0, cells, book.cell)
    foot = top + len(table) + 1
    sheet.merge_range(foot, 0, foot, 1, "合计", book.head)
    sheet.write_row(foot, 2, [f"{len(table)}条", *[""] * (last - 2)], book.head)
    sheet.freeze_panes(top + 1, 3)
    bare = book.sheet("培育库名册", [6, 30, 40, 12])
    bare.write_row(0, 0, ROSTER_HEADING, book.head)
    for row, cells in enumerate(roster, start=1):
        bare.write_row(row, 0, cells, book.cell)
    book.book.close()


def write_csv(path: Path, rows: Iterable[Sequence[object]]) -> None:
    """GB18030 with CRLF, as Excel and WPS save 「CSV（逗号分隔）」 on a Chinese desk."""
    with path.open("w", encoding="gb18030", newline="") as stream:
        csv.writer(stream, lineterminator="\r\n").writerows(rows)


def padded(line: str, width: int) -> list[str]:
    return [line, *[""] * (width - 1)]


def needs_as_csv() -> list[Sequence[object]]:
    """The needs with the two heading lines flattened by the export, title rows and total kept."""
    width = len(NEED_UPPER)
    rows: list[Sequence[object]] = [
        padded(NEED_TITLE, width),
        padded(NEED_UNIT, width),
        NEED_UPPER,
        NEED_LOWER,
    ]
    count = 0
    for title, cells in needs_table():
        rows.append(padded(title, width))
        rows.extend(cells)
        count += len(cells)
    rows.append(["合计", "", "", f"{count}项", *[""] * (width - 4)])
    return rows


def build(folder: Path) -> list[Path]:
    """Write all four files into `folder` and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [
        folder / name
        for name in (
            "需求汇总表（示例）.xlsx",
            "能力汇总表（示例）.xlsx",
            "需求汇总表（示例）.csv",
            "培育库名册（示例）.csv",
        )
    ]
    write_needs(paths[0])
    write_capabilities(paths[1])
    write_csv(paths[2], needs_as_csv())
    write_csv(paths[3], [ROSTER_HEADING, *capability_tables()[1]])
    return paths


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: make_sheets.py FOLDER")
    for written in build(Path(sys.argv[1])):
        sys.stdout.write(f"{written}\n")
