"""What is said of code that stays: code that behaves otherwise on Databricks, and what no rule has seen."""
