"""Regular expressions for many words at once, whose cost hardly grows with their number."""

from collections.abc import Iterable, Sequence

_Trie = dict[str, "_Trie"]


def any_of(words: Iterable[Sequence[str]]) -> str:
    """An expression that matches the longest of `words` at a place. A word is a sequence of snippets of
    regular expressions; shared beginnings are tried once, and a search skips to possible first characters."""
    root: _Trie = {}
    for word in words:
        node = root
        for snippet in word:
            node = node.setdefault(snippet, {})
        node[""] = {}
    return _expression(root)


def _expression(node: _Trie) -> str:
    branches = [snippet + _expression(node[snippet]) for snippet in sorted(node) if snippet]
    if not branches:
        return ""
    return f"(?:{'|'.join(branches)})" + ("?" if "" in node else "")
