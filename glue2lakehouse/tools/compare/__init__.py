"""Schema differences, drift, row counts, samples, aggregates."""
