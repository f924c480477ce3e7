"""What everything is sorted by: industries, divisions, chains and links, certificate kinds, need types, dated rules."""
