"""Writes the generated seed files from their source folder. Needs the project's own packages (pypinyin).

    python seeds/generate.py SOURCE_FOLDER

SOURCE_FOLDER holds ``gbt4754-2017/classes.csv``, ``divisions/*`` and ``rules/*.csv``; SOURCES.md says where each of them
comes from and what may be shipped. Files written by hand (chains, links, certificate kinds, division_changes, names_en,
tier_transitions, sources) are read here and never overwritten.
"""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from romanising import romanised

HERE = Path(__file__).resolve().parent
INDUSTRY_LEVELS = {"门类": "section", "大类": "division", "中类": "group"}
# Cities that GB/T 2260 uses only to hold others: no part of a written address.
PLACEHOLDERS = {"市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"}
# GB/T 2260 gives these three a code and their parts none: the parts carry own codes with an X in them.
OUTSIDE = {"香港特别行政区": "810000", "澳门特别行政区": "820000", "台湾省": "710000"}
REGIONS = {
    "zaozhuang_shanting": ("all", "370406"),
    "qinghai": ("all", "630000"),
    "nanjing": ("all", "320100"),
    "heilongjiang": ("all", "230000"),
    "henan_province": ("province", "410000"),
    "zhengzhou": ("city", "410100"),
    "henan_other_city": ("city", "410000"),
    "henan_county": ("county", "410000"),
}
DOCUMENTS = {
    "payment.spc.": "法释〔2024〕11号",
    "payment.": "国务院令第802号",
    "domestic.": "国办发〔2025〕34号",
    "innovation.": "财库〔2024〕13号",
    "penalty.": "政府采购法第七十七条",
    "central_soe.": "",
}
BINDS = {
    "payment.public.": "public",
    "payment.large.": "large",
    "payment.audit_as_basis": "public;state_owned_large",
    "payment.public_disclosure": "public",
    "payment.complaint.": "authority",
    "payment.size_dispute": "authority",
    "payment.sme_must_notify": "sme",
    "payment.spc.": "large",
}
TIER_RULES = {
    "工信部企业〔2022〕63号": (
        "gradient-2022",
        "at_expiry",
        "Interim measures for graded cultivation of quality SMEs (2022)",
    ),
    "工信部企业〔2026〕2号": (
        "gradient-2026",
        "before_expiry",
        "Measures for graded cultivation of quality SMEs (2026)",
    ),
}
TIER_NAMES = {
    "innovative-sme": ("创新型中小企业", "Innovative SME"),
    "srdi-sme": ("专精特新中小企业", "SRDI SME"),
    "srdi-little-giant": ("专精特新“小巨人”企业", "SRDI “Little Giant”"),
    "tech-innovative-sme": ("科技和创新型中小企业", "Technology-based and innovative SME"),
    "tech-sme": ("科技型中小企业", "Technology-based SME"),
}


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, columns: tuple[str, ...], rows: Iterable[Iterable[object]]) -> None:
    count = 0
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        for row in rows:
            writer.writerow(row)
            count += 1
    sys.stdout.write(f"{path.relative_to(HERE)}: {count}\n")


def names_en(kind: str) -> dict[str, str]:
    return {
        row["code"]: row["name_en"] for row in rows_of(HERE / "taxonomy/names_en.csv") if row["kind"] == kind
    }


def industries(source: Path) -> None:
    """Sections, divisions and groups: code and name only. The notes of the standard are not ours to ship."""
    english = names_en("industry")
    out = []
    for row in rows_of(source / "gbt4754-2017/classes.csv"):
        level = INDUSTRY_LEVELS.get(row["level"])
        if level is None:
            continue
        parent = {"section": "", "division": row["section"], "group": row["division"]}[level]
        out.append((row["code"], level, row["name"], english.get(row["code"], ""), parent))
    write(HERE / "taxonomy/industries.csv", ("code", "level", "name", "name_en", "parent"), out)


def joined(*names: str) -> str:
    """A written address: placeholders left out, and no name twice (河南省 + 平顶山市 + 平顶山市城乡一体化示范区)."""
    out: list[str] = []
    for name in names:
        if name in PLACEHOLDERS:
            continue
        if out and name.startswith(out[-1]):
            out.pop()
        out.append(name)
    return "".join(out)


def divisions(source: Path) -> None:
    """All codes in six digits. A fifth digit 7 marks a functional zone: a statistical code, not one of GB/T 2260."""
    folder = source / "divisions"
    english = names_en("division")
    provinces = {row["code"]: row["name"] for row in rows_of(folder / "provinces.csv")}
    cities = {row["code"]: row for row in rows_of(folder / "cities.csv")}
    out: list[tuple[object, ...]] = []
    for code, name in provinces.items():
        out.append((f"{code}0000", name, "province", "", 0, name))
    for name, code in OUTSIDE.items():
        out.append((code, name, "province", "", 0, name))
    for code, row in cities.items():
        full = joined(provinces[row["provinceCode"]], row["name"])
        out.append((f"{code}00", row["name"], "city", f"{row['provinceCode']}0000", 0, full))
    for row in rows_of(folder / "areas.csv"):
        code = row["code"]
        if code == f"{row['cityCode']}00":
            continue  # 东莞, 中山 and 儋州 have no counties: the city stands for itself
        full = joined(provinces[row["provinceCode"]], cities[row["cityCode"]]["name"], row["name"])
        out.append((code, row["name"], "area", f"{row['cityCode']}00", int(code[4] == "7"), full))
    for name, parts in json.loads((folder / "HK-MO-TW.json").read_text(encoding="utf-8")).items():
        listed = list(parts) if name == "台湾省" else [area for group in parts.values() for area in group]
        for number, part in enumerate(listed, 1):
            own_code = f"{OUTSIDE[name][:2]}X{number:03d}"
            out.append((own_code, part, "city", OUTSIDE[name], 0, name + part))
    columns = ("code", "name", "level", "parent", "is_zone", "full_name", "name_en")
    names = {str(row[0]): str(row[1]) for row in out}

    def in_english(row: tuple[object, ...]) -> str:
        code, zone = str(row[0]), bool(row[4])
        above = [names.get(f"{code[:2]}0000", ""), names.get(f"{code[:4]}00", "")] if zone else []
        return english.get(code) or romanised(str(row[1]), [name for name in above if name])

    write(HERE / "taxonomy/divisions.csv", columns, ((*row, in_english(row)) for row in out))


