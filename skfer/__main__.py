"""`python -m skfer` is the command `skfer`."""

import sys

from skfer.cli import main

if __name__ == "__main__":
    sys.exit(main())
