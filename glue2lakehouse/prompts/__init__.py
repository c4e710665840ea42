"""What agents are told, as Markdown with holes, and its loader."""