def first_with_prefix(table: dict[str, str], key: str, default: str) -> str:
    found = [prefix for prefix in table if key.startswith(prefix)]
    return table[max(found, key=len)] if found else default


def document_of(key: str, scope: str, begins: str) -> str:
    if scope == "decree_728":
        return "国务院令第728号"
    if key in ("reserve.share_min", "reserve.prepayment_encouraged_min") and begins >= "2025-11-03":
        return "国办发〔2025〕38号"
    if key == "reserve.share_min" and begins >= "2022-07-01":
        return "财库〔2022〕19号"
    if key.startswith("deduction.") and scope == "goods_services" and begins >= "2022-07-01":
        return "财库〔2022〕19号"
    if ".local_example" in key:
        return ""
    return first_with_prefix(DOCUMENTS, key, "财库〔2020〕46号")


def article_of(note: str) -> str:
    """``art. 9 para 4`` in a note becomes ``9``; ``arts. 2-3`` becomes ``2-3``."""
    for marker in ("arts. ", "art. "):
        if note.startswith(marker):
            return note.removeprefix(marker).split(" ")[0].strip(":;,.()")
    return ""


def parameters(source: Path) -> None:
    """One row a figure and period. Rows known from memory alone are kept for their dates and never shown."""
    columns = (
        "key", "scope", "region", "value", "unit", "valid_from", "valid_to",
        "document", "article", "binds", "source", "confidence", "shown", "note",
    )  # fmt: skip
    payment, procurement = [], []
    for row in rows_of(source / "rules/procurement-parameters.csv"):
        token, _, note = row["applies_to"].partition("|")
        scope, region = REGIONS.get(token, (token, ""))
        document = "" if region else document_of(row["key"], scope, row["from"])
        is_payment = row["key"].startswith("payment.")
        out = (
            row["key"]
            .removeprefix("henan.")
            .replace("deduction.local_example", "deduction.local")
            .replace(".local_example", ""),
            "all" if is_payment else scope,
            region,
            row["value"],
            row["unit"],
            row["from"],
            row["to"],
            document,
            article_of(note) if is_payment else "",
            first_with_prefix(BINDS, row["key"], "public;large") if is_payment else "",
            row["source"],
            row["confidence"],
            int(row["confidence"] != "memory"),
            note.strip(),
        )
        (payment if is_payment else procurement).append(out)
    write(HERE / "rules/payment_terms.csv", columns, payment)
    write(HERE / "rules/procurement_parameters.csv", columns, procurement)


def size_groups(source: Path) -> None:
    figures = [f"{what}_{edge}" for what in ("employees", "revenue_wan", "assets_wan")
               for edge in ("small_ge", "medium_ge", "medium_lt")]  # fmt: skip
    columns = (
        "key",
        "position",
        "name",
        "name_en",
        *figures,
        "codes",
        "excluded_codes",
        "confidence",
        "source",
    )
    write(
        HERE / "rules/size_groups.csv",
        columns,
        (
            (row["key"], row["order"], row["group_zh"], row["group_en"], *(row[name] for name in figures),
             row["gbt4754_2017"], row["gbt4754_2017_excluded"], row["scope_confidence"], row["threshold_source"])
            for row in rows_of(source / "rules/size-classes.csv")
        ),
    )  # fmt: skip


def tiers(source: Path) -> None:
    """The tiers of each rule, and the rules with their dates. What happened between them is written by hand."""
    rules: dict[str, tuple[object, ...]] = {}
    tier_rows = []
    for row in rows_of(source / "rules/tiers.csv"):
        key, _, part = row["tier_key"].replace("_", "-").partition("/")  # the keys of certificate_kinds.csv
        if row["document_no"] not in TIER_RULES or row["tier_key"] == "*" or row["from"] == "2023-01-01":
            continue
        rule, re_review, rule_en = TIER_RULES[row["document_no"]]
        rules[rule] = (rule, row["rule"], rule_en, row["document_no"], row["from"], row["to"],
                       row["annual_update_by"], re_review)  # fmt: skip
        name, name_en = TIER_NAMES[part or key]
        tier_rows.append((rule, part or key, key if part else "", row["level"], name, name_en,
                          row["recognised_by"].split(" (")[0], row["validity_years"], row["source"], row["confidence"],
                          int(row["confidence"] != "memory")))  # fmt: skip
    write(HERE / "rules/tier_rules.csv",
          ("key", "name", "name_en", "document", "valid_from", "valid_to", "annual_update_by", "re_review"),
          rules.values())  # fmt: skip
    write(HERE / "rules/tiers.csv",
          ("rule", "key", "parent", "level", "name", "name_en", "recognised_by", "validity_years", "source",
           "confidence", "shown"), tier_rows)  # fmt: skip


def main() -> int:
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.stderr.write(__doc__ or "")
        return 2
    source = Path(sys.argv[1])
    for write_one in (industries, divisions, parameters, size_groups, tiers):
        write_one(source)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
