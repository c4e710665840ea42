"""Code that the retail Glue jobs share; shipped to Glue as retail_etl.zip through --extra-py-files."""
