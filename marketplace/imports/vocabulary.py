"""What people write in a sheet's cell, as the keys of the reference lists. What no list knows stays their own words."""

from __future__ import annotations

import re
from datetime import date
from functools import cached_property

from marketplace.capabilities.rules import MOST_DIVISIONS
from marketplace.core.sheets.errors import ValueProblem
from marketplace.core.sheets.values import folded, last_day
from marketplace.taxonomy.lists import SeedLists
from marketplace.taxonomy.values import Division
from matching import Certificate

HOME_CITY = "410400"
"""Where a name that stands in many cities (高新区, 新华区) is looked for first."""

_NOTHING = frozenset(
    {"无", "没有", "暂无", "/", "-", "—", "无要求", "不限", "无特殊要求", "none", "n/a", "no"}
)
_WISHED = re.compile(r"优先|优选|最好|可选|加分|preferred", re.IGNORECASE)
_ABSENT = re.compile(r"^(?:未取得|未通过|未获得|没有|尚无|暂无|不具备|无)\s*")
_PENDING = re.compile(r"申请中|在办|办理中|审核中|认证中|换证中|准备|计划|正在|筹备")
_HAVE = re.compile(r"^(?:须|需|应|要求|必须)?\s*(?:已|均)?(?:取得|通过|获得|持有|具有|具备|获|有)?\s*")
_TAIL = re.compile(r"(?:的?(?:企业|厂家|供应商|资格|资质|要求)|等)$")
_UNTIL = re.compile(
    r"(?:有效期?\s*(?:至|到|止)?|至|到期日?|截止)\s*[:：]?\s*(\d{4}\s*[-./年]\s*\d{1,2}(?:\s*[-./月]\s*\d{1,2}\s*日?)?\s*月?)"
)
_BRACKETS = re.compile(r"[（(][^（()）]*[）)]")
_SHARED_PREFIX = re.compile(r"(ISO|IEC|GB/T)(\s*)(\d{4,5})/(?=\d{4,5})", re.IGNORECASE)
_CODE = re.compile(r"[a-z]{2,}[a-z/]*\d{2,5}(?:\.\d)?[a-z]?")
_LONGEST_CERTIFICATE = 40
_PLACES_KEPT = 5_000
_ANYWHERE = frozenset(
    {
        "全国",
        "全国各地",
        "国内",
        "全球",
        "不限",
        "不限地区",
        "无限制",
        "各地",
        "均可",
        "nationwide",
        "anywhere",
        "china",
        "all",
    }
)
_OF_HOME = {
    **dict.fromkeys(("全省", "本省", "省"), f"{HOME_CITY[:2]}0000"),
    **dict.fromkeys(("全市", "本市", "市"), HOME_CITY),
}


def _bare(text: str) -> str:
    """A name without width, case, blanks and signs, without the edition's year and without 认证 or 证书 at its end."""
    plain = re.sub(r"[:\-—]\s*(?:19|20)\d{2}\b", "", folded(text)).casefold()
    plain = re.sub(r"[\s\-_/（）()·]", "", plain)
    return re.sub(r"(?:体系)?(?:认证)?(?:证书|认证|证明)?$", "", plain) or plain


