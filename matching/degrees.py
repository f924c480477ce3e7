"""「200度」: a temperature, an angle, or electricity (耗电 480 度)? The parameter decides, else the nearest telling word, else
whether a circle has as many. Who writes ° means an angle."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Final, Literal

from matching.units import Measure

Meant = Literal["°C", "°", "kWh"]
CELSIUS: Final = "°C"
DEGREE: Final = "°"
KILOWATT_HOUR: Final = "kWh"
WRITTEN: Final = "度"
_DIMENSIONS: Mapping[Meant, str] = {CELSIUS: "temperature", DEGREE: "angle", KILOWATT_HOUR: "energy"}

_HEAT = re.compile(
    r"温|热|耐|烘|烤|烧|蒸|煮|煅|焙|熔|融|软化|固化|硫化|老化|退火|淬|回火|定型|冷|冻|气候|室外|短期|长期|环境|水浴|油浴|干燥|杀菌"
)
# An angle, or a scale of its own (邵氏硬度 70 度), which stays as it is written.
_TURN = re.compile(
    r"角|旋|转|倾|[冷热]?弯|[冷热]?折|夹|斜|锥|坡|摆|偏|仰|俯|圆周|视场|视野|相位|翻|度数|经纬|方位|水平|垂直|"
    r"硬度|邵氏|白度|浊度|光泽|糖度|酒精"
)
_POWER = re.compile(r"耗电|用电|电耗|省电|节电|发电|充电|放电|电量|电费")
_BESIDE = 8  # signs on either side that are looked at


def as_meant(measure: Measure, dimension: str, before: str, after: str) -> Measure:
    """The measure with its unit as meant; `dimension` of the parameter, where one is known, `before` and `after` within
    its clause."""
    if measure.unit != DEGREE or WRITTEN not in measure.text:
        return measure
    meant = unit_meant(dimension, before, after, max(abs(measure.low or 0.0), abs(measure.high or 0.0)))
    return replace(measure, unit=meant, dimension=_DIMENSIONS[meant])


def unit_meant(dimension: str, before: str, after: str, value: float) -> Meant:
    """The unit of `value` 度 between these words; an angle where nothing tells and a circle has as many."""
    if dimension:
        return next((unit for unit, known in _DIMENSIONS.items() if known == dimension), DEGREE)
    heat, turn, power = (_nearest(words, before, after) for words in (_HEAT, _TURN, _POWER))
    nearest = min(heat, turn, power)
    if nearest == _BESIDE:
        return CELSIUS if value > 360 else DEGREE
    if nearest == turn:
        return DEGREE
    return KILOWATT_HOUR if nearest == power else CELSIUS


def _nearest(words: re.Pattern[str], before: str, after: str) -> int:
    """How many signs off the next of these words stands; _BESIDE where none does."""
    behind = [len(before) - found.end() for found in words.finditer(before)]
    ahead = [found.start() for found in words.finditer(after)]
    return min((distance for distance in (*behind, *ahead) if distance < _BESIDE), default=_BESIDE)
