"""Rules of moderation: the checklist, what is flagged, and which reasons a return may give. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from marketplace.moderation.contacts import Found, contacts_in, fold
from marketplace.taxonomy.rules import Verdict

# What the officer ticks before publishing; every line must be ticked.
CHECKLIST = {
    "need": ("plain", "specs_clear", "no_secret", "no_contact", "terms_lawful"),
    "capability": ("plain", "evidence", "no_contact"),
}
RETURN_REASONS = {
    "need": ("unclear", "specs_missing", "secret", "contact", "duplicate", "not_a_need", "terms", "other"),
    "capability": ("unclear", "stuffing", "contact", "duplicate", "exaggerated", "not_a_capability", "other"),
}
MOST_NOTE = 1000

# Marks of state secrets. Not 机密封 (泵机密封), 精密级, 隔绝密封, 商业机密; and not when the text says there is none.
_SECRET = re.compile(
    r"(?<!隔)绝密(?!封)|(?<!商业)(?<!技术)机密(?![封集闭度])|秘密级|(?<![精致])密级|涉密|国家秘密|内部资料|不得外传|军用图纸"
)
_DENIED = re.compile(r"(?:不|非|无|未|没有|禁止|严禁)[^，,。；;\n]{0,8}$")

# Legal forms and places that a name may be written without.
_FORMS = re.compile(
    r"(?:集团)?(?:股份)?有限(?:责任)?公司$|(?:总厂|分公司|集团|公司)$|[（(][^（()）]*[）)]|^(?:\S{2,3}省|\S{2,4}市)"
)

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
    first: dict[str, Found] = {}
    for found in contacts_in(text):
        first.setdefault(found.kind, found)
    return [
        Flag(f"moderation.flag.{kind}", severity, {"text": text[found.start : found.end].strip()[:40]})
        for kind, found in first.items()
    ]


def name_flags(text: str, names: Iterable[str], *, anonymous: bool) -> list[Flag]:
    """The buyer's own name inside its anonymous need, with or without its legal form and place."""
    if not anonymous:
        return []
    found = names_in(text, names)
    return (
        [Flag("moderation.flag.own_name", "stop", {"name": text[found[0].start : found[0].end]})]
        if found
        else []
    )


def names_in(text: str, names: Iterable[str]) -> list[Found]:
    folded = fold(text).casefold()
    wanted = dict.fromkeys(form for name in names for form in _written_forms(name))
    found = [
        Found("own_name", match.start(), match.end())
        for form in sorted(wanted, key=len, reverse=True)
        for match in re.finditer(re.escape(form), folded)
    ]
    kept: list[Found] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or one.start >= kept[-1].end:
            kept.append(one)
    return kept


def _written_forms(name: str) -> list[str]:
    """「河南平示例尼龙股份有限公司」 is also written 「平示例尼龙」. Four Han characters at least: less says too little."""
    whole = fold(name).casefold().strip()
    short = whole
    while (shorter := _FORMS.sub("", short)) != short:
        short = shorter
    least = 4 if re.search(r"[\u4e00-\u9fff]", short) else 6
    return [form for form in dict.fromkeys((whole, short)) if len(form) >= least]


TERMS_FLAG = "moderation.flag.terms"


def terms_flags(verdict: Verdict | None) -> list[Flag]:
    """Payment terms that decree 802 bars, or lets stand only with a reason: the article is named, a person decides."""
    if verdict is None or verdict.code not in ("barred", "state_reason"):
        return []
    return [Flag(TERMS_FLAG, "look", {"sentence": (f"payment.{verdict.reason}", verdict.params)})]


def secret_flags(text: str) -> list[Flag]:
    found = secrets_in(text)
    return (
        [Flag("moderation.flag.secret", "stop", {"text": text[found[0].start : found[0].end]})]
        if found
        else []
    )


def secrets_in(text: str) -> list[Found]:
    folded = fold(text)
    return [
        Found("secret", match.start(), match.end())
        for match in _SECRET.finditer(folded)
        if not _DENIED.search(folded, 0, match.start())
    ]


def stuffing_flags(text: str, words: Sequence[str]) -> list[Flag]:
    """Signs of keyword stuffing: long bare lists, and words said far more often than a text needs."""
    found = []
    longest = max((_listed(part) for part in re.split(r"[。！？\n]", text)), default=0)
    if longest > MOST_LISTED:
        found.append(Flag("moderation.flag.list", "look", {"count": longest}))
    repeated = most_repeated(words)
    if repeated is not None:
        word, count = repeated
        found.append(Flag("moderation.flag.repeated", "look", {"word": word, "count": count}))
    return found


def most_repeated(words: Sequence[str]) -> tuple[str, int] | None:
    """The word that is said too often, and how often: more than one word in twelve."""
    counts = Counter(word for word in words if len(word) > 1)
    if not counts:
        return None
    word, count = counts.most_common(1)[0]
    return (word, count) if count > MOST_REPEATS and count * 12 > len(words) else None


def _listed(sentence: str) -> int:
    """How many short names stand one after another without a verb's worth of text between them."""
    parts = [part for part in _SEPARATORS.split(sentence) if part]
    return sum(len(part) <= 8 for part in parts) if len(parts) > 1 else 0


def missing_ticks(kind: str, checklist: Mapping[str, bool]) -> tuple[str, ...]:
    return tuple(line for line in CHECKLIST[kind] if not checklist.get(line))
