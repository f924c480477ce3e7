"""The firms that are asked, and the lived-in district."""

from tests.integration.calls.conftest import (
    district,
    district_site,
    district_template,
    house,
    own_district,
    own_site,
)

__all__ = ["district", "district_site", "district_template", "house", "own_district", "own_site"]
