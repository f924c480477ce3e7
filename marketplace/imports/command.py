"""`lianqiao match`: two files in, a match list out, without a database."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from tqdm import tqdm

import marketplace.core.words
import marketplace.imports.words  # noqa: F401 - registers the sentences
from marketplace.core.clock import day_of, utc_now
from marketplace.core.i18n import N_, translate
from marketplace.core.sheets import SheetError
from marketplace.imports.outputs import LABELS, Outcome, write_list
from marketplace.imports.pairing import Paired, Pairing, prepare
from marketplace.imports.reading import Side, read_side
from marketplace.imports.spreading import spread_pairs
from marketplace.proposals.wording import Wording
from marketplace.taxonomy.lists import lists_of


def match_files(needs: Path, capabilities: Path, out: Path, *, top: int, locale: str) -> int:
    """Do it and say what came of it; returns the exit status: 1 only where nothing could be read."""
    with _without_collections():
        sides = [
            _read(path, side, locale) for path, side in ((needs, "needs"), (capabilities, "capabilities"))
        ]
        wanted, offered = sides
        if wanted is None or offered is None:
            return 1
        as_of = day_of(utc_now())
        pairing = prepare(wanted.rows, offered.rows, lists_of(None), as_of)
        outcome = Outcome(wanted, offered, pairing, as_of, top)
        files = write_list(out, outcome, _with_progress(pairing, top, locale), Wording(None, locale))
    _tell(outcome, files, locale)
    return 0


@contextmanager
def _without_collections() -> Iterator[None]:
    """Tens of thousands of values that live until the end: looking for garbage among them costs a tenth of the time."""
    gc.collect()
    gc.freeze()
    limits = gc.get_threshold()
    gc.set_threshold(200_000, 50, 1000)
    try:
        yield
    finally:
        gc.set_threshold(*limits)
        gc.unfreeze()


def _read(path: Path, side: str, locale: str) -> Side | None:
    try:
        found = read_side(path, path.name, side, locale=locale)
    except SheetError as error:
        click.echo(f"{path.name}: {error.sentence(locale)}", err=True)
        return None
    except OSError as error:
        click.echo(f"{path}: {error.strerror or error}", err=True)
        return None
    for problem in found.errors[:10]:
        click.echo(f"{path.name}: {problem.located(locale)}", err=True)
    if len(found.errors) > 10:
        more = translate(N_("还有 %(count)s 处，见错误清单"), locale) % {"count": len(found.errors) - 10}
        click.echo(f"{path.name}: {more}", err=True)
    if not found.rows:
        sentence = translate(N_("「%(file)s」里没有一行可以匹配：请看错误清单，改好后再读。"), locale)
        click.echo(sentence % {"file": path.name}, err=True)
        return None
    return found


def _with_progress(pairing: Pairing, top: int, locale: str) -> Iterator[Paired]:
    label = translate(N_("逐条匹配需求"), locale)
    total = len(pairing.needs)
    found = spread_pairs(pairing, top)
    for pairs in tqdm(found, desc=label, total=total, unit="", file=sys.stderr, disable=None, leave=False):
        yield from pairs


def _tell(outcome: Outcome, files: list[Path], locale: str) -> None:
    pairing = outcome.pairing
    summary = translate(
        N_("需求 %(needs)s 条、能力 %(capabilities)s 项，配对 %(pairs)s 个（%(labels)s）"), locale
    )
    labels = "、" if locale == "zh" else ", "
    counted = labels.join(
        f"{translate(name, locale)} {pairing.labels[code]}"
        for code, name in LABELS.items()
        if code in pairing.labels
    )
    click.echo(
        summary
        % {
            "needs": len(outcome.needs.rows), "capabilities": len(outcome.capabilities.rows),
            "pairs": pairing.pair_count, "labels": counted or "0",
        }
    )  # fmt: skip
    if pairing.unmatched:
        click.echo(translate(N_("无合适匹配的需求 %(count)s 条"), locale) % {"count": len(pairing.unmatched)})
    left_out = outcome.needs.left_out + outcome.capabilities.left_out
    if left_out:
        click.echo(translate(N_("未读入 %(count)s 行，原因和改法见错误清单"), locale) % {"count": left_out})
    for path in files:
        click.echo(str(path))
