from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.unit.firms.site import Site


@pytest.fixture(scope="module")
def kept_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """One site for a module whose tests only look, or do not mind each other."""
    site = Site(tmp_path_factory.mktemp("firms"))
    yield site
    site.database.dispose()


@pytest.fixture
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of this test's own."""
    made = Site(tmp_path_factory.mktemp("firms"))
    yield made
    made.database.dispose()
