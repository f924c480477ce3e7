"""Spellings of units that mean the same, for finding text (never for reckoning: see `normalise`)."""

from typing import Final


def _pairs(table: str) -> dict[str, str]:
    """ "毫米=mm 厘米=cm" as a dictionary."""
    return dict(pair.split("=") for pair in table.split())


#: Spelling after normalising, as it stands in folded text.
LATIN: Final = dict.fromkeys(
    (
        "mm2 cm2 km2 m2 mm3 cm3 m3 mm cm um nm km m ml l kg mg ug g t tex dtex denier "
        "kva mva va kvar kv mv v mah ah ka ma ua a kwh mwh gwh wh kw mw gw w mω kω ω uf hz khz mhz ghz "
        "mpa kpa gpa pa kn n n·m °c db h min ms us s r bar ppm cfu dpi bit mbps gbps hp % ‰"
    ).split(),
    "",
)

HAN: Final = _pairs(
    "毫米=mm 厘米=cm 公分=cm 微米=um 纳米=nm 公里=km 千米=km 米=m 平方毫米=mm2 "
    "平方厘米=cm2 平方公里=km2 平方米=m2 平米=m2 立方毫米=mm3 立方厘米=cm3 立方米=m3 毫升=ml 升=l "
    "公斤=kg 千克=kg 毫克=mg 微克=ug 克=g 公吨=t 吨=t 旦尼尔=denier 分特=dtex "
    "特克斯=tex 千伏安=kva 兆伏安=mva 伏安=va 千乏=kvar 千伏=kv 毫伏=mv 伏特=v 伏=v "
    "毫安时=mah 安时=ah 千安=ka 毫安=ma 安培=a 千瓦时=kwh 兆瓦时=mwh 吉瓦时=gwh 瓦时=wh "
    "千瓦=kw 兆瓦=mw 吉瓦=gw 瓦=w 兆欧=mω 毫欧=mω 千欧=kω 欧姆=ω 赫兹=hz "
    "千赫=khz 兆赫=mhz 兆帕=mpa 千帕=kpa 吉帕=gpa 千牛=kn 牛米=n·m 摄氏度=°c 分贝=db "
    "小时=h 分钟=min 毫秒=ms 秒=s 转=r "
)

GREEK: Final = _pairs("μm=um μg=ug μs=us μl=ul μf=uf μa=ua")

#: What a quantity may be measured per, besides the units themselves: 吨/年, 转/分.
PER: Final = _pairs("年=a year=a yr=a y=a 月=month month=month 天=d 日=d day=d d=d 时=h hr=h 分=min")

#: Every spelling and the one it becomes.
SPELLINGS: Final = {**{unit: unit for unit in LATIN}, **GREEK, **HAN, **PER}
