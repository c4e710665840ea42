"""Deterministic work; nothing here imports a model, an agent or a graph."""
