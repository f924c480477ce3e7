"""How good a ranking is: judged collections, the measures, the baselines, and one table beside them. Pure."""
