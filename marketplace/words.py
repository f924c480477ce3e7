"""Every room's codes, registered: imported once by each assembly point (site, worker, command line)."""

import importlib

from marketplace.paths import PACKAGE


def register_all() -> None:
    """Import each ``words.py`` and ``…_words.py`` of the house, so that any code can be rendered.

    Found by their files: to look for them through the packages would import every room's pages on the way.
    """
    for path in sorted([*PACKAGE.glob("*/**/words.py"), *PACKAGE.glob("*/**/*_words.py")]):
        importlib.import_module(".".join(("marketplace", *path.relative_to(PACKAGE).with_suffix("").parts)))


register_all()
