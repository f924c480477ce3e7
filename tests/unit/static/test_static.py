"""What the browser is sent: vendored copies as recorded, nothing from another host, every icon there."""

from __future__ import annotations

import hashlib
import json
import re
import runpy

from marketplace import paths
from tests.architecture.sources import ROOT

STATIC = ROOT / "static"
OWN_FILES = [*(STATIC / "css").glob("*.css"), *(STATIC / "js").glob("*.js"), *(STATIC / "img").iterdir()]
TEMPLATES = sorted(path for path in paths.TEMPLATES.rglob("*.html") if "email" not in path.parts)
SPRITE = next((STATIC / "vendor").glob("bootstrap-icons-*")) / "sprite.svg"


def test_vendored_files_are_the_recorded_ones() -> None:
    recorded = json.loads((STATIC / "vendor.json").read_text("utf-8"))
    listed = {file: digest for package in recorded.values() for file, digest in package["sha512"].items()}
    present = {
        path.relative_to(STATIC).as_posix() for path in (STATIC / "vendor").rglob("*") if path.is_file()
    }
    assert present == set(listed)
    for file, digest in listed.items():
        assert hashlib.sha512((STATIC / file).read_bytes()).hexdigest() == digest, file


def test_versions_are_those_pinned_and_each_has_its_licence() -> None:
    recorded = json.loads((STATIC / "vendor.json").read_text("utf-8"))
    pins = json.loads((ROOT / "package.json").read_text("utf-8"))["dependencies"]
    assert {name: package["version"] for name, package in recorded.items()} == pins
    for name, package in recorded.items():
        assert (STATIC / "vendor" / f"{name}-{package['version']}" / "LICENSE").exists(), name


def test_the_npm_lock_names_no_host_and_hashes_every_package() -> None:
    text = (ROOT / "package-lock.json").read_text("utf-8")
    assert "://" not in text
    packages = json.loads(text)["packages"]
    assert all(package["integrity"].startswith("sha512-") for name, package in packages.items() if name)


def test_every_icon_that_a_page_names_is_in_the_sprite() -> None:
    there = set(re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text("utf-8")))
    for path in TEMPLATES:
        named = re.findall(r"\bicon\('([a-z0-9-]+)'", path.read_text("utf-8"))
        assert set(named) <= there, (path.name, set(named) - there)
    feedback = (paths.TEMPLATES / "components" / "record.html").read_text("utf-8")
    assert set(re.findall(r"\), '([a-z0-9-]+)', ", feedback)) <= there


def test_the_icons_of_the_top_bar_are_in_the_sprite() -> None:
    there = set(re.findall(r'<symbol id="([^"]+)"', SPRITE.read_text("utf-8")))
    source = (paths.PACKAGE / "navigation.py").read_text("utf-8")
    named = re.findall(r'Place\(N_\("[^"]+"\), "[^"]+", "([a-z0-9-]+)"\)', source)
    assert named and set(named) <= there, set(named) - there


def test_files_that_pages_link_to_exist() -> None:
    for path in TEMPLATES:
        for name in re.findall(r"url_for\('static', filename='([^']+)'", path.read_text("utf-8")):
            assert (STATIC / name).is_file(), (path.name, name)


def test_modules_import_only_files_that_exist() -> None:
    for path in (STATIC / "js").glob("*.js"):
        for name in re.findall(r'from "([^"]+)"', path.read_text("utf-8")):
            assert name.startswith("./") and (path.parent / name).is_file(), (path.name, name)


def test_own_files_fetch_nothing_from_elsewhere_and_evaluate_nothing() -> None:
    for path in OWN_FILES:
        text = re.sub(r"http://www\.w3\.org/2000/svg", "", path.read_text("utf-8"))
        assert "://" not in text, path.name
        if path.suffix == ".js":
            assert not re.search(r"\beval\(|new Function|document\.write|\.style\b|cssText", text), path.name


def test_no_template_has_anything_inline() -> None:
    for path in TEMPLATES:
        text = re.sub(r"\{#.*?#\}|\{\{.*?\}\}", "", path.read_text("utf-8"), flags=re.DOTALL)
        assert not re.search(r"<style\b|\sstyle=|\son[a-z]+=|hx-on|javascript:", text), path.name
        for script in re.findall(r"<script\b[^>]*>", text):
            assert "src=" in script, (path.name, script)


def test_every_colour_is_a_token() -> None:
    tokens = {"tokens.css", "print.css"}
    # White on a coloured ground and the highlighter are the only exceptions.
    allowed = {"#fff", "#fdeeb5", "#667085"}
    for path in (STATIC / "css").glob("*.css"):
        if path.name not in tokens:
            found = set(re.findall(r"#[0-9a-f]{3,6}\b", path.read_text("utf-8")))
            assert found <= allowed, (path.name, found - allowed)


def luminance(colour: str) -> float:
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_words_stand_out_from_every_ground_that_they_are_used_on() -> None:
    css = (STATIC / "css" / "tokens.css").read_text("utf-8")
    token = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", css))
    for ground in ("paper", "ground", "ground-deep"):
        for ink in ("ink", "ink-soft", "indigo-deep"):
            assert contrast(token[ink], token[ground]) >= 4.5, (ink, ground)
    for name in ("indigo", "cinnabar", "bamboo", "amber"):
        assert contrast(token[f"{name}-deep"], token[f"{name}-tint"]) >= 4.5, name
        assert contrast(token[f"{name}-deep"], token["paper"]) >= 4.5, name
        assert contrast(token["ink"], token[f"{name}-tint"]) >= 4.5, name
        assert contrast(token[name], token["paper"]) >= 3, name
    assert contrast(token["line-strong"], token["paper"]) >= 3


def test_the_vendor_tool_finds_a_changed_and_a_foreign_file(tmp_path) -> None:  # type: ignore[no-untyped-def]
    tool = runpy.run_path(str(STATIC.parent / "vendor_static.py"))
    vendor = tmp_path / "vendor" / "thing-1"
    vendor.mkdir(parents=True)
    (vendor / "a.js").write_text("one", "utf-8")
    (vendor / "b.js").write_text("two", "utf-8")
    manifest = tmp_path / "vendor.json"
    digest = hashlib.sha512(b"changed").hexdigest()
    listed = {"vendor/thing-1/a.js": digest, "vendor/thing-1/gone.js": digest}
    manifest.write_text(json.dumps({"thing": {"version": "1", "sha512": listed}}), "utf-8")
    differences = tool["differences"]
    differences.__globals__.update(STATIC=tmp_path, VENDOR=tmp_path / "vendor", MANIFEST=manifest)
    assert differences() == [
        "missing: vendor/thing-1/gone.js",
        "not listed: vendor/thing-1/b.js",
        "changed: vendor/thing-1/a.js",
    ]


def test_every_page_names_itself() -> None:
    pages = [
        path for path in TEMPLATES if path.read_text("utf-8").lstrip().startswith('{% extends "base.html" %}')
    ]
    assert pages
    for path in pages:
        assert re.search(r"\{%-? block title -?%\}", path.read_text("utf-8")), path.name
