"""「200度」: a temperature or an angle? The parameter decides, else the nearest telling word, else whether a circle has as many."""

from __future__ import annotations

import re
from dataclasses import replace

from matching.units import Measure

CELSIUS, DEGREE = "°C", "°"
_HEAT = re.compile(
    r"温|热|耐|烘|烤|烧|蒸|煮|煅|焙|熔|融|软化|固化|硫化|老化|退火|淬|回火|定型|冷|冻|气候|室外|短期|长期|环境|水浴|油浴|干燥|杀菌"
)
_TURN = re.compile(
    r"角|旋|转|倾|弯|折|夹|斜|锥|坡|摆|偏|仰|俯|圆周|视场|视野|相位|翻|度数|经纬|方位|水平|垂直"
)
_BESIDE = 8  # signs on either side that are looked at


def as_meant(measure: Measure, dimension: str, before: str, after: str) -> Measure:
    """The measure with its unit as meant; `dimension` of the parameter, where one is known, `before` and `after` within
    its clause."""
    if measure.unit != DEGREE or "度" not in measure.text:
        return measure
    if is_temperature(dimension, before, after, max(abs(measure.low or 0.0), abs(measure.high or 0.0))):
        return replace(measure, unit=CELSIUS, dimension="temperature")
    return measure


def is_temperature(dimension: str, before: str, after: str, value: float) -> bool:
    """Of so many 度 between these words; an angle where nothing tells."""
    if dimension in ("temperature", "angle"):
        return dimension == "temperature"
    heat, turn = _nearest(_HEAT, before, after), _nearest(_TURN, before, after)
    return value > 360 if heat == turn else heat < turn


def _nearest(words: re.Pattern[str], before: str, after: str) -> int:
    """How many signs off the next of these words stands."""
    behind = [len(before) - found.end() for found in words.finditer(before)]
    ahead = [found.start() for found in words.finditer(after)]
    return min((distance for distance in (*behind, *ahead) if distance < _BESIDE), default=_BESIDE)
