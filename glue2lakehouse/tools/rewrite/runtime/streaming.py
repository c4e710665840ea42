"""Streaming as Glue 3.0 and later do it."""


def skip_empty_batches(function):
    """Return the batch function with empty batches left out, and the batch kept while it runs."""

    def run(frame, batch_id):
        if not frame.isEmpty():
            function(frame, batch_id)

    return run
