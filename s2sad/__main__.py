"""`python -m s2sad` is the `s2sad` command."""

import sys

from s2sad.cli import main

if __name__ == "__main__":
    sys.exit(main())
