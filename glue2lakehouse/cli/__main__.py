"""`python -m glue2lakehouse.cli` is the command line too."""

from glue2lakehouse.cli import main

main()