class Vocabulary:
    """Keys for words; a lookup that finds nothing gives "" (certificates: the words themselves)."""

    def __init__(self, lists: SeedLists) -> None:
        self.lists = lists
        self._places: dict[str, str] = {}

    # ------------------------------------------------------------ certificates
    @cached_property
    def _certificates(self) -> tuple[dict[str, str], dict[str, str], list[tuple[str, str]]]:
        names: dict[str, str] = {}
        codes: dict[str, str] = {}
        for kind in self.lists.certificate_kinds.values():
            for name in (kind.key, kind.name, kind.name_en, *kind.aliases):
                if name:
                    names.setdefault(_bare(name), kind.key)
                    for code in _CODE.findall(_bare(name)):
                        codes.setdefault(code, kind.key)
        inside = sorted(
            ((name, key) for name, key in names.items() if len(name) >= 3), key=lambda pair: -len(pair[0])
        )
        return names, codes, inside

    def certificate(self, text: str) -> str:
        """The kind's key, or the words without ornament."""
        names, codes, inside = self._certificates
        words = _TAIL.sub("", _HAVE.sub("", _BRACKETS.sub("", folded(text)).strip(" 。.")))
        bare = _bare(words)
        if bare in names:
            return names[bare]
        for code in _CODE.findall(bare):
            if code in codes:
                return codes[code]
        for name, key in inside:
            if name in bare:
                return key
        return words

    def required(self, items: tuple[str, ...]) -> tuple[str, ...]:
        """What a need's 资质要求 demands; a wish (优先) demands nothing, and neither does a sentence."""
        kinds = [
            self.certificate(item)
            for item in _parts(items)
            if not _is_nothing(item) and not _WISHED.search(item) and len(item) <= _LONGEST_CERTIFICATE
        ]
        return tuple(dict.fromkeys(kind for kind in kinds if kind))

    def held(self, items: tuple[str, ...]) -> tuple[Certificate, ...]:
        """What a firm says it holds, with the last day where it stands in the cell: 「ISO 9001（有效期至 2027-05）」.

        「未取得 IATF 16949」 is a statement too; what is applied for is neither held nor denied.
        """
        found: dict[str, Certificate] = {}
        for item in _parts(items):
            text = folded(item)
            if (
                _is_nothing(item)
                or _PENDING.search(text)
                or len(_BRACKETS.sub("", text)) > _LONGEST_CERTIFICATE
            ):
                continue
            denied = _ABSENT.match(text)
            kind = self.certificate(text[denied.end() :] if denied else text)
            if kind:
                found.setdefault(
                    kind,
                    Certificate(
                        kind, valid_until=None if denied else _until(text), declared_absent=bool(denied)
                    ),
                )
        return tuple(found.values())

    # ------------------------------------------------------------ places and classes
    @cached_property
    def _chains(self) -> list[tuple[str, str]]:
        return [(_chain_words(chain.name), chain.key) for chain in self.lists.chains] + [
            (chain.name_en.casefold(), chain.key) for chain in self.lists.chains if chain.name_en
        ]

    def chain(self, text: str) -> str:
        wanted = _chain_words(folded(text)).casefold()
        if len(wanted) < 2:
            return ""
        found = {key for name, key in self._chains if wanted == name or name in wanted or wanted in name}
        return found.pop() if len(found) == 1 else ""

    def link(self, text: str) -> str:
        wanted = folded(text).casefold()
        for link in self.lists.links.values():
            if wanted in (link.key, link.name.casefold(), link.name_en.casefold()):
                return link.key
        return ""

    def chain_of_link(self, link: str) -> str:
        return self.lists.links[link].chain if link in self.lists.links else ""

    @cached_property
    def _industries(self) -> dict[str, str]:
        names: dict[str, str] = {}
        for industry in self.lists.industries.values():
            for name in (industry.name, industry.name_en):
                if name:
                    names.setdefault(name.casefold(), industry.code)
        return names

    def industry(self, text: str) -> str:
        """A GB/T 4754 code from a code (「C2829」, 「2829 合成纤维制造」) or an official name."""
        plain = folded(text).casefold()
        coded = re.match(r"([a-t]?)(\d{2,4})(?!\d)", plain)
        if coded:
            code = coded[2]
            while len(code) > 2 and code not in self.lists.industries:
                code = code[:-1]
            return code if code in self.lists.industries else ""
        return self._industries.get(plain, "") or self._industries.get(f"{plain}业", "")

    def need_type(self, name: str) -> str:
        """The key of an official name; what values.need_type gives is one."""
        for kind in self.lists.need_types.values():
            if re.sub(r"\W", "", kind.name) == re.sub(r"\W", "", name) or kind.key == name:
                return kind.key
        return ""

    @cached_property
    def _home(self) -> list[Division]:
        return [division for division in self.lists.divisions.values() if division.code[:4] == HOME_CITY[:4]]

    @cached_property
    def _by_name(self) -> dict[str, list[Division]]:
        found: dict[str, list[Division]] = {}
        for division in self.lists.divisions.values():
            for name in (division.name, division.full_name):
                found.setdefault(name, []).append(division)
        return found

    def division(self, text: str) -> str:
        """The code of a written place: its own city first, then the whole country where the name is one place's alone."""
        # A sheet names a handful of places in thousands of rows.
        if text not in self._places:
            if len(self._places) >= _PLACES_KEPT:
                self._places.clear()
            self._places[text] = self._division(text)
        return self._places[text]

    def served(self, places: tuple[str, ...]) -> tuple[str, ...]:
        """The divisions that a cell of 供货范围 names, in its order; () for anywhere. ValueProblem for a place that is in
        no list, or that is several places' name."""
        if all(folded(place).casefold() in _ANYWHERE for place in places):
            return ()
        codes = tuple(dict.fromkeys(self._served(place) for place in places))
        if len(codes) > MOST_DIVISIONS:
            raise ValueProblem("areas_many", most=MOST_DIVISIONS)
        return codes

    def _served(self, place: str) -> str:
        # An export in English puts the code behind the name: 「Xinhua (410402)」 is one of seven.
        coded = re.fullmatch(r".*?[（(]?\s*(\d{6})\s*[）)]?", folded(place))
        if coded and coded[1] in self.lists.divisions:
            return coded[1]
        bare = re.sub(r"(?:全境|境内|范围内|各地|内)$", "", folded(place))
        if bare in _OF_HOME:
            return _OF_HOME[bare]
        if found := self.division(bare):
            return found
        several = self._by_spoken_name.get(bare.casefold(), frozenset())
        if len(several) == 1:
            return next(iter(several))
        raise ValueProblem("area_several" if several else "area_unknown", text=place[:40])

    @cached_property
    def _by_spoken_name(self) -> dict[str, frozenset[str]]:
        """What people call a place without its 省 or 市, or in English: 河南, Henan. A province goes before a city of the
        same name, and a city before a county."""
        found: dict[str, dict[str, set[str]]] = {}
        for division in self.lists.divisions.values():
            for name in {
                division.name,
                division.full_name,
                _spoken(division.name),
                division.name_en.casefold(),
            }:
                levels = found.setdefault(name, {})
                levels.setdefault(division.level, set()).add(division.code)
        return {name: frozenset(levels[min(levels, key=_reach)]) for name, levels in found.items() if name}

    def _division(self, text: str) -> str:
        wanted = re.sub(r"\s", "", folded(text))
        if wanted in self.lists.divisions:
            return wanted
        home = self._home
        for fits in (
            lambda name: name == wanted or name.endswith(wanted),
            lambda name: len(wanted) >= 2 and (_short(name) in wanted or wanted.rstrip("区县市") in name),
        ):
            at_home = [division.code for division in home if len(wanted) >= 2 and fits(division.name)]
            if len(at_home) == 1:
                return at_home[0]
            named = {division.code for division in self._by_name.get(wanted, ())}
            if len(named) == 1:
                return named.pop()
            zones = [code for code in at_home if "高新" in wanted and self.lists.divisions[code].is_zone]
            if len(zones) == 1:
                return zones[0]
        return ""


