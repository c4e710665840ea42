"""Data quality: the rule language (`dqdl`) and its evaluation on records (`evaluation`)."""
