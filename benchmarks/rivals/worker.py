"""Run a rival in an environment that has it: `python -m benchmarks.rivals.worker NAME ARRAYS`.

NAME is `module:function` of this package. The function is given the arrays of a file and returns a
function without arguments, which runs once for each line of the standard input. A line that names a
file saves what it returns there. Answers are "ready", "done" or "failed: why".
"""

import os
import sys
from importlib import import_module

import numpy as np


def main():
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)  # libraries print as they like
    module, function = sys.argv[1].split(":")
    try:
        with np.load(sys.argv[2]) as arrays:
            run = getattr(import_module(f"benchmarks.rivals.{module}"), function)(**arrays)
        print("ready", file=answers)
        for line in sys.stdin:
            output = run()
            if line.strip():
                np.save(line.strip(), output)
            print("done", file=answers)
    except Exception as error:
        reason = " ".join(f"{type(error).__name__}: {error}".split())
        print(f"failed: {reason}", file=answers)


if __name__ == "__main__":
    main()
