"""The web process starts light: what takes a second and 140 MB to import belongs to the worker and the command line."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from run import ROOT

HEAVY = (
    "alembic", "huey", "numba", "numpy", "opencc", "ortools", "pandas", "pypinyin", "redis", "rjieba", "scipy", "sklearn", "tantivy", "typst",
    "xlsxwriter",
)  # fmt: skip
LOOK = """
import json, sys
from pathlib import Path
from marketplace.app import create_app
from marketplace.settings import Settings
create_app(Settings(data_dir=Path(sys.argv[1])))
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def test_create_app_imports_nothing_heavy(tmp_path: Path) -> None:
    said = subprocess.run(
        [sys.executable, "-c", LOOK, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert said.returncode == 0, said.stderr
    loaded = set(json.loads(said.stdout.splitlines()[-1]))
    assert "flask" in loaded
    assert loaded.isdisjoint(HEAVY)
