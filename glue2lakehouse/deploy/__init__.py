"""Unity Catalog objects, workspace files and jobs of a converted project; rollback."""
