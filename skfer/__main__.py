"""`python -m skfer` is the command `skfer`."""

import sys

from skfer.cli._main import main

if __name__ == "__main__":
    sys.exit(main())
