"""`lianqiao evaluate`: the golden set and, where their folders are given, two public collections, in one run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import click

from marketplace import demo_profiles, paths
from marketplace.core.analysis import analyser
from marketplace.taxonomy.lists import SeedLists
from marketplace.taxonomy.rules import size_class, size_group_for
from matching import Matcher, Weights, judgements, read_units
from matching.chain import section_of
from matching.evaluation import calibration
from matching.evaluation.collections import JudgedCollection
from matching.evaluation.measuring import Result, measure
from matching.evaluation.methods import ablations, baselines, matcher_method, ungated_method
from matching.evaluation.public import CollectionError, read_classification, read_passages
from matching.evaluation.report import ablation_lines, size_lines, table
from matching.mix import DEFAULT_MIX, TextMix
from matching.score import DEFAULT_WEIGHTS


def evaluate(
    golden: Path | None, classification: Path | None, passages: Path | None, *, folds: int, ablate: bool
) -> int:
    """Print a table for each collection; returns the exit status: 1 where a folder could not be used."""
    try:
        for collection in _collections(golden, classification, passages):
            _tell(collection, folds, ablate=ablate)
    except (CollectionError, judgements.GoldenError) as problem:
        click.echo(str(problem), err=True)
        return 1
    return 0


def golden_collection(folder: Path) -> JudgedCollection:
    """The demonstration district with the two judges' mean grades."""
    judged = judgements.read(folder)
    day = judged.needs[0].as_of
    profiles = demo_profiles.need_profiles()
    return JudgedCollection(
        "golden set", tuple(profiles[need.need] for need in judged.needs),
        tuple(demo_profiles.capability_profiles(day).values()), judged.consensus(), day, judgements.ANSWER,
        pooled=True, sizes=_sizes(),
    )  # fmt: skip


def fitted(
    collection: JudgedCollection, weights: Weights = DEFAULT_WEIGHTS, mix: TextMix = DEFAULT_MIX
) -> Matcher:
    lists = SeedLists(paths.SEEDS)
    links = frozenset((edge.upstream, edge.downstream) for edge in lists.edges)
    units = read_units(paths.SEEDS / "units")
    return Matcher.fit(
        collection.capabilities, analyser(), units=units, weights=weights, links=links, mix=mix
    )


def _collections(
    golden: Path | None, classification: Path | None, passages: Path | None
) -> Iterator[JudgedCollection]:
    if golden:
        yield golden_collection(golden)
    if classification:
        yield from read_classification(classification, analyser())
    if passages:
        yield read_passages(passages)


def _tell(collection: JudgedCollection, folds: int, *, ablate: bool) -> None:
    results: dict[str, Result] = {}
    for name, method in baselines(collection, analyser()).items():
        results[name] = measure(method, collection, folds=folds)
    whole = fitted(collection)
    results["lianqiao"] = measure(matcher_method(whole, collection), collection, folds=folds)
    if collection.sizes:
        results["before gates"] = measure(ungated_method(whole, collection), collection, folds=folds)
    click.echo("\n".join(table(collection, results, folds)))
    for line in size_lines(results):
        click.echo(line)
    if collection.sizes:
        click.echo("\n".join(calibration.lines(calibration.labelled(whole, collection), folds)))
    if ablate:
        click.echo(
            "\n".join(
                ablation_lines(
                    results["before gates" if collection.sizes else "lianqiao"],
                    _without_each(collection, folds),
                )
            )
        )
    click.echo()


def _without_each(collection: JudgedCollection, folds: int) -> Mapping[str, Result]:
    """Collections without bodies and facts test the text's own signals only."""
    method = ungated_method if collection.sizes else matcher_method
    every = ablations(DEFAULT_WEIGHTS, DEFAULT_MIX)
    asked = every if collection.sizes else {name: every[name] for name in DEFAULT_MIX.plain()}
    return {
        name: measure(method(fitted(collection, weights, mix), collection), collection, folds=folds)
        for name, (weights, mix) in asked.items()
    }


def _sizes() -> dict[str, str]:
    """Size class of each demonstration firm, by the figures it states."""
    groups = SeedLists(paths.SEEDS).size_groups
    sizes = {}
    for key, firm in demo_profiles.rows("firms").items():
        industry = firm.get("industry") or ""
        group = size_group_for(industry, groups, section_of(industry))
        figures = (firm.get("employees"), firm.get("revenue_wan"), firm.get("assets_wan"))
        size = size_class(group, *figures) if group else None
        if size:
            sizes[key] = size
    return sizes
