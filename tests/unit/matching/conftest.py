import pytest

from matching import Matcher, UnitTable, default_units
from search.analysis import Analyser
from tests.unit.matching import golden


@pytest.fixture(scope="session")
def units() -> UnitTable:
    return default_units()


@pytest.fixture(scope="session")
def analyser() -> Analyser:
    return Analyser(golden.LEXICON)


@pytest.fixture(scope="session")
def matcher(analyser: Analyser, units: UnitTable) -> Matcher:
    return Matcher.fit(golden.CAPABILITIES, analyser, units=units)
