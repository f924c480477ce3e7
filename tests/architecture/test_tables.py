"""marketplace.tables knows every table: what it forgets, no migration makes and no test meets."""

from __future__ import annotations

import re

from marketplace import tables
from tests.architecture.sources import ROOT, python_files

TABLE = re.compile(r'^    __tablename__ = "(\w+)"', re.MULTILINE)


def test_every_table_of_the_house_is_in_the_one_metadata() -> None:
    declared = {
        name: str(path.relative_to(ROOT))
        for path in python_files()
        if (ROOT / "marketplace") in path.parents
        for name in TABLE.findall(path.read_text("utf-8"))
    }
    assert len(declared) > 20
    forgotten = {name: path for name, path in declared.items() if name not in tables.metadata.tables}
    assert not forgotten
