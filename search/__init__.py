"""Chinese text analysis, search documents and the engines that hold them.

Knows nothing of a web framework or a database: words, synonyms, documents and visibility come in as
plain values. `matching` stands on `search.analysis` only.
"""
