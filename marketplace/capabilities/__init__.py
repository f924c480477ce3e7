"""Capabilities: what a supplier makes or does, from a bare 主导产品 to a full page."""
