from tests.unit.firms.conftest import site

__all__ = ["site"]
