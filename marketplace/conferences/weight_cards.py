"""Weights as pages show them: the panel to choose them, what they would change, which ones held on an edition."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from marketplace.conferences.cards import looks_after
from marketplace.conferences.models import MatchEntry, MatchList
from marketplace.conferences.rules import POOLED_PER_NEED
from marketplace.conferences.weight_queries import Weighable
from marketplace.conferences.weight_rules import (
    STEPS,
    Move,
    NeedChange,
    Steps,
    choice_in,
    preset_like,
    presets,
    signals,
    steps_in,
    weights_of,
    whole,
)
from marketplace.conferences.weights import Preview
from marketplace.core.actor import Actor
from marketplace.core.i18n import N_, render, translate
from matching.reweighing import Place

_OWN = N_("自定")
_NOT_A_STEP = N_("其他")
# What is weighed and cannot be chosen: the name is what the rest is measured against.
_FIXED = (("title", N_("名称")), ("freshness", N_("新近确认（只在并列时起作用）")))
_LOOKS = {
    "enters": ("plus", "good"),
    "leaves": ("x-circle", "bad"),
    "relabelled": ("arrow-clockwise", "doubt"),
    "moves": ("arrow-down", None),
}


def held_weights(match_list: MatchList, locale: str) -> dict[str, Any]:
    """The weights that an edition was made with: its named choice, and each with its step and number."""
    numbers = match_list.run.weights
    steps = steps_in(numbers)
    rows = [
        (signal.label(locale), _step(steps[signal.key], locale), numbers.get(signal.key, 0.0))
        for signal in signals()
    ]
    fixed = [(translate(label, locale), "", numbers.get(key, 0.0)) for key, label in _FIXED]
    return {"name": choice_name(choice_in(numbers), locale), "rows": [*rows, *fixed]}


def choice_name(steps: Steps, locale: str) -> str:
    named = preset_like(steps)
    return named.label(locale) if named is not None else translate(_OWN, locale)


def _step(step: str | None, locale: str) -> str:
    return (
        render(f"conferences.weight.{step}", {}, locale)
        if step is not None
        else translate(_NOT_A_STEP, locale)
    )


def weight_panel(match_list: MatchList, steps: Steps, state: Weighable, locale: str) -> dict[str, Any]:
    """The panel at these steps. ``public_only``: every need is public or tendered, so the switches do nothing."""
    stepped = whole(steps)
    chosen = preset_like(steps)
    before, after = match_list.run.weights, weights_of(steps).plain()
    lines = [
        {
            "key": signal.key,
            "label": signal.label(locale),
            "summary": signal.summary.label(locale),
            "switch": signal.switch,
            "steps": [
                {"value": step, "label": _step(step, locale), "on": stepped[signal.key] == step}
                for step in STEPS
            ],
            "before": before.get(signal.key, 0.0),
            "after": after[signal.key],
        }
        for signal in signals()
    ]
    return {
        "list_id": match_list.id,
        "name": choice_name(steps, locale),
        "presets": [
            {"key": one.key, "label": one.label(locale), "summary": one.summary.label(locale), "on": one == chosen}
            for one in presets()
        ],
        "signals": [line for line in lines if not line["switch"]],
        "switches": [line for line in lines if line["switch"]],
        "lines": lines,
        "fixed": [(translate(label, locale), before.get(key, 0.0)) for key, label in _FIXED],
        "steps": stepped,
        "same": after == before,
        "public": state.public,
        "public_only": state.public == state.needs,
        "pooled": POOLED_PER_NEED,
    }  # fmt: skip


def preview_cards(
    preview: Preview, before: Mapping[str, float], steps: Steps, actor: Actor, locale: str
) -> list[dict[str, Any]]:
    """The changed needs of one page, each with the pairs that change. The values of what is weighed otherwise tell of the
    buyer's terms, so they stand only where the organiser looks after the buyer."""
    after = weights_of(steps).plain()
    told = {
        signal.key: signal.label(locale)
        for signal in signals()
        if after[signal.key] != before.get(signal.key, 0.0)
    }
    return [
        _need_card(
            change,
            preview,
            told if looks_after(actor, preview.needs_by_id[change.need_id]) else {},
            locale,
        )
        for change in preview.shown
    ]


def _need_card(change: NeedChange, preview: Preview, told: Mapping[str, str], locale: str) -> dict[str, Any]:
    need = preview.needs_by_id[change.need_id]
    rows = [_row(move, need.id, preview, told, locale) for move in change.moves if move.kind != "stays"]
    return {
        "id": need.id,
        "title": need.title,
        "buyer": need.firm.legal_name,
        "certain": change.certain,
        "stay": change.count("stays"),
        "rows": rows,
    }


def _row(move: Move, need_id: int, preview: Preview, told: Mapping[str, str], locale: str) -> dict[str, Any]:
    capability = preview.capabilities[move.capability_id]
    icon, tone = _LOOKS[move.kind]
    if move.before and move.after and move.before.rank > move.after.rank:
        icon = "arrow-up" if move.kind == "moves" else icon
    return {
        "kind": render(f"conferences.weights.{move.kind}", {}, locale),
        "icon": icon,
        "tone": tone,
        "product": capability.product,
        "capability_id": capability.id,
        "firm": capability.firm.legal_name,
        "before": _place(move.before),
        "after": _place(move.after),
        "values": [f"{label} {move.signals[key]:.2f}" for key, label in told.items() if key in move.signals],
        "decided": _decided(preview.decided.get((need_id, move.capability_id)), locale),
    }


def _place(place: Place | None) -> dict[str, Any] | None:
    return None if place is None else {"rank": place.rank, "label": place.label, "score": place.score}


def _decided(entry: MatchEntry | None, locale: str) -> str | None:
    """What people said of the pair: it holds under any weights."""
    if entry is None:
        return None
    if entry.dropped_at is not None:
        return render("conferences.weights.dropped", {}, locale)
    return render(
        "conferences.weights.pinned" if entry.pinned_at is not None else "conferences.weights.added",
        {},
        locale,
    )
