"""Where the demonstration keeps its data: in a folder of its own, inside the one that the site was given."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketplace.demo import _options


def test_the_demonstration_follows_the_sites_data_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("LIANQIAO_DATA_DIR", raising=False)
    assert _options([]).data == Path("data/demo")
    monkeypatch.setenv("LIANQIAO_DATA_DIR", str(tmp_path))
    assert _options([]).data == tmp_path / "demo", "beside the site's own, so that --reset never deletes that"
    assert _options(["--data", "elsewhere"]).data == Path("elsewhere")
