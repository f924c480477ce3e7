"""A matcher kept on disk: the same afterwards, and refused wherever that is not certain."""

from __future__ import annotations

import pickle
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path

import pytest

from matching import Matcher, UnitTable, state
from search.analysis import Analyser, Lexicon
from tests.unit.matching import golden

AS_OF = golden.AS_OF


@pytest.fixture
def kept(matcher: Matcher, tmp_path: Path) -> Path:
    path = tmp_path / "matcher.state"
    state.save(matcher.changed([replace(golden.CAPABILITIES[3], title="保洁服务")], ["cord"]), path)
    return path


def test_it_comes_back_equal(kept: Path, matcher: Matcher, analyser: Analyser, units: UnitTable) -> None:
    again = state.load(kept, analyser, units, frozenset())
    assert again.statistics() == matcher.statistics()
    changed = matcher.changed([replace(golden.CAPABILITIES[3], title="保洁服务")], ["cord"])
    for need in golden.NEEDS:
        assert again.match(need, top=0, as_of=AS_OF) == changed.match(need, top=0, as_of=AS_OF)
    assert {capability.id for capability in again.capabilities} == {
        capability.id for capability in golden.CAPABILITIES
    } - {"cord"}
    assert again.changed(golden.CAPABILITIES[:5]).match(golden.NEEDS[0], as_of=AS_OF)
    assert [path.name for path in kept.parent.iterdir()] == [kept.name]


def test_another_version_is_refused(kept: Path, analyser: Analyser, units: UnitTable) -> None:
    with pytest.raises(state.StateRefused, match="another version"):
        state.load(kept, Analyser(Lexicon(words=("浸胶帘子布",), synonyms=())), units, frozenset())
    with pytest.raises(state.StateRefused, match="another version"):
        state.load(kept, analyser, units, frozenset({("a", "b")}))
    with pytest.raises(state.StateRefused, match="there is none"):
        state.load(kept.with_name("nothing"), analyser, units, frozenset())


@pytest.mark.parametrize("harm", ["cut", "turned", "empty", "noise"])
def test_a_damaged_one_is_refused(kept: Path, analyser: Analyser, units: UnitTable, harm: str) -> None:
    content = bytearray(kept.read_bytes())
    if harm == "turned":
        content[-2000] ^= 1
    harmed = {"cut": content[:-7], "turned": content, "empty": b"", "noise": b"\xff\xfe\n" + content}[harm]
    kept.write_bytes(harmed)
    with pytest.raises(state.StateRefused):
        state.load(kept, analyser, units, frozenset())


def test_foreign_objects_are_never_made(kept: Path, analyser: Analyser, units: UnitTable) -> None:
    class Foreign:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return Path.touch, (kept.with_name("made"),)  # type: ignore[return-value]

    content = pickle.dumps(Foreign())
    head = kept.read_bytes().split(b"\n", 1)[0]
    stamped = head.replace(
        head.split(b'"digest": "')[1].split(b'"')[0], blake2b(content).hexdigest().encode()
    )
    kept.write_bytes(stamped + b"\n" + content)
    with pytest.raises(state.StateRefused, match="damaged"):
        state.load(kept, analyser, units, frozenset())
    assert not kept.with_name("made").exists()
