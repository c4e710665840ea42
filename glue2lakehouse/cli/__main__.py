"""`python -m glue2lakehouse.cli` is the command line too, and what a portfolio starts for each of its projects."""

import os
import signal
import threading

from glue2lakehouse.cli import main


def _end_with_stdin() -> None:
    # Not through sys.stdin, whose lock the interpreter wants when it ends.
    while os.read(0, 4096):
        pass
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    if os.environ.pop("GLUE2LAKEHOUSE_ENDS_WITH_STDIN", ""):
        threading.Thread(target=_end_with_stdin, daemon=True).start()
    main()
