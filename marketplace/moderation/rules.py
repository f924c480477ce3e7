"""Rules of moderation: the checklist, what is flagged, and which reasons a return may give. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

# What the officer ticks before publishing; every line must be ticked.
CHECKLIST = {
    "need": ("plain", "specs_clear", "no_secret", "no_contact", "terms_lawful"),
    "capability": ("plain", "evidence", "no_contact"),
}
RETURN_REASONS = {
    "need": ("unclear", "specs_missing", "secret", "contact", "duplicate", "not_a_need", "terms", "other"),
    "capability": ("unclear", "stuffing", "contact", "duplicate", "exaggerated", "not_a_capability", "other"),
}

_MOBILE = re.compile(r"(?<!\d)1[3-9]\d[\s-]?\d{4}[\s-]?\d{4}(?!\d)")
_LANDLINE = re.compile(r"(?<!\d)0\d{2,3}[\s-]\d{7,8}(?!\d)|(?<!\d)400[\s-]?\d{3}[\s-]?\d{4}(?!\d)")
_EMAIL = re.compile(r"[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_LINK = re.compile(r"(?:https?://|www\.)\S{3,200}", re.I)
_WECHAT = re.compile(r"(?:微信|微信号|VX|WeChat|QQ)\s*[:：号]?\s*[A-Za-z0-9_-]{5,20}", re.I)
_SECRET = re.compile(r"绝密|机密|秘密级|涉密|内部资料|不得外传|军用图纸")
_CONTACTS = (("mobile", _MOBILE), ("landline", _LANDLINE), ("email", _EMAIL), ("link", _LINK), ("wechat", _WECHAT))

# Stuffing: a listing whose words are mostly a list of names, or that says one word over and over.
_SEPARATORS = re.compile(r"[、，,；;/|\s]+")
MOST_LISTED = 25
MOST_REPEATS = 8


@dataclass(frozen=True)
class Flag:
    """Something that a person should look at; never a verdict. ``severity`` is stop or look."""

    code: str
    severity: str
    params: Mapping[str, Any] = field(default_factory=dict)


def contact_flags(text: str, *, anonymous: bool) -> list[Flag]:
    """Ways to reach people in a text. In an anonymous need they give the buyer away, so they stop it."""
    severity = "stop" if anonymous else "look"
    found = []
    for kind, pattern in _CONTACTS:
        match = pattern.search(text)
        if match:
            found.append(Flag(f"moderation.flag.{kind}", severity, {"text": match.group()[:40]}))
    return found


def name_flags(text: str, names: Iterable[str], *, anonymous: bool) -> list[Flag]:
    """The buyer's own name inside its anonymous need."""
    if not anonymous:
        return []
    return [
        Flag("moderation.flag.own_name", "stop", {"name": name}) for name in names if len(name) >= 2 and name in text
    ]


def secret_flags(text: str) -> list[Flag]:
    match = _SECRET.search(text)
    return [Flag("moderation.flag.secret", "stop", {"text": match.group()})] if match else []


def stuffing_flags(text: str, words: Sequence[str]) -> list[Flag]:
    """Signs of keyword stuffing: long bare lists, and words said far more often than a text needs."""
    found = []
    longest = max((_listed(part) for part in re.split(r"[。！？\n]", text)), default=0)
    if longest > MOST_LISTED:
        found.append(Flag("moderation.flag.list", "look", {"count": longest}))
    counts = Counter(word for word in words if len(word) > 1)
    if counts:
        word, count = counts.most_common(1)[0]
        if count > MOST_REPEATS and count * 12 > len(words):
            found.append(Flag("moderation.flag.repeated", "look", {"word": word, "count": count}))
    return found


def _listed(sentence: str) -> int:
    """How many short names stand one after another without a verb's worth of text between them."""
    parts = [part for part in _SEPARATORS.split(sentence) if part]
    return sum(len(part) <= 8 for part in parts) if len(parts) > 1 else 0


def missing_ticks(kind: str, checklist: Mapping[str, bool]) -> tuple[str, ...]:
    return tuple(line for line in CHECKLIST[kind] if not checklist.get(line))
