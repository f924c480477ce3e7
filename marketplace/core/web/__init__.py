"""The edge that every view shares: request, session, actor, language, refusals, headers and limits. Flask lives here."""
