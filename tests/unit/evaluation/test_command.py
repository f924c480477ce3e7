"""`lianqiao evaluate` as a person calls it, on a cut of the golden pool with grades made for the test."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from marketplace.cli import main

POOL = Path(__file__).resolve().parents[2] / "golden" / "pool.jsonl"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three needs; both judges give 3 to the authors' own answer and 0 to the rest."""
    rows = [json.loads(line) for line in POOL.read_text(encoding="utf-8").splitlines()]
    answers = {"nylon-n01": "nylon-c001", "nylon-n02": "nylon-c004", "storage-n02": "storage-c047"}
    kept = [row for row in rows if row["need"] in answers]
    lines = [json.dumps(row) for row in kept]
    (tmp_path / "pool.jsonl").write_text("\n".join(lines), encoding="utf-8")
    for judge in "ab":
        grades = [
            json.dumps({"need": row["need"], "capability": key, "grade": 3 * (key == answers[row["need"]])})
            for row in kept
            for key in row["pool"]
        ]
        (tmp_path / f"judge_{judge}.jsonl").write_text("\n".join(grades), encoding="utf-8")
    return tmp_path


def test_the_golden_set_is_measured_beside_four_baselines(folder: Path) -> None:
    done = CliRunner().invoke(main, ["evaluate", "--golden", str(folder), "--no-ablation"])
    assert done.exit_code == 0, done.output
    lines = done.output.splitlines()
    assert lines[0].startswith("golden set: 3 needs (3 with an answer)")
    rows = {line.split()[0]: line.split()[1:] for line in lines[3:9]}
    assert set(rows) == {"tfidf_words", "bm25_words", "bm25_bigrams", "plain_fusion", "lianqiao", "before"}
    assert float(rows["lianqiao"][0]) == 1.0  # the intended answer stands first for each of the three
    sizes = [line for line in lines if "exposure per firm" in line]
    assert len(sizes) == 6 and all("micro" in line and "large" in line for line in sizes)


def test_a_pair_without_a_grade_is_told(folder: Path) -> None:
    judged = (folder / "judge_b.jsonl").read_text(encoding="utf-8").splitlines()
    (folder / "judge_b.jsonl").write_text("\n".join(judged[1:]), encoding="utf-8")
    done = CliRunner().invoke(main, ["evaluate", "--golden", str(folder)])
    assert done.exit_code == 1
    assert "judge_b.jsonl: 1 pairs not graded" in done.output


def test_without_a_folder_it_says_which_it_takes() -> None:
    done = CliRunner().invoke(main, ["evaluate"])
    assert done.exit_code == 2 and "--golden, --classification or --passages" in done.output
