"""Names of divisions in Latin letters, by the rules of GB/T 28039 in plain English: 浙江省 → Zhejiang, 西安市 → Xi'an,
叶县 → Ye County. What is written in another tongue's letters (Harbin, Lhasa), or outside the mainland, stands in names_en.csv."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pypinyin import Style, lazy_pinyin, load_phrases_dict

# Readings of places that the dictionary has otherwise; all others in the register it reads right.
_READINGS = {
    "六合": "lu he", "浚县": "xun xian", "荥经": "ying jing", "乐陵": "lao ling", "蔚县": "yu xian", "洪洞": "hong tong",
    "筠连": "jun lian", "单县": "shan xian", "穆棱": "mu ling", "涡阳": "guo yang", "朝阳": "chao yang", "尼勒克": "ni le ke",
    "大城": "dai cheng", "宕昌": "tan chang", "珲春": "hun chun", "长子": "zhang zi", "南乐": "nan le", "民乐": "min le",
    "召陵": "shao ling", "略阳": "lue yang", "漯河": "luo he",
}  # fmt: skip
# Signs that read one way in names of places, whatever they read elsewhere.
_IN_PLACES = {"都": "du", "什": "shi", "佛": "fo", "长": "chang", "曾": "zeng", "泊": "bo", "柏": "bai"}
_PEOPLES = (
    "蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 柯尔克孜 土 达斡尔 仫佬 羌 "
    "布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺 各"
).split()
_PEOPLE = rf"(?:(?:{'|'.join(sorted(_PEOPLES, key=len, reverse=True))})族)+"
_KINDS = (
    (re.compile(rf"(.+?)(?:{_PEOPLE}|蒙古|柯尔克孜|哈萨克)自治州"), "{} Autonomous Prefecture"),
    (re.compile(rf"(.+?)(?:{_PEOPLE}|蒙古|哈萨克)?自治县"), "{} Autonomous County"),
    (re.compile(rf"(.+?)(?:{_PEOPLE}|族)?自治旗"), "{} Autonomous Banner"),
    (re.compile(rf"(.+?){_PEOPLE}区"), "{} District"),
    (re.compile(r"(.+)地区"), "{} Prefecture"),
    (re.compile(r"(.+)盟"), "{} League"),
    (re.compile(r"(神农架)林区"), "{} Forestry District"),
    (re.compile(r"(.+)矿区"), "{} Mining District"),
    (re.compile(r"(.+)特区"), "{} Special District"),
    (re.compile(r"(.+?)(?:高新技术产业开发区|高新技术产业园区|高新技术开发区|高新区)"), "{} High-tech Zone"),
    (re.compile(r"(.+?)(?:经济技术开发区|经济开发区|经济技术开发试验区)"), "{} Economic Development Zone"),
    (re.compile(r"(.+?)(?:产业园区|工业园区|工业园)"), "{} Industrial Park"),
    (re.compile(r"(.+?)(?:新区)"), "{} New Area"),
    (re.compile(r"(.+?)(?:开发区|园区)"), "{} Development Zone"),
    (re.compile(r"(.+?)(?:管理区|管理委员会)"), "{} Administrative Area"),
    (re.compile(r"(.+?)(?:示范区)"), "{} Demonstration Zone"),
    (re.compile(r"(.+)区"), "{} District"),
    (re.compile(r"(.+)县"), "{} County"),
    (re.compile(r"(.+)旗"), "{} Banner"),
    (re.compile(r"(.+)[省市]"), "{}"),
)
_PLAIN = {
    "市辖区": "Districts", "县": "Counties", "矿区": "Mining District", "郊区": "Suburban District", "城区": "Urban District",
    "省直辖县级行政区划": "Counties directly under the province",
    "自治区直辖县级行政区划": "Counties directly under the region",
}  # fmt: skip
_SIDES = {"左": " Left", "右": " Right", "翼": " Wing", "前": " Front", "中": " Middle", "后": " Rear"}
_BANNER = re.compile(r"(.{2,}?)([左右]翼[前中后]?|[左右前中后])旗")

load_phrases_dict(
    {name: [[syllable] for syllable in read.split()] for name, read in _READINGS.items()}, style="tone2"
)


def romanised(name: str, above: Sequence[str] = ()) -> str:
    """A division's name in Latin letters with its kind in English; cities and provinces have no kind. ``above``: the names
    that a zone's own may begin with."""
    if name in _PLAIN:
        return _PLAIN[name]
    if name in _READINGS and name[-1] == "县":
        return f"{spelled(name)[: -len('xian')].capitalize()} County"
    if banner := _BANNER.fullmatch(name):
        return f"{spelled(banner[1])}{''.join(_SIDES[side] for side in banner[2])} Banner"
    for pattern, english in _KINDS:
        if found := pattern.fullmatch(name):
            stem = found[1].removesuffix("族") if len(found[1]) > 2 else found[1]
            return english.format(" ".join(spelled(part) for part in _parts(stem, above)))
    return " ".join(spelled(part) for part in _parts(name, above))


def _parts(name: str, above: Sequence[str]) -> list[str]:
    """A zone's name begins with those of its province and city: 河北 唐山 海港."""
    parts = []
    for larger in above:
        short = re.sub(r"(?:(?:维吾尔|壮族|回族)?自治区|[省市])$", "", larger)
        if name.startswith(short) and len(name) > len(short):
            parts.append(short)
            name = name.removeprefix(short).removeprefix("市")
    return [*parts, name] if name else parts


def spelled(han: str) -> str:
    """平顶山 → Pingdingshan; an apostrophe before a syllable that begins with a, e or o."""
    syllables = lazy_pinyin(han, style=Style.NORMAL, v_to_u=True)
    if han not in _READINGS:
        syllables = [_IN_PLACES.get(sign, read) for sign, read in zip(han, syllables, strict=True)]
    word = syllables[0]
    for syllable in syllables[1:]:
        word += ("'" if syllable[0] in "aeo" else "") + syllable
    return word[:1].upper() + word[1:]
