"""The engine inside the process: tantivy over the tokens of `search.analysis`, in one folder."""

from search.engines.embedded.engine import EmbeddedEngine

__all__ = ["EmbeddedEngine"]
