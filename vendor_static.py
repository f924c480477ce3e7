"""Copy the pinned front-end files out of node_modules into static/vendor/ and record their hashes.

    npm ci && python3 vendor_static.py         copy, build the icon sprite, write static/vendor.json
    python3 vendor_static.py --check           recompute every hash; exit status 1 on any difference

The copies are committed, so a machine that runs or installs the site needs neither npm nor a network.
Standard library only.
"""

import argparse
import hashlib
import json
import re
import shutil
import sys
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent
STATIC = CHECKOUT / "static"
VENDOR = STATIC / "vendor"
MANIFEST = STATIC / "vendor.json"
SPRITE = "sprite.svg"

# What leaves each package. The minified files are the ones that their authors publish, byte for byte.
FILES = {
    "bootstrap": ("dist/css/bootstrap.min.css", "dist/js/bootstrap.bundle.min.js", "LICENSE"),
    "htmx.org": ("dist/htmx.min.js", "LICENSE"),
    "tom-select": (
        "dist/css/tom-select.bootstrap5.min.css",
        "dist/js/tom-select.complete.min.js",
        "LICENSE",
    ),
    "bootstrap-icons": ("LICENSE",),
}

# The full sprite weighs 1.1 MB; pages choose from these (a test finds a name that is not here).
ICONS = """
archive arrow-clockwise arrow-down arrow-left arrow-left-right arrow-return-left arrow-right arrow-up
arrows-angle-expand asterisk award bank bar-chart bar-chart-steps battery-charging bell bell-slash binoculars
book bookmark bookmark-star box box-arrow-in-right box-arrow-right box-arrow-up-right box-seam boxes bricks
briefcase building buildings bullseye calculator calendar calendar-check calendar-event calendar-x calendar3
camera card-checklist card-list cart cash-coin chat-dots chat-left-text check check-circle check-circle-fill
check-lg check2-square chevron-down chevron-right circle clipboard clipboard-check clipboard-data
clipboard-plus clock clock-history cloud-download cloud-upload collection columns-gap compass cpu dash-circle
database diagram-3 door-open download droplet envelope envelope-at exclamation-circle exclamation-circle-fill exclamation-triangle eye
eye-slash file-earmark file-earmark-arrow-up file-earmark-check file-earmark-pdf file-earmark-plus
file-earmark-spreadsheet file-earmark-text file-earmark-x file-lock files filter flag folder funnel gear gem
geo-alt globe graph-up grid grid-3x3-gap hand-thumbs-down hand-thumbs-up hash hourglass-split house house-door
image inbox info-circle journal-check key keyboard layers layout-text-sidebar lightbulb lightning
lightning-charge link-45deg list list-check list-nested list-ol list-task list-ul lock map megaphone
mortarboard patch-check pause-circle pencil pencil-square people people-fill person person-badge person-check
person-circle person-dash person-fill person-gear person-lines-fill person-plus person-vcard person-workspace
person-x phone pin-angle pin-angle-fill pin-map play play-circle plug plus plus-circle printer puzzle qr-code
question-circle question-circle-fill receipt recycle reply save search send shield shield-check
shield-exclamation shield-lock shield-x shop shuffle signpost-split sliders sort-down speedometer2 star
star-fill stars table tag telephone telephone-x three-dots toggle-on toggles tools trash trophy truck type
ui-checks unlock upload wallet wrench wrench-adjustable x x-circle x-lg x-octagon
""".split()


def package_version(name: str) -> str:
    """The exact pin of package.json, after making sure that node_modules holds that very version."""
    pin = json.loads((CHECKOUT / "package.json").read_text("utf-8"))["dependencies"][name]
    installed = json.loads((CHECKOUT / "node_modules" / name / "package.json").read_text("utf-8"))["version"]
    if pin != installed:
        raise SystemExit(
            f"{name}: package.json pins {pin}, node_modules holds {installed}; run `npm ci` first"
        )
    return str(pin)


def icon_symbol(name: str) -> str:
    """One icon of Bootstrap Icons as a <symbol> whose id is its name."""
    source = CHECKOUT / "node_modules" / "bootstrap-icons" / "icons" / f"{name}.svg"
    if not source.exists():
        raise SystemExit(f"bootstrap-icons has no icon named {name!r}")
    found = re.search(r'viewBox="([^"]+)">(.*)</svg>', source.read_text("utf-8"), re.DOTALL)
    if found is None:
        raise SystemExit(f"{source.name} does not look like an icon")
    body = "".join(line.strip() for line in found[2].splitlines())
    return f'<symbol id="{name}" viewBox="{found[1]}">{body}</symbol>'


def sprite() -> str:
    """Every icon in ICONS as one SVG document; colour comes from `fill: currentColor` on the page."""
    symbols = "\n".join(icon_symbol(name) for name in sorted(set(ICONS)))
    return f'<svg xmlns="http://www.w3.org/2000/svg">\n{symbols}\n</svg>\n'


def sha512(path: Path) -> str:
    return hashlib.sha512(path.read_bytes()).hexdigest()


def copy_all() -> None:
    """Replace static/vendor/ and static/vendor.json as a whole."""
    shutil.rmtree(VENDOR, ignore_errors=True)
    manifest = {}
    for name, files in FILES.items():
        version = package_version(name)
        source = CHECKOUT / "node_modules" / name
        target = VENDOR / f"{name}-{version}"
        target.mkdir(parents=True)
        for file in files:
            shutil.copyfile(source / file, target / Path(file).name)
        if name == "bootstrap-icons":
            (target / SPRITE).write_text(sprite(), encoding="utf-8", newline="\n")
        licence = json.loads((source / "package.json").read_text("utf-8"))["license"]
        hashes = {path.relative_to(STATIC).as_posix(): sha512(path) for path in sorted(target.iterdir())}
        manifest[name] = {"version": version, "licence": licence, "sha512": hashes}
    MANIFEST.write_text(json.dumps(manifest, indent=2) + "\n", encoding="utf-8", newline="\n")


def strip_funding() -> None:
    """Drop the donation addresses from package-lock.json: the lock names no host at all."""
    path = CHECKOUT / "package-lock.json"
    lock = json.loads(path.read_text("utf-8"))
    for package in lock["packages"].values():
        package.pop("funding", None)
        package.pop("resolved", None)
    path.write_text(json.dumps(lock, indent=2) + "\n", encoding="utf-8", newline="\n")


def differences() -> list[str]:
    """Files that are missing, changed or not listed in vendor.json; empty when all is well."""
    listed = {
        file: digest
        for package in json.loads(MANIFEST.read_text("utf-8")).values()
        for file, digest in package["sha512"].items()
    }
    present = {path.relative_to(STATIC).as_posix(): path for path in VENDOR.rglob("*") if path.is_file()}
    problems = [f"missing: {file}" for file in sorted(listed.keys() - present.keys())]
    problems += [f"not listed: {file}" for file in sorted(present.keys() - listed.keys())]
    both = sorted(listed.keys() & present.keys())
    return problems + [f"changed: {file}" for file in both if sha512(present[file]) != listed[file]]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true", help="compare hashes and change nothing")
    if not parser.parse_args().check:
        copy_all()
        strip_funding()
    problems = differences()
    sys.stdout.write(("\n".join(problems) or "static/vendor matches static/vendor.json") + "\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
