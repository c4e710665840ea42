"""Agents: each a reply model and one verb; deterministic without a model, never importing each other or a graph."""
