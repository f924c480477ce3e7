"""Refusals in prose: what an offer says it does not do (不抗静电, 铝件不做), what a need says it does not want (不要翻新).

A refused word is no evidence: it is left out of what texts are compared by. 「不含」「无」 and 「非」 are no refusals here: 「无卤」
names what is offered, and who asks for it writes the same word. Reading is by clause and prefers to overlook: a stretch
that is wrongly taken for a refusal costs a right answer, an overlooked one a place.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_THING = r"(?P<thing>[^,，;；。.!！?？\n()（）:：|]{1,18})"
_ALL = r"(?:一律|一概|概|全都|都|均|暂时?|目前|自己|我们|我司|本厂)?"
# 「能不能做」「做不做」 ask, 「不得不做」「无不」 affirm.
_NOT = r"(?<![能可会要做供接行好得无莫未并是算])不(?:再|对外|单独|另行)?"
_SUPPLIED = r"(?:做|供应|供货|提供|供|生产|制造|销售|出售|卖|承接|承做|承揽|代理|经营|加工|接(?![触地头缝口线近通入受]))"
_WANTED = r"(?:接受|要(?![求紧超低小少多大高])|收(?![费款取])|考虑|采用|采购|选用|买|找)"

_OFFER_BEFORE = re.compile(rf"{_NOT}{_SUPPLIED}(?:了|得了)?(?![不了到起完成好]){_THING}")
_PROPERTY = re.compile(r"(?<![能可会得])不(?P<thing>(?:抗|防|耐|阻燃)[\u4e00-\u9fff]{0,5})")
_OFFER_BEHIND = re.compile(
    rf"{_THING}(?:的)?{_ALL}(?:不(?:做|供|接|碰|承接|生产|提供|销售|卖)|(?:做|接)不了)的?\s*$"
)
_HELD = r"(?:资质|资格|证书|认证|许可证?|能力|业务|生产线|产品线)"
_WITHOUT = re.compile(
    rf"(?:没有|未取得|未通过|不具备|不持有|(?:尚|暂|均|也|并|我们|本厂|^)无(?![损尘人线菌机纺氧卤铅缝油刷铬毒害轨水]))(?P<thing>[^,，;；。\n()（）]{{1,14}}?{_HELD})"
)
_WITHOUT_BEHIND = re.compile(
    rf"(?P<thing>[^,，;；。\n()（）]{{1,14}}?{_HELD})(?:还|暂时?|目前)?(?:没有|未取得|未办理|未通过)\s*$"
)
_NEED_BEFORE = re.compile(
    rf"(?:{_NOT}{_WANTED}|谢绝|拒绝|拒收|禁用|(?:禁止|严禁|不得|不许|不允许|不能)(?:再)?(?:使用|采用|用|掺))(?:用|使用|采用)?{_THING}"
)
_NEED_BEHIND = re.compile(
    rf"{_THING}(?:的)?{_ALL}(?:不(?:接受|要|收|考虑|采购|谈|看)|免谈|勿扰|谢绝|除外)\s*$"
)
_ENGLISH = re.compile(
    r"\b(?:do|does|will|can)\s*(?:not|n't|n’t)\s+(?:make|supply|offer|produce|sell|provide|accept|take|want|consider)\s+(?P<thing>[a-z0-9][a-z0-9 -]{1,40})",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[^,，;；。!！?？\n|()（）:：]+")
# What every refusal has; most clauses with a 不 or a 无 in them (不锈钢, 无缝) have none of it.
_SIGNS = re.compile(
    rf"不(?:再|对外|单独|另行)?(?:{_SUPPLIED}|{_WANTED}|[抗防耐碰看谈得许]|阻燃|具备|持有|允许|能)|没有|未(?:取得|通过|办理)|无"
    r"|[做接]不了|谢绝|拒绝|拒收|禁用|禁止|严禁|免谈|勿扰|除外|n['’]t|(?:\b|can)not\b",
    re.IGNORECASE,
)
_ITEMS = re.compile(r"[、/和或及与]")
_TAIL = re.compile(r"(?:的|一律|一概|全都|都|均|暂时?|目前|自己|我们|本厂|\s)+$")
_REST = re.compile(r"[之以]外|^除")  # 「原白之外的颜色不做」 refuses what it does not name


@dataclass(frozen=True)
class Refusal:
    """`things` as named, without the verb; `text` the clause as written; the stretch `start` to `end` is no evidence."""

    things: tuple[str, ...]
    text: str
    start: int
    end: int


def offer_refusals(text: str) -> tuple[Refusal, ...]:
    """What an offer says that it does not make, do, hold or withstand, in order."""
    return _found(text, (_OFFER_BEFORE, _PROPERTY, _WITHOUT, _WITHOUT_BEHIND, _ENGLISH), _OFFER_BEHIND)


def need_refusals(text: str) -> tuple[Refusal, ...]:
    """What a need says that it does not take, in order. What it wants to be free of (不含, 无) is asked for, not refused."""
    return _found(text, (_NEED_BEFORE, _ENGLISH), _NEED_BEHIND)


def without(text: str, refusals: Iterable[Refusal]) -> str:
    """The text with a comma in place of every refused stretch, so that nothing joins across it."""
    parts, position = [], 0
    for refusal in refusals:
        parts.append(text[position : refusal.start])
        position = refusal.end
    return "，".join([*parts, text[position:]]) if parts else text


def affirmed_by_offer(text: str) -> str:
    return without(text, offer_refusals(text))


def affirmed_by_need(text: str) -> str:
    return without(text, need_refusals(text))


def _found(text: str, before: tuple[re.Pattern[str], ...], behind: re.Pattern[str]) -> tuple[Refusal, ...]:
    if not _SIGNS.search(text):
        return ()
    found = []
    for clause in _CLAUSE.finditer(text):
        said = clause[0]
        if not _SIGNS.search(said):
            continue
        match = next(filter(None, (pattern.search(said) for pattern in before)), None)
        things: tuple[str, ...] = ()
        if match is not None:
            things = _things(match["thing"])
        else:
            match = behind.search(said)
            if match is not None:  # 「冷板、镀锌板不做」: the nearest is meant, the others perhaps
                things = _things(match["thing"])[-1:]
        if match is not None and things:
            start = clause.start() + match.start()
            if match.re is behind:
                start = clause.start() + said.rindex(things[0], 0, match.end("thing"))
            found.append(Refusal(things, said.strip(), start, clause.start() + match.end()))
    return tuple(found)


def _things(named: str) -> tuple[str, ...]:
    if _REST.search(named):
        return ()
    items = (_TAIL.sub("", item.strip()) for item in _ITEMS.split(named))
    return tuple(item for item in items if len(item) > 1)
