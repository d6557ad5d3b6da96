"""`skfer evaluate --only-folds`: some folds at a time, for the arrays of jobs of a cluster."""

import argparse


def add_only_folds(group):
    """Add the option to a group of `skfer evaluate`."""
    group.add_argument(
        "--only-folds",
        type=_parse_numbers,
        metavar="N,...",
        help="compute these folds only, such as 0,3 or 0-3, and keep them in DIR; numbers go on "
        "through the repeats. Several processes may share DIR; `skfer merge DIR` then writes the "
        "results",
    )


def prepare_part(options):
    """Let a run of some folds take what other processes have left in DIR, and delete nothing."""
    if options.only_folds is None:
        return
    if options.overwrite:
        raise ValueError(
            "--overwrite would delete the folds of the other processes: remove "
            f"'{options.out}' yourself before the first of them, or give another folder."
        )
    if options.log is not None:
        raise ValueError("--log is for whole results: leave it out together with --only-folds.")
    if options.json:
        raise ValueError("--json is for whole results: leave it out together with --only-folds.")
    options.resume = True


def check_numbers(options, n_folds):
    """Refuse folds that there are not, before any work."""
    n_splits = n_folds * options.repeats
    if options.only_folds is not None and max(options.only_folds) >= n_splits:
        raise ValueError(
            f"--only-folds {max(options.only_folds)}: there are folds 0 to {n_splits - 1}."
        )


def whole_command(argv):
    """Return the arguments without `--only-folds`: what the parts together are."""
    words = iter(argv)
    kept = []
    for word in words:
        if word == "--only-folds":
            next(words)
        elif not word.startswith("--only-folds="):
            kept.append(word)
    return kept


def finish_part(options, metadata):
    """Write what the results will say of the run; print what is done and what is missing."""
    from skfer.evaluation._stored_results import describe_folds, write_run

    write_run(options.out, metadata)
    lines = describe_folds(options.out)
    print("\n" + "\n".join(lines))
    if not any("missing" in line for line in lines):
        print(f"All folds are done. Write the results: skfer merge {options.out}")


def _parse_numbers(text):
    numbers = set()
    for part in text.split(","):
        first, _, last = part.partition("-")
        last = last or first
        if not (first.strip().isdecimal() and last.strip().isdecimal()):
            raise argparse.ArgumentTypeError(f"'{text}' is not a list of folds such as 0,3 or 0-3")
        if int(first) > int(last):
            raise argparse.ArgumentTypeError(f"'{part}' runs backwards")
        numbers.update(range(int(first), int(last) + 1))
    return sorted(numbers)
