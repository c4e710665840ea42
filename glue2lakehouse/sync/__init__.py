"""Dual track: three-way merge, protected regions, provenance."""
