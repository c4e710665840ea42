"""AWS in a job: what its calls become, and what of them would go on in the old account."""
