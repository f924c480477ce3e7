"""The lived-in district, for the first pages."""

from tests.integration.core.district import (
    district,
    district_site,
    district_template,
    own_district,
    own_site,
)

__all__ = ["district", "district_site", "district_template", "own_district", "own_site"]
