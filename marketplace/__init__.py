"""The Lianqiao web site and its domain: rooms named after the field, floors that import downwards only."""
