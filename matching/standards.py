"""Standard numbers as exact tokens: 「GB/T 1591—2018」「gb／t1591」 and 「GB/T 1591」 name one standard.

Management-system standards (ISO 9001, IATF 16949 ...) are left to certificates: quoting one proves nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from matching.units import fold

_BODIES = (
    "GB", "GJB", "JB", "HG", "FZ", "YB", "YS", "DL", "NB", "SH", "SY", "QB", "JC", "JG", "CJ", "TB", "MT", "QC", "SJ",
    "YD", "HJ", "LY", "BB", "CB", "DB", "GA", "AQ", "JT", "JTS", "WS", "ISO", "IEC", "ASTM", "ASME", "UL", "DIN", "EN",
    "JIS", "ANSI", "AATCC", "NFPA", "API", "AMS", "SAE", "BS", "IEEE", "T/CNIA", "T/CEEIA", "T/CEC", "T/CSTM",
)  # fmt: skip
_RUN = re.compile(r"[A-Za-z0-9]+")  # a standard begins where one begins
_STANDARD = re.compile(
    r"(?P<body>" + "|".join(sorted(map(re.escape, _BODIES), key=len, reverse=True)) + r")"
    r"(?P<kind>\s*/\s*[TZ](?![A-Za-z]))?\s*[-]?\s*(?P<number>[A-Z]?\d{2,6}(?:\s*[./]\s*\d{1,3})*)"
    r"(?:\s*[-—–:]\s*(?P<year>(?:19|20)\d{2}))?(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_MANAGEMENT_SYSTEMS = {"ISO9001", "ISO14001", "ISO45001", "ISO27001", "ISO13485", "ISO22000", "ISO50001", "GB/T19001",
                       "GB/T24001", "GB/T45001", "GJB9001", "GB/T29490", "GB/T50430"}  # fmt: skip


@dataclass(frozen=True, order=True)
class Standard:
    """`number` such as GB/T 1591, `year` such as 2018 or "" when not quoted."""

    number: str
    year: str = ""

    def __str__(self) -> str:
        return f"{self.number}-{self.year}" if self.year else self.number


def read_standards(text: str) -> tuple[Standard, ...]:
    """Every standard quoted in the text, once each, in order of appearance."""
    found: dict[Standard, None] = {}
    folded, read = fold(text), 0
    for run in _RUN.finditer(folded):
        hit = _STANDARD.match(folded, run.start()) if run.start() >= read else None
        if hit is None:
            continue
        read = hit.end()
        kind = "/" + hit["kind"].strip(" /").upper() if hit["kind"] else ""
        number = f"{hit['body'].upper()}{kind} {re.sub(r'[ ]', '', hit['number']).upper()}"
        if number.replace(" ", "") not in _MANAGEMENT_SYSTEMS:
            found.setdefault(Standard(number, hit["year"] or ""))
    return tuple(found)


def same_standard(wanted: Standard, offered: Standard) -> bool:
    """Same number; a year counts only where both quote one."""
    return wanted.number == offered.number and (
        not wanted.year or not offered.year or wanted.year == offered.year
    )
