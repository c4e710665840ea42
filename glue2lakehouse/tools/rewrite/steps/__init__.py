"""The steps of converting one module: its uses of Glue are asked about, then what depends on all the answers."""
