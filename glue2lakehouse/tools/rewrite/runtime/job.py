"""The job object, where it is passed on."""


class Job:
    """Stands for Glue's Job in code that hands it around: without bookmarks, init and commit do nothing."""

    def __init__(self, context=None):
        self.context = context

    def init(self, job_name="", args=None):
        """Do nothing: there is no bookmark to load."""

    def commit(self):
        """Do nothing: there is no bookmark to save."""
