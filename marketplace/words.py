"""Every room's codes, registered: imported once by each assembly point (site, worker, command line)."""

import importlib
import pkgutil

import marketplace


def register_all() -> None:
    """Import each ``words`` module of the house, so that any code can be rendered."""
    for module in pkgutil.walk_packages(marketplace.__path__, "marketplace."):
        if module.name.endswith(("words", "_words")) and module.name != __name__:
            importlib.import_module(module.name)


register_all()
