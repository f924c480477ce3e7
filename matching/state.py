"""A fitted matcher on disk: written whole or not at all, read in seconds, refused where it is another's or damaged.

A refused state costs only the time to fit anew, so everything that could make it differ is part of its stamp: method,
dictionary, unit table, chain links and the source of this package. Reading makes only objects of this package, numbers
and dates: a file that asks for anything else is refused as damaged.
"""

from __future__ import annotations

import io
import json
import os
import pickle
import tempfile
from collections.abc import Set
from functools import cache
from hashlib import blake2b, sha256
from pathlib import Path
from typing import Any

import numpy as np

from matching.matcher import Matcher
from matching.statistics import links_hash
from matching.units import UnitTable
from search.analysis import Analyser

FORMAT = "1"
_PLAIN = {
    "builtins": {"frozenset", "set"},
    "collections": {"Counter"},
    "datetime": {"date"},
    "decimal": {"Decimal"},
    "fractions": {"Fraction"},
    "numpy": {"dtype", "ndarray"},
    "numpy._core.multiarray": {"_reconstruct", "scalar"},
    "numpy._core.numeric": {"_frombuffer"},
}


class StateRefused(Exception):
    """Not readable here and now; `args[0]` says why. Fit anew."""


def save(matcher: Matcher, path: Path) -> None:
    """In place of an earlier state at once; whoever is reading keeps the earlier one."""
    content = pickle.dumps(matcher.parts(), protocol=5)
    stamp = _stamp(matcher.analyser, matcher.units, matcher.links)
    head = json.dumps({"stamp": stamp, "digest": blake2b(content).hexdigest(), "size": len(content)})
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(head.encode() + b"\n")
            file.write(content)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def load(path: Path, analyser: Analyser, units: UnitTable, links: Set[tuple[str, str]]) -> Matcher:
    """The matcher as saved, with the listings that it knew then."""
    try:
        with path.open("rb") as file:
            head, content = json.loads(file.readline(10_000)), file.read()
        stamp, digest = head["stamp"], head["digest"]
    except FileNotFoundError as error:
        raise StateRefused("there is none") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StateRefused("its head cannot be read") from error
    expected = _stamp(analyser, units, links)
    if stamp != expected:
        raise StateRefused("it is of another version")
    if digest != blake2b(content).hexdigest():
        raise StateRefused("it is damaged")
    try:
        return Matcher.of_parts(_Reading(io.BytesIO(content)).load(), analyser, units, links)
    except Exception as error:  # an unpickler may raise anything
        raise StateRefused("it is damaged") from error


def _stamp(analyser: Analyser, units: UnitTable, links: Set[tuple[str, str]]) -> list[str]:
    return [FORMAT, _source(), np.__version__, analyser.version, units.version, links_hash(links)]


@cache
def _source() -> str:
    """A hash of this package: a changed class would be filled with an earlier one's fields."""
    digest = sha256()
    for path in sorted(Path(__file__).parent.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]


class _Reading(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if "." not in name:
            if name in _PLAIN.get(module, ()):
                return super().find_class(module, name)
            if module.startswith("matching."):
                found = super().find_class(module, name)
                if isinstance(found, type) and found.__module__ == module:
                    return found
        raise pickle.UnpicklingError(f"{module}.{name}")
