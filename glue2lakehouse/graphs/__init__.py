"""State machines: one entity, a batch of them, and the chat of a review."""
