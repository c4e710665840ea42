"""SQL text in a job: its names as three levels, its paths by the mapping, its DDL as that of Delta."""
