"""The golden set itself: its pool is sound, its files are read strictly, and every pooled pair is judged exactly once."""

from __future__ import annotations

import json
import random
from collections import Counter
from pathlib import Path

import pytest

from marketplace import demo_profiles
from matching.judgements import GoldenError, read, read_grades, read_pool
from tests.golden import make_pool, make_sheets

GOLDEN = Path(__file__).resolve().parents[2] / "golden"
JUDGES = sorted(GOLDEN.glob("judge_*.jsonl"))
POOL = read_pool(GOLDEN / "pool.jsonl")
NEEDS = demo_profiles.need_profiles()
CAPABILITIES = demo_profiles.capability_profiles(make_pool.AS_OF)


def test_the_pool_is_as_large_as_it_says() -> None:
    assert len(POOL) == 84
    assert {len(need.pool) for need in POOL} == {make_pool.SIZE}
    assert Counter(need.need.split("-")[0] for need in POOL) == dict.fromkeys(
        ("nylon", "steel", "electrical", "storage"), 21
    )
    assert {need.as_of for need in POOL} == {make_pool.AS_OF}


def test_the_pool_names_what_exists_and_no_firm_supplies_itself() -> None:
    for pooled in POOL:
        for key in pooled.pool:
            assert CAPABILITIES[key].firm_id != NEEDS[pooled.need].firm_id, (pooled.need, key)


def test_what_people_named_is_pooled() -> None:
    named = make_pool.named_by_people()
    for pooled in POOL:
        buyer = NEEDS[pooled.need].firm_id
        meant = {key for key in named[pooled.need] if CAPABILITIES[key].firm_id != buyer}
        assert meant <= set(pooled.pool), pooled.need


def test_the_order_hides_who_proposed_a_capability() -> None:
    """What people named comes first while a pool is made; in the file it stands anywhere."""
    named = make_pool.named_by_people()
    places = [pooled.pool.index(key) for pooled in POOL for key in named[pooled.need] if key in pooled.pool]
    assert set(places) == set(range(make_pool.SIZE))
    assert abs(sum(places) / len(places) - (make_pool.SIZE - 1) / 2) < 1.5


def test_a_pool_takes_people_then_methods_in_turn_then_chance() -> None:
    need = NEEDS["nylon-n01"]
    others = [capability for capability in CAPABILITIES.values() if capability.firm_id != need.firm_id]
    first, second = ([c.id for c in others[start : start + 30]] for start in (100, 200))
    pool = make_pool.pool_of(need, ["nylon-c001"], [first, second], others)
    assert len(pool) == make_pool.SIZE and len(set(pool)) == make_pool.SIZE
    taken = {"nylon-c001", *first[:8], *second[:7]}
    by_chance = set(pool) - taken
    assert taken <= set(pool) and len(by_chance) == make_pool.BY_CHANCE
    assert any(CAPABILITIES[key].chain == need.chain for key in by_chance)
    assert pool == make_pool.pool_of(need, ["nylon-c001"], [first, second], others)


def test_sheets_hold_every_pair_once_and_no_hint() -> None:
    text = "\n".join(sheet for _, sheet in make_sheets.sheets(POOL))
    assert text.count("\n=== ") == sum(len(need.pool) for need in POOL)
    for pooled in POOL:
        own = text.split(f"######## 需求 {pooled.need} ")[1].split("########")[0]
        assert [part.split(" ")[0] for part in own.split("\n=== ")[1:]] == list(pooled.pool)
        assert NEEDS[pooled.need].description in own
    for key in {key for pooled in POOL for key in pooled.pool}:
        assert CAPABILITIES[key].description in text, key


def test_both_judges_graded_every_pooled_pair_exactly_once() -> None:
    """One judge alone is no measure; before the judging there is none."""
    assert [path.stem for path in JUDGES] in ([], ["judge_a", "judge_b"])
    for path in JUDGES:
        assert len(read_grades(path, POOL)) == sum(len(need.pool) for need in POOL)


def golden_folder(folder: Path) -> Path:
    """A set of two needs, graded by two judges."""
    pool = [("n1", ["c1", "c2"]), ("n2", ["c1", "c3"])]
    write(folder, "pool", [{"need": n, "as_of": "2026-11-23", "pool": keys} for n, keys in pool])
    for judge, given in (("a", [3, 0, 1, 2]), ("b", [2, 0, 1, 3])):
        pairs = [(n, c) for n, keys in pool for c in keys]
        rows = [{"need": n, "capability": c, "grade": g} for (n, c), g in zip(pairs, given, strict=True)]
        random.Random(judge).shuffle(rows)
        write(folder, f"judge_{judge}", rows)
    return folder


def write(folder: Path, name: str, rows: list[dict[str, object]]) -> None:
    (folder / f"{name}.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def test_consensus_is_the_mean_in_the_order_of_the_pool(tmp_path: Path) -> None:
    golden = read(golden_folder(tmp_path))
    assert golden.consensus() == {"n1": {"c1": 2.5, "c2": 0.0}, "n2": {"c1": 1.0, "c3": 2.5}}
    assert [list(pool) for pool in golden.consensus().values()] == [["c1", "c2"], ["c1", "c3"]]
    found = golden.agreement()
    assert (found.pairs, found.exact, found.within_one) == (4, 0.5, 1.0)


ROW = '{"need": "n1", "capability": "c1", "grade": 3}'


@pytest.mark.parametrize(
    ("added", "said"),
    [
        (ROW, "judge_b.jsonl:5: n1 / c1 is graded twice"),
        ('{"need": "n1", "capability": "c3", "grade": 3}', "n1 / c3 is not in the pool"),
        ('{"need": "n1", "capability": "c1", "grade": 4}', "0, 1, 2 or 3, not 4"),
        ('{"need": "n1", "capability": "c1", "grade": 2.5}', "not 2.5"),
        ('{"need": "n1", "capability": "c1", "grade": true}', "not True"),
        ('{"need": "n1", "capability": "c1"}', "exactly need, capability, grade"),
        ("[]", "exactly need, capability, grade"),
        ("3 points", "judge_b.jsonl:5: not a JSON object"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, added: str, said: str) -> None:
    with (golden_folder(tmp_path) / "judge_b.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(added + "\n")
    with pytest.raises(GoldenError, match=said):
        read(tmp_path)


def test_a_pair_left_out_is_named(tmp_path: Path) -> None:
    path = golden_folder(tmp_path) / "judge_a.jsonl"
    kept = [line for line in path.read_text("utf-8").splitlines() if '"c3"' not in line]
    path.write_text("\n".join(kept), encoding="utf-8")
    with pytest.raises(GoldenError, match=r"judge_a.jsonl: 1 pairs not graded, first n2 / c3"):
        read(tmp_path)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    (golden_folder(tmp_path) / "judge_b.jsonl").unlink()
    with pytest.raises(GoldenError, match=r"judge_b.jsonl: cannot be read"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ({"need": "n1", "as_of": "2026-11-23", "pool": ["c9"]}, "n1 is pooled twice"),
        ({"need": "n3", "as_of": "2026-11-23", "pool": ["c9", "c9"]}, "names a capability twice"),
        ({"need": "n3", "as_of": "tomorrow", "pool": ["c9"]}, "as_of is not a day: 'tomorrow'"),
    ],
)
def test_a_bad_pool_is_named(tmp_path: Path, row: dict[str, object], said: str) -> None:
    with (golden_folder(tmp_path) / "pool.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(row) + "\n")
    with pytest.raises(GoldenError, match=said):
        read(tmp_path)
