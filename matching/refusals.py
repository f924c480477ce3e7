"""Refusals in prose: what an offer says it does not do (不抗静电, 铝件不做), what a need says it does not want (不要翻新).

A refused word is no evidence: it is left out of what texts are compared by. 「不含」「无」 and 「非」 are no refusals here: 「无卤」
names what is offered, and who asks for it writes the same word. Reading is by clause and prefers to overlook: a stretch
that is wrongly taken for a refusal costs a right answer, an overlooked one a place. So a clause that asks, supposes, speaks of
others or denies twice (没有做不了的) refuses nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

LONGEST_QUOTE = 40  # signs of a clause that is quoted whole; of a longer one the refused stretch is

_SIGN = r"[^,，;；。.!！?？\n()（）:：|]"
# 「不做整辊只做轴承座」: what comes after the turn is not refused.
_THING = rf"(?P<thing>(?:(?!只[做供卖接要]|[但而仅]|专[做营供]|[也又]不|我们){_SIGN}){{1,18}})"
_ALL = r"(?:一律|一概|概|全都|都|均|暂时?|目前|自己|我们|我司|本厂)?"
# 「能不能做」「做不做」 ask, 「不得不做」「无不」 affirm.
_NOT = r"(?:(?<![能可会要做供接行好得无莫未并是算])|(?<=[但可只]是))不"
_HARDLY = r"(?:再(?!加工)|对外|单独|另行)?"
_SUPPLIED = (
    r"(?:做|供应|供货|提供|供(?![电气水热暖油求])|生产|制造(?!噪|污|废)|销售|出售|卖|承接|承做|承揽|代理|经营|加工(?!费)|"
    r"接(?![触地头缝口线近通入受电网管水气驳]))"
)
_WANTED = (
    r"(?:接受|要(?![求紧超低小少多大高太只仅含留掉有钱]|光[给寄说看讲]|出现|产生|影响|破坏|过[于大小高低长短重厚薄])|收(?![费款取定订押])|"
    r"考虑|采用|采购|选用|买(?!断)|找(?![平补零]))"
)
_USE = r"(?:使用|采用|掺|用(?![于了来完尽]))"
_BANNED = rf"禁用(?!物质|{_SIGN}{{0,12}}(?:检测|检验|测试|筛查|分析))"  # 「禁用偶氮染料检测」 is a service
_PAPER = r"(?:资质|资格|证书|认证|许可证?)"
_HELD = rf"(?:{_PAPER}|能力|业务|生产线|产品线)"

_OFFER_BEFORE = re.compile(
    rf"{_NOT}{_HARDLY}{_SUPPLIED}(?:了|得了)?(?![不了到起完好]|成(?![品套衣])){_THING}"
)
_PROPERTY = re.compile(
    r"(?<![能可会得])不(?P<thing>(?:抗|防|耐(?!烦)|阻燃)(?:(?![的但而也时])[\u4e00-\u9fff]){0,5})"
)
_OFFER_BEHIND = re.compile(
    rf"{_THING}(?:的)?{_ALL}(?:{_NOT}(?:做|供|接|碰|承接|生产|提供|销售|卖)|(?:做|接)不了)的?\s*$"
)
_WITHOUT = re.compile(rf"(?:没有|未取得|未通过|不具备|不持有)(?P<thing>[^,，;；。\n()（）]{{1,14}}?{_HELD})")
# Of what follows 无, papers alone: 「无心磨加工能力」 and 「无锡工厂……」 name what is there.
_WITHOUT_PAPER = re.compile(
    r"(?:^|尚|暂|均|也|并|我们|本厂)无(?![锡损尘人线菌机纺氧卤铅缝油刷铬毒害轨水氟磷醛碱酸溶源心极梭级烟苯抗糖胶压土碳石甲汞镉镍])"
    rf"(?P<thing>(?:(?![有具通获取持]){_SIGN}){{1,10}}?{_PAPER})"
)
_WITHOUT_BEHIND = re.compile(
    rf"(?P<thing>[^,，;；。\n()（）]{{1,14}}?{_HELD})(?:还|暂时?|目前)?(?:没有|未取得|未办理|未通过)\s*$"
)
_NEED_BEFORE = re.compile(
    rf"(?:{_NOT}{_HARDLY}{_WANTED}|谢绝|拒绝(?!率)|拒收(?!率)|{_BANNED}|(?:禁止|严禁|不得|不许|不允许|不能)(?:再)?{_USE}){_USE}?{_THING}"
)
_NEED_BEHIND = re.compile(
    rf"{_THING}(?:的)?{_ALL}(?:{_NOT}(?:接受|要|收|考虑|采购|谈|看)|免谈|勿扰|谢绝|除外)\s*$"
)
_ENGLISH_NOT = r"\b(?:(?:do|does|will|can)\s*(?:not|n['’]t)|(?:can|won)['’]t)\s+"
_ENGLISH_THING = r"\s+(?P<thing>[a-z0-9](?:(?! (?:but|only|however)\b)[a-z0-9 -]){0,39}(?<=[a-z0-9])\b)"
_ENGLISH_OFFER = re.compile(
    rf"{_ENGLISH_NOT}(?:make|manufacture|supply|offer|produce(?!\s+(?:waste|noise|smoke|dust|emissions)\b)|sell|provide){_ENGLISH_THING}",
    re.IGNORECASE,
)
_ENGLISH_NEED = re.compile(
    rf"{_ENGLISH_NOT}(?:accept|take|want|consider|buy)(?!\s+(?:to|less|more|anything)\b){_ENGLISH_THING}",
    re.IGNORECASE,
)

_CLAUSE = re.compile(r"[^,，;；。!！?？\n|()（）:：]+")
# What every refusal has; most clauses with a 不 or a 无 in them (不锈钢, 无缝) have none of it.
_SIGNS = re.compile(
    rf"不{_HARDLY}(?:{_SUPPLIED}|{_WANTED}|[抗防耐碰看谈得许]|阻燃|具备|持有|允许|能)|没有|未(?:取得|通过|办理)|无"
    r"|[做接]不了|谢绝|拒绝|拒收|禁用|禁止|严禁|免谈|勿扰|除外|n['’]t|(?:\b|can)not\b",
    re.IGNORECASE,
)
_ITEMS = re.compile(r"[、/和或及与]")
_TAIL = re.compile(r"(?:的|一律|一概|全都|都|均|暂时?|目前|自己|我们|本厂|\s)+$")
_REST = re.compile(r"[之以]外|^除")  # 「原白之外的颜色不做」 refuses what it does not name

_SUPPOSED = r"如|若|要是|假使|即使|万一|没有|从无|解决|克服|避免|防止|杜绝|消除|改善|攻克|摆脱|告别"
_OF_OTHERS = re.compile(
    rf"{_SUPPOSED}|客户|用户|甲方|需方|买方|业主|您|同行|别家|别人|人家|大厂|其他厂|很多厂|有些厂|市面|市场上|普通|常规|传统|以往|原来"
)
_OF_SUPPLIERS = re.compile(rf"{_SUPPOSED}|供方|乙方|卖方|厂家|对方")
# 「……的问题」 tells what is mended, 「……也能达到」 what it is done without.
_OTHERWISE = re.compile(
    r"的(?:问题|难题|缺点|缺陷|弊端|痛点|毛病|现象|风险|隐患|客户|用户|企业|单位|厂家|公司|情况|场合|场所)|"
    r"[也亦仍就即](?:能|可|行|做|有)|照样|照常|包[换退赔]|[都均]有|[均皆]可|两种|[吗么呢]\s*$"
)
_BEGINS_ELSE = re.compile(r"[的时之则]|期间|过程")  # 「大厂不接的小单」「不加工时」
_ENDS_ELSE = re.compile(r"做$|(?:可以|能)[接供]$")  # 「不做整机配件可以做」
_OF_WHOM = re.compile(r"的?(?:客户|用户|企业|中小|单位|工厂|厂家|公司|院校|甲方|需方)")
_TWICE = re.compile(r"[不勿禁]")  # 「没有合格证书不出厂」


@dataclass(frozen=True)
class Refusal:
    """`things` as named, without the verb; `text` the clause as written, or the stretch of a long one; the stretch
    `start` to `end` (places in the whole text) is no evidence."""

    things: tuple[str, ...]
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class _Manner:
    """How one side refuses: patterns whose thing follows the no, those whose thing stands before it, and who else may be
    spoken of."""

    before: tuple[re.Pattern[str], ...]
    behind: tuple[re.Pattern[str], ...]
    others: re.Pattern[str]


_OFFER = _Manner(
    (_OFFER_BEFORE, _PROPERTY, _WITHOUT, _WITHOUT_PAPER, _ENGLISH_OFFER), (_WITHOUT_BEHIND, _OFFER_BEHIND), _OF_OTHERS
)  # fmt: skip
_NEED = _Manner((_NEED_BEFORE, _ENGLISH_NEED), (_NEED_BEHIND,), _OF_SUPPLIERS)


def offer_refusals(text: str) -> tuple[Refusal, ...]:
    """What an offer says that it does not make, do, hold or withstand, in order."""
    return tuple(_refusals(text, _OFFER))


def need_refusals(text: str) -> tuple[Refusal, ...]:
    """What a need says that it does not take, in order. What it wants to be free of (不含, 无) is asked for, not refused."""
    return tuple(_refusals(text, _NEED))


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


def _refusals(text: str, manner: _Manner) -> Iterator[Refusal]:
    if not _SIGNS.search(text):
        return
    for clause in _CLAUSE.finditer(text):
        said = clause[0]
        if not _SIGNS.search(said) or text[clause.end() : clause.end() + 1] in ("?", "？"):
            continue
        for things, start, end in _of_clause(said, manner):
            quoted = said if len(said) <= LONGEST_QUOTE else said[start:end]
            yield Refusal(things, quoted.strip(), clause.start() + start, clause.start() + end)


def _of_clause(said: str, manner: _Manner) -> Iterator[tuple[tuple[str, ...], int, int]]:
    """Things with the stretch that refuses them, in order, no two overlapping."""
    before = sorted(
        (match for pattern in manner.before for match in pattern.finditer(said)), key=lambda match: match.start()
    )  # fmt: skip
    if not before:
        match = next(filter(None, (pattern.search(said) for pattern in manner.behind)), None)
        if match is not None and not _speaks_of_else(said[: match.end("thing")], "", match, manner):
            # 「冷板、镀锌板不做」: the nearest is meant, the others perhaps
            things = _things(match["thing"])[-1:]
            if things:
                yield things, said.rindex(things[0], 0, match.end("thing")), match.end()
        return
    position = 0
    for match in before:
        if match.start() < position:
            continue
        things = _things(match["thing"])
        if things and not _speaks_of_else(said[: match.start()], said[match.end() :], match, manner):
            yield things, match.start(), match.end()
            position = match.end()


def _speaks_of_else(ahead: str, rest: str, match: re.Match[str], manner: _Manner) -> bool:
    """Whether the clause supposes, asks, speaks of others, or denies what it denies."""
    thing = match["thing"]
    if (
        manner.others.search(ahead)
        or _BEGINS_ELSE.match(thing)
        or _ENDS_ELSE.search(thing)
        or rest[:1] == "时"
    ):
        return True
    if match.re in (_WITHOUT, _WITHOUT_PAPER) and (_OF_WHOM.match(rest) or _TWICE.search(rest)):
        return True
    return _OTHERWISE.search(thing + rest) is not None


def _things(named: str) -> tuple[str, ...]:
    if _REST.search(named):
        return ()
    items = (_TAIL.sub("", item.strip()) for item in _ITEMS.split(named))
    return tuple(item for item in items if len(item) > 1)
