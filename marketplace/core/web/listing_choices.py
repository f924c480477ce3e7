"""Choices of the listing forms, from taxonomy values: anything with the attributes that the protocols below name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Protocol

from flask_babel import gettext
from wtforms.fields.choices import SelectChoice

from marketplace.core.i18n import mostly_chinese
from marketplace.core.web.language import say


class Labelled(Protocol):
    def label(self, locale: str) -> str: ...


class LinkValue(Labelled, Protocol):
    @property
    def key(self) -> str: ...
    @property
    def stage(self) -> str: ...


class ChainValue(Labelled, Protocol):
    @property
    def key(self) -> str: ...
    @property
    def links(self) -> tuple[Any, ...]: ...


class KindValue(Labelled, Protocol):
    @property
    def key(self) -> str: ...
    @property
    def family(self) -> str: ...


class IndustryValue(Labelled, Protocol):
    @property
    def code(self) -> str: ...
    @property
    def level(self) -> str: ...
    @property
    def parent(self) -> str: ...


class DivisionValue(Labelled, Protocol):
    @property
    def code(self) -> str: ...
    @property
    def level(self) -> str: ...
    @property
    def parent(self) -> str: ...
    @property
    def full_name(self) -> str: ...
    @property
    def is_zone(self) -> bool: ...

    def in_force(self, as_of: date) -> bool: ...


def code_choices(codes: Iterable[str], prefix: str, blank: str | None = None) -> list[SelectChoice]:
    """Choices whose words are the codes ``<prefix>.<code>``; ``blank`` is the word of the empty choice."""
    first = [] if blank is None else [SelectChoice("", blank)]
    return first + [SelectChoice(code, say(f"{prefix}.{code}")) for code in codes]


def chain_choices(chains: Iterable[ChainValue], locale: str) -> list[SelectChoice]:
    """Chain and link in one select, a group for each chain: ``nylon/`` is the whole chain, ``nylon/pa66`` a link."""
    choices = [SelectChoice("", gettext("暂不选择"))]
    for chain in chains:
        name = chain.label(locale)
        choices.append(
            SelectChoice(f"{chain.key}/", gettext("%(chain)s（整条链）", chain=name), optgroup=name)
        )
        choices.extend(
            SelectChoice(
                f"{chain.key}/{link.key}",
                f"{link.label(locale)} · {say(f'stage.{link.stage}')}",
                optgroup=name,
            )
            for link in chain.links
        )
    return choices


def joined_chain_link(chain_key: str | None, link_key: str | None) -> str:
    return f"{chain_key}/{link_key or ''}" if chain_key else ""


def split_chain_link(value: str | None) -> tuple[str | None, str | None]:
    chain, _, link = (value or "").partition("/")
    return chain or None, link or None


def certificate_choices(kinds: Mapping[str, KindValue], locale: str) -> list[SelectChoice]:
    """Kinds of certificates, a group for each family."""
    families = dict.fromkeys(kind.family for kind in kinds.values())
    return [
        SelectChoice(kind.key, kind.label(locale), optgroup=say(f"certificate_family.{family}"))
        for family in families
        for kind in kinds.values()
        if kind.family == family
    ]


def industry_choices(industries: Mapping[str, IndustryValue], locale: str) -> list[SelectChoice]:
    """The groups (中类) of GB/T 4754 under their divisions (大类): what a reader finds by typing a word of it."""
    choices = [SelectChoice("", gettext("暂不选择"))]
    for code, node in industries.items():
        if node.level == "group":
            above = industries.get(node.parent)
            heading = f"{above.code} {above.label(locale)}" if above else node.parent
            name = node.label(locale)
            # Finer classes have no English name: a voice shall read the Chinese one as Chinese.
            marked = {"lang": "zh-CN"} if locale == "en" and mostly_chinese(name) else {}
            choices.append(SelectChoice(code, f"{code} {name}", render_kw=marked, optgroup=heading))
    return choices


def division_choices(
    divisions: Mapping[str, DivisionValue],
    home: str | None,
    as_of: date,
    locale: str,
    chosen: str | None = None,
) -> list[SelectChoice]:
    """The counties and zones of the home city first, then every city under its province.

    ``home`` is a division of the firm, whose city counts as home; ``chosen`` is offered even where it is none of these
    (a county elsewhere, a division that is no longer in force).
    """
    here = f"{home[:4]}00" if home and len(home) == 6 else ""
    choices = [SelectChoice("", gettext("暂不选择"))]

    def name(node: DivisionValue) -> str:
        return node.label(locale) if locale == "en" else node.full_name

    near = [
        node for code, node in divisions.items() if here and code[:4] == here[:4] and node.in_force(as_of)
    ]
    if near:
        group = gettext("本市")
        choices.extend(SelectChoice(node.code, name(node), optgroup=group) for node in near)
    offered = {choice.value for choice in choices}
    for node in divisions.values():
        if node.level != "area" and node.code not in offered and node.in_force(as_of):
            province = divisions.get(f"{node.code[:2]}0000", node)
            choices.append(SelectChoice(node.code, name(node), optgroup=name(province)))
            offered.add(node.code)
    if chosen and chosen not in offered:
        known = divisions.get(chosen)
        choices.insert(1, SelectChoice(chosen, name(known) if known else chosen))
    return choices
