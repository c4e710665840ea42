"""Reads and writes: files, databases, tables, streams and lake formats, with what becomes of each option."""
