"""What a need's type asks in fields of its own, against what the offer says: amounts and security of 资金, target
figures of 技术攻关, the form of 数据/场景, category, mode and territory of 品牌嫁接, equipment, hours and fee of 平台开放.

Only what both sides state can contradict; a contradiction excludes where neither side can give way (a security that the
bank does not take), and is a gap to talk about elsewhere. What the need asks and the offer leaves open is unproven.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from matching import findings as codes
from matching.evidence import NOTHING_ASKED, Evidence
from matching.explain import common_parts
from matching.findings import Finding, Params
from matching.profiles import CapabilityProfile, NeedProfile, SpecRow, Term
from matching.spec_reading import read_specs
from matching.specs import by_parameter, compare, resolve
from matching.units import UnitTable, shown

_MET, _PARTLY, _SILENT = 1.0, 0.5, 0.3
WAN = 10_000.0
# What satisfies every wish: an open question of property, a territory that holds the others.
_CONTAINS = {
    "territory": {"country": {"home", "province", "country"}, "province": {"home", "province"}},
    "ip": {"open": {"joint", "asker", "solver", "licence", "open"}},
}


@dataclass(frozen=True)
class _Said:
    """One field as one side states it."""

    texts: tuple[str, ...] = ()
    number: float | None = None
    closed: bool = False

    @property
    def empty(self) -> bool:
        return not self.texts and self.number is None


Judged = tuple[float, str, Finding]
"""Worth, group (reason, unproven, gap or excluded), finding."""


def check(need: NeedProfile, offer: CapabilityProfile, units: UnitTable) -> Evidence:
    """The mean over the fields that the need fills in."""
    if not need.terms:
        return NOTHING_ASKED
    wanted, offered = _said(need.terms), _said(offer.terms)
    judged: list[Judged] = []
    for compare_type in _OF_TYPE.get(need.type, ()):
        judged.extend(compare_type(wanted, offered))
    if need.type == "rnd":
        judged.extend(_figures(wanted, offered, offer, units))
    if need.type == "first_use":
        judged.extend(_counterpart(wanted, offer))
    if not judged:
        return NOTHING_ASKED
    grouped: dict[str, list[Finding]] = {"reason": [], "unproven": [], "gap": [], "excluded": []}
    for _worth, group, finding in judged:
        grouped[group].append(finding)
    value = sum(worth for worth, _group, _finding in judged) / len(judged)
    return Evidence(value, *(tuple(grouped[group]) for group in ("reason", "unproven", "gap", "excluded")))


def _said(terms: Iterable[Term]) -> dict[str, _Said]:
    found: dict[str, _Said] = {}
    for term in terms:
        before = found.get(term.key, _Said())
        texts = (*before.texts, term.text) if term.text else before.texts
        number = term.number if term.number is not None else before.number
        found[term.key] = _Said(texts, number, before.closed or term.closed)
    return found


# ---------------------------------------------------------------- one field at a time
Compare = Callable[[dict[str, _Said], dict[str, _Said]], list[Judged]]


def _params(key: str, wanted: _Said, asked: str, offered: str = "") -> Params:
    """``closed`` marks a finding whose wanted side is for invited eyes."""
    params: Params = {"term": key, "wanted": asked}
    if offered:
        params["offered"] = offered
    if wanted.closed:
        params["closed"] = 1
    return params


def _silent(key: str, wanted: _Said, asked: str) -> list[Judged]:
    return [(_SILENT, "unproven", Finding(codes.TERM_UNPROVEN, _params(key, wanted, asked)))]


def _chosen(key: str, *, strict: bool) -> Compare:
    """Choices on both sides: one in common is enough. Where none is: excluded if strict, else a gap."""

    def judge(need: dict[str, _Said], offer: dict[str, _Said]) -> list[Judged]:
        wanted, offered = need.get(key, _Said()), offer.get(key, _Said())
        if not wanted.texts:
            return []
        asked = _choices(key, wanted.texts)
        if not offered.texts:
            return _silent(key, wanted, asked)
        params = _params(key, wanted, asked, _choices(key, offered.texts))
        if _held(key, offered.texts) & set(wanted.texts) or (key == "ip" and "open" in wanted.texts):
            return [(_MET, "reason", Finding(codes.TERM_MET, params))]
        if strict:
            return [(0.0, "excluded", Finding(codes.TERM_CONTRADICTED, params))]
        return [(0.0, "gap", Finding(codes.TERM_UNMET, params))]

    return judge


def _held(key: str, texts: Iterable[str]) -> set[str]:
    contains = _CONTAINS.get(key, {})
    return {inner for text in texts for inner in contains.get(text, {text})}


def _choices(key: str, texts: Iterable[str]) -> str:
    """Option keys, told as labels by whoever puts a language on them: 「security:credit,mortgage」."""
    return f"{key}:{','.join(texts)}"


def _at_most(key: str, unit: str) -> Compare:
    """The offer must not exceed the wish: a research time, a fee."""

    def judge(need: dict[str, _Said], offer: dict[str, _Said]) -> list[Judged]:
        return _numbers(key, unit, need, offer, lambda wanted, offered: offered <= wanted)

    return judge


def _at_least(key: str, unit: str) -> Compare:
    """The offer must reach the wish: a term of a loan, hours on a machine."""

    def judge(need: dict[str, _Said], offer: dict[str, _Said]) -> list[Judged]:
        return _numbers(key, unit, need, offer, lambda wanted, offered: offered >= wanted)

    return judge


def _numbers(
    key: str, unit: str, need: dict[str, _Said], offer: dict[str, _Said], fits: Callable[[float, float], bool]
) -> list[Judged]:
    wanted, offered = need.get(key, _Said()), offer.get(key, _Said())
    if wanted.number is None:
        return []
    asked = f"{shown(wanted.number)} {unit}"
    if offered.number is None:
        return _silent(key, wanted, asked)
    params = _params(key, wanted, asked, f"{shown(offered.number)} {unit}")
    if fits(wanted.number, offered.number):
        return [(_MET, "reason", Finding(codes.TERM_MET, params))]
    nearer = min(wanted.number, offered.number) / max(wanted.number, offered.number, 1e-9)
    return [(_PARTLY * nearer, "gap", Finding(codes.TERM_UNMET, params))]


def _amount(need: dict[str, _Said], offer: dict[str, _Said]) -> list[Judged]:
    """The amount sought within the least and the most per firm. More than the most is a part, not a refusal."""
    wanted = need.get("amount", _Said())
    low, high = offer.get("amount_low", _Said()).number, offer.get("amount_high", _Said()).number
    if wanted.number is None:
        return []
    asked = f"{shown(wanted.number / WAN)} 万元"
    if low is None and high is None:
        return _silent("amount", wanted, asked)
    ends = (shown(low / WAN) if low is not None else "", shown(high / WAN) if high is not None else "")
    offered = (
        f"{ends[0]}~{ends[1]} 万元" if all(ends) else (f"≥{ends[0]} 万元" if ends[0] else f"≤{ends[1]} 万元")
    )
    params = _params("amount", wanted, asked, offered)
    if high is not None and wanted.number > high:
        return [(_PARTLY * high / wanted.number, "gap", Finding(codes.TERM_UNMET, params))]
    if low is not None and wanted.number < low:
        return [(_PARTLY * wanted.number / low, "gap", Finding(codes.TERM_UNMET, params))]
    return [(_MET, "reason", Finding(codes.TERM_MET, params))]


def _words(key: str) -> Compare:
    """Free words on both sides: shared ones prove, none shared proves nothing either way."""

    def judge(need: dict[str, _Said], offer: dict[str, _Said]) -> list[Judged]:
        wanted, offered = need.get(key, _Said()), offer.get(key, _Said())
        if not wanted.texts:
            return []
        ours, theirs = " ".join(wanted.texts), " ".join(offered.texts)
        parts = common_parts(ours, theirs)
        if not parts:
            return _silent(key, wanted, ours[:40])
        params: Params = {"term": key, "words": "、".join(parts[:4])}
        return [(_MET, "reason", Finding(codes.TERM_WORDS, params))]

    return judge


def _free(need: dict[str, _Said], offer: dict[str, _Said]) -> list[Judged]:
    """Who can pay nothing is told of a fee; who can pay is told that there is none."""
    wanted, offered = need.get("free", _Said()), offer.get("free", _Said())
    fee = offer.get("fee", _Said()).number
    free = offered.texts == ("yes",) or fee == 0
    if wanted.texts != ("yes",):
        return _at_most("fee", "元/小时")(need, {**offer, "fee": _Said(number=0.0)} if free else offer)
    asked = _choices("free", ("yes",))
    if free:
        return [(_MET, "reason", Finding(codes.TERM_MET, _params("free", wanted, asked, asked)))]
    if offered.empty and fee is None:
        return _silent("free", wanted, asked)
    told = f"{shown(fee)} 元/小时" if fee is not None else _choices("free", ("no",))
    return [(0.0, "gap", Finding(codes.TERM_UNMET, _params("free", wanted, asked, told)))]


def _figures(
    need: dict[str, _Said], said: dict[str, _Said], offer: CapabilityProfile, units: UnitTable
) -> list[Judged]:
    """Target figures row by row against the figures reached and the rows that the offer states."""
    targets = _rows(" ".join(need.get("targets", _Said()).texts), units)
    rows = (*_rows(" ".join(said.get("reached", _Said()).texts), units), *offer.specs)
    reached = by_parameter(rows, units)
    judged: list[Judged] = []
    for row in targets:
        result = compare(resolve(row, units), reached)
        group = {"met": "reason", "unmet": "gap"}.get(result.status, "unproven")
        worth = {"met": _MET, "unmet": 0.0}.get(
            result.status, _SILENT if result.finding.code == codes.SPEC_UNPROVEN else _PARTLY
        )
        judged.append((worth, group, result.finding))
    return judged


@lru_cache(maxsize=4096)
def _rows(text: str, units: UnitTable) -> tuple[SpecRow, ...]:
    return read_specs(text, units) if text else ()


def _counterpart(need: dict[str, _Said], offer: CapabilityProfile) -> list[Judged]:
    """首购首用 is asked for from both ends: who wants a first product meets products, who wants a first user meets
    those who open first orders."""
    seeks = need.get("seeks", _Said()).texts
    if not seeks:
        return []
    opening = offer.nature == "opening"
    if (seeks[0] == "order") == opening:
        return []
    return [(0.0, "excluded", Finding(codes.OTHER_COUNTERPART))]


_OF_TYPE: dict[str, tuple[Compare, ...]] = {
    "finance": (
        _chosen("purpose", strict=True),
        _amount,
        _at_least("loan_months", "个月"),
        _chosen("security", strict=True),
    ),
    "rnd": (_at_most("research_months", "个月"), _chosen("ip", strict=False)),
    "first_use": (_chosen("first_kind", strict=True), _at_most("trial_months", "个月")),
    "data_scene": (_chosen("what", strict=True), _chosen("data_form", strict=False)),
    "co_brand": (
        _words("category"),
        _chosen("mode", strict=True),
        _chosen("territory", strict=False),
    ),
    "platform": (_words("equipment"), _at_least("hours", "小时/月"), _free),
}
