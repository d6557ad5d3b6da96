"""The sub-command `skfer index`: what is in a folder, and what of it is left out and why."""

import os
import warnings
from pathlib import Path

from skfer.cli._data_options import add_data_options
from skfer.cli._output import (
    MOST_LISTED,
    add_json_option,
    check_writable,
    print_first,
    refuse_spreadsheet,
    result_on_stdout,
)


def add_parser(commands):
    """Add the sub-command to what ``ArgumentParser.add_subparsers`` returned."""
    parser = commands.add_parser(
        "index",
        help="list who and what is in a folder, and what is left out and why",
        description="List the people, expressions and sizes of the images of a data set, what is "
        "left out and why, and what is doubtful: copies under two names, spellings of one name. "
        "Files that cannot be read or are not matched are listed; they do not stop the command.",
    )
    parser.set_defaults(run=run, how_to_go_on="Nothing was written; the same command starts anew.")
    add_data_options(parser)
    output = parser.add_argument_group("output")
    output.add_argument(
        "--out",
        type=Path,
        metavar="FILE",
        help="write the index (file, subject, expression, ...) as a CSV, which --csv reads",
    )
    output.add_argument("--overwrite", action="store_true", help="replace FILE")
    add_json_option(output)


def run(options, argv):
    """Load the data, whatever is wrong with it, and print what there is."""
    _check_output(options)
    with result_on_stdout(options) as results:
        data, index = _make_index(options)
        _print_index(index)
        if options.out is not None:
            _write_index(options, data)
            print(f"Index: {options.out}")
        results.append(index)


def _check_output(options):
    if options.out is None:
        return
    refuse_spreadsheet(options.out)
    check_writable("--out", options.out.parent, options.out)
    if options.out.exists() and not options.overwrite:
        raise ValueError(f"--out '{options.out}' is there already. Add --overwrite to replace it.")


def _make_index(options):
    """Return the data, and all that is printed, which JSON can hold."""
    from skfer.cli._data import load_data, unit_of
    from skfer.evaluation import summarize_dataset
    from skfer.utils._doubtful_subjects import find_alike_subjects

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # doubts and copies are listed
        data, left_out = load_data(options, keep_going=True)
    summary = summarize_dataset(data)
    repeated = _list_repeated(data)
    n_excluded, passed_over = _count_others(options, data, left_out)
    return data, {
        "dataset": options.dataset,
        "unit": unit_of(data.faces),
        "n_images": summary.n_images,
        "n_subjects": summary.n_subjects,
        "class_counts": summary.class_counts,
        "image_sizes": summary.image_sizes,
        "subjects": summary.counts.to_dict("index"),
        "left_out": left_out,
        "passed_over": passed_over,
        "n_excluded": n_excluded,
        "copies": _list_copies(summary.near_duplicates, data),
        "repeated": repeated,
        "doubts": summary.doubts + _say_repeated(repeated),
        "subjects_alike": find_alike_subjects(data.subjects),
        "max_folds": summary.max_folds,
    }


def _count_others(options, data, left_out):
    from skfer.datasets import get_data_home
    from skfer.datasets._index import count_other_files

    if "path" not in data.frame or options.dataset != "image-folder":  # others have label files
        return 0, {}
    known = {*data.info["file"], *(file["path"] for file in left_out)}
    return count_other_files(get_data_home(options.data), known, options.exclude)


def _list_copies(pairs, data):
    """Return pairs of files that are copies under two subjects or two expressions."""
    names = data.info.get("file", [f"image {number}" for number in range(len(data.target))])
    copies = {(names[pair.image_a], names[pair.image_b]) for pair in pairs.itertuples()}
    if "path" in data.frame:
        name_of = dict(zip(data.frame["path"], names, strict=True))
        equal = data.duplicates[["copy_of", "path"]].to_numpy()
        copies |= {(name_of[first], name_of[copy]) for first, copy in equal}
    return sorted(map(list, copies))


def _list_repeated(data):
    """Return pairs of files that are copies within one subject and expression."""
    from skfer.datasets._index import find_copies

    if "path" not in data.frame:
        return []
    name_of = dict(zip(data.frame["path"], data.info["file"], strict=True))
    copies = find_copies(data.frame.drop_duplicates("path"))  # a video is in several rows
    pairs = copies.loc[~copies["is_in_conflict"], ["copy_of", "path"]].to_numpy()
    return sorted([name_of[first], name_of[copy]] for first, copy in pairs)


def _say_repeated(pairs):
    from skfer.utils._text import join_some

    if not pairs:
        return []
    names = join_some([" = ".join(pair) for pair in pairs])
    return [f"Copies within a subject and expression count twice: {names}. Leave out the second."]


def _print_index(index):
    from skfer.utils._text import count_of

    images, subjects = count_of(index["n_images"], index["unit"]), index["n_subjects"]
    print(f"{index['dataset']}: {images} of {count_of(subjects, 'subject')}")
    for what in (index["class_counts"], index["image_sizes"]):
        print("  " + ", ".join(f"{n} {name}" for name, n in [*what.items()][:MOST_LISTED]))
    _print_subjects(index["subjects"])
    _print_list("Left out", [f"{file['path']}: {file['reason']}" for file in index["left_out"]])
    others = [f"{n} {suffix or 'without suffix'}" for suffix, n in index["passed_over"].items()]
    others += [f"{index['n_excluded']} excluded"] if index["n_excluded"] else []
    if others:
        print(f"Passed over: {', '.join(others)}")
    copies = [" = ".join(pair) for pair in index["copies"]]
    _print_list("Copies under two subjects or expressions", copies)
    _print_list("Look at", index["doubts"])
    if index["max_folds"]:
        print(f"Folds by subject: 2 to {index['max_folds']}")


def _print_subjects(subjects):
    names = [*subjects][:MOST_LISTED]
    width = max(map(len, names))
    expressions = [*subjects[names[0]]]
    print(f"\n  {'':{width}} {' '.join(expressions)}")
    for name in names:
        counts = (f"{n:{len(expression)}}" for expression, n in subjects[name].items())
        print(f"  {name:{width}} {' '.join(counts)}")
    more = len(subjects) - MOST_LISTED
    print(f"  and {more} more subjects; --json lists all\n" if more > 0 else "")


def _print_list(title, lines):
    if lines:
        print(f"{title}: {len(lines)}")
        print_first(lines, "; --json lists all")


def _write_index(options, data):
    from skfer.datasets import get_data_home
    from skfer.utils._csv import write_csv
    from skfer.utils._files import atomic_path

    if "path" not in data.frame:
        raise ValueError(f"The images of '{options.dataset}' are not files that --out could list.")
    home = get_data_home(options.data)
    frame = data.frame.drop(columns="path")
    files = [Path(os.path.relpath(path, home)).as_posix() for path in data.frame["path"]]
    frame.insert(0, "file", files)
    with atomic_path(options.out) as path:
        write_csv(path, frame)
