"""Discovery: what the search index holds of needs, capabilities and firms, and the pages that browse it."""
