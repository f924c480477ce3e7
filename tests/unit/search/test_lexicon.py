"""The shipped lexicon: large enough, sourced, and free of contradictions."""

from pathlib import Path

import pytest

from search.analysis import Analyser, LexiconError, default_lexicon, load
from search.analysis.normalise import normalise

FOLDER = Path(__file__).parents[3] / "seeds" / "lexicon"


def test_it_is_large_enough() -> None:
    lexicon = default_lexicon()
    assert len(lexicon.words) >= 600
    assert len(lexicon.synonyms) >= 120
    assert lexicon == load(FOLDER)


@pytest.mark.parametrize("file", sorted(FOLDER.rglob("*.txt")), ids=lambda file: file.stem)
def test_every_file_names_source_licence_and_version(file: Path) -> None:
    head = [line for line in file.read_text(encoding="utf-8").splitlines() if line.startswith("#")]
    assert {"# source", "# licence", "# version"} <= {line.split(":")[0] for line in head}


def test_no_set_repeats_a_name_and_no_word_is_left_out() -> None:
    for names in default_lexicon().synonyms:
        spellings = [normalise(name) for name in names]
        assert len(set(spellings)) == len(spellings), names
    assert all(normalise(word) == word.casefold() for word in default_lexicon().words)


def test_every_name_of_every_set_is_recognised() -> None:
    analyser = Analyser(default_lexicon())
    missed = []
    for names in default_lexicon().synonyms:
        token = normalise(names[0]).replace(" ", "")
        missed += [name for name in names if token not in analyser.words(f"供应：{name}。")]
    assert missed == []


def test_a_broken_line_is_named(tmp_path: Path) -> None:
    (tmp_path / "synonyms.txt").write_text("# x\n尼龙66=PA66\n", encoding="utf-8")
    with pytest.raises(LexiconError, match="尼龙66=PA66"):
        load(tmp_path)
