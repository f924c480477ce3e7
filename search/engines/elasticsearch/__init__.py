"""Elasticsearch behind the same protocol: tokens of `search.analysis` in a whitespace field, no plugin on the cluster."""

from search.engines.elasticsearch.engine import ElasticsearchEngine

__all__ = ["ElasticsearchEngine"]
