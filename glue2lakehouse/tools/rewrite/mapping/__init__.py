"""Names and paths in the target: what the settings say of them, and where a program names them."""