def _parts(items: tuple[str, ...]) -> list[str]:
    """「ISO9001/14001/45001」 are three."""
    parts: list[str] = []
    for item in items:
        while _SHARED_PREFIX.search(item):
            item = _SHARED_PREFIX.sub(r"\1\2\3、\1", item, count=1)
        parts.extend(part.strip() for part in item.split("、") if part.strip())
    return parts


def _is_nothing(text: str) -> bool:
    return folded(text).casefold().strip("。. ") in _NOTHING


def _until(text: str) -> date | None:
    found = _UNTIL.search(text)
    if found is None:
        return None
    try:
        return last_day(re.sub(r"\s", "", found[1]))
    except ValueProblem:
        return None


def _chain_words(text: str) -> str:
    return re.sub(r"(?:重点)?(?:产业链|产业集群|产业|链)$", "", text.strip()).casefold()


def _reach(level: str) -> int:
    return {"province": 0, "city": 1}.get(level, 2)


def _spoken(name: str) -> str:
    """河南省 → 河南, 内蒙古自治区 → 内蒙古; a name of one character is no name."""
    short = re.sub(r"(?:(?:维吾尔|壮族|回族)?自治区|特别行政区|地区|[省市盟])$", "", name)
    return short if len(short) > 1 else ""


def _short(name: str) -> str:
    return name[:-1] if len(name) > 2 and name[-1] in "区县市" else name
