"""The sub-command `skfer reproduce`: the tables of the C-SPP paper from the user's own copies."""

import shutil
import sys
import warnings
from pathlib import Path

from skfer.cli._arguments import add_jobs_option, at_least
from skfer.cli._output import add_output_options, check_output, portable_command, prepare_drawing

_TABLES = (
    "table3",
    "table4",
    "table5",
    "table6",
    "table7",
    "ladder",
    "figure1",
    "figure4",
    "figure7",
)
_CROPS = "48x48 CK+ crops, not the official images"
# Readers, the set of the tables that each gives, and what it is called.
_SOURCES = {
    ("ckplus", "ckplus"): "CK+",
    ("ckplus", "ckplus-sequences"): "CK+ sequences",
    ("ck48", "ckplus"): _CROPS,
    ("ck48", "ckplus-sequences"): f"{_CROPS}; three frames per sequence",
    ("jaffe", "jaffe"): "JAFFE",
    ("mmi", "mmi"): "MMI",
    ("nimstim", "nimstim"): "NimStim",
}


def add_parser(commands):
    """Add the sub-command to what ``ArgumentParser.add_subparsers`` returned."""
    parser = commands.add_parser(
        "reproduce",
        help="measure the tables of the C-SPP paper on your own copies of its data sets",
        description="Measure tables and figures of the C-SPP paper (Li et al. 2019) on whatever "
        "data sets are given, and write tables.md and reproduction.json, with the published figure "
        "and what is wrong with it beside each, and the predictions of every experiment.",
    )
    parser.set_defaults(run=run, how_to_go_on="Finished folds are kept: add --resume to go on.")
    parser.add_argument(
        "tables",
        nargs="+",
        choices=[*_TABLES, "all"],
        metavar="TABLE",
        help=f"{', '.join(_TABLES)} or all",
    )
    _add_data(parser.add_argument_group("data, as they are given out; any of them"))
    _add_protocol(parser.add_argument_group("protocol"))
    add_output_options(parser.add_argument_group("output"))


def _add_data(group):
    ckplus = group.add_mutually_exclusive_group()
    ckplus.add_argument("--ckplus", type=Path, metavar="DIR", help="CK+")
    ckplus.add_argument(
        "--ck48",
        type=Path,
        metavar="DIR",
        help="the 48x48 crops of CK+, used in its place and labelled as such in the tables",
    )
    group.add_argument("--jaffe", type=Path, metavar="DIR", help="JAFFE")
    group.add_argument("--mmi", type=Path, metavar="DIR", help="MMI")
    group.add_argument("--nimstim", type=Path, metavar="DIR", help="NimStim")
    group.add_argument(
        "--mmi-exclude",
        nargs="+",
        default=[],
        metavar="SESSION",
        help="sessions to leave out, such as those with glasses",
    )
    group.add_argument(
        "--mmi-rotated",
        nargs="+",
        default=[],
        metavar="SESSION",
        help="sessions whose frames are rotated by 90 degrees",
    )
    group.add_argument(
        "--incomplete",
        action="store_true",
        help="accept copies in which official images are missing; the report says so",
    )


def _add_protocol(group):
    group.add_argument(
        "--recipe",
        choices=["default", "paper"],
        default="default",
        help="how networks are trained: skfer's way (default) or the paper's, which is about a "
        "hundred times slower",
    )
    group.add_argument(
        "--folds", type=at_least(2), metavar="K", help="default: as published for each data set"
    )
    group.add_argument(
        "--epochs", type=at_least(1), metavar="N", help="default: as the recipe has it"
    )
    group.add_argument("--seed", type=at_least(0), default=0, metavar="N", help="default: 0")
    add_jobs_option(group, "folds")


def run(options, argv):
    """Load the data sets that the tables need and are given, and run their experiments."""
    from skfer.reproduction._experiments import Settings
    from skfer.reproduction._study import reproduce_tables
    from skfer.reproduction._tables import TABLES

    check_output(options, (".cache", "reproduction.json"))
    names = list(_TABLES) if "all" in options.tables else list(dict.fromkeys(options.tables))
    if any(TABLES[name].shows in ("leak", "curves") for name in names):
        prepare_drawing("skfer reproduce")
    cache = options.out / ".cache"
    if cache.is_dir() and not options.resume:
        shutil.rmtree(cache)
    cache.mkdir(parents=True, exist_ok=True)
    sets, absent = _load_sets(options, names)
    settings = Settings(
        recipe=options.recipe,
        n_folds=options.folds,
        random_state=options.seed,
        max_epochs=options.epochs,
        n_jobs=options.jobs,
        memory=cache,
        verbose=int(sys.stderr.isatty()),
    )
    command = portable_command(argv)
    reproduce_tables(
        names,
        sets,
        settings,
        options.out,
        absent=absent,
        command=command,
        log=options.log,
        verbose=1,
    )
    print(f"\nTables: {options.out / 'tables.md'}")


def _load_sets(options, names):
    """Return the data sets by the paper's names, and why others that are needed are not there."""
    from skfer.reproduction._study import portable
    from skfer.reproduction._tables import TABLES

    needed = {
        name
        for table in names
        for experiment in TABLES[table].experiments
        for name in experiment.sets
    }
    sets, absent = {}, dict.fromkeys(sorted(needed), "not given")
    for (reader, name), title in _SOURCES.items():
        folder = getattr(options, reader)
        if folder is None or name not in needed:
            continue
        try:
            sets[name] = _load_set(reader, folder, options, title, name.endswith("-sequences"))
        except (ValueError, OSError) as error:
            absent[name] = portable(" ".join(str(error).split()))
            print(f"{title} is left out: {error}")
        else:
            del absent[name]
            print(f"{title}: {len(sets[name].target)} {sets[name].unit}")
    return sets, absent


def _load_set(reader, folder, options, title, as_sequences):
    """Load the images that the paper used, or whole sequences, and locate the eyes."""
    from skfer.cli._data import locate_eyes, read_data
    from skfer.reproduction._experiments import StudySet
    from skfer.reproduction._study import portable

    settings = [("frames", "sequence") if as_sequences else ("protocol", "c-spp-2019")]
    settings += [("on_missing", "skip")] if options.incomplete else []
    if reader == "mmi":
        settings += [("exclude", options.mmi_exclude), ("rotated", options.mmi_rotated)]
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        data, _ = read_data(reader, folder, dict(settings), seed=options.seed)
    problems = []
    if not data.cropped:
        data, problems = locate_eyes(data, on_missing="guess", n_jobs=options.jobs)
    notes = [portable(each.message) for each in caught if each.category is UserWarning]
    return StudySet(
        title=title,
        faces=data.faces,
        target=data.target,
        subjects=data.subjects,
        info=data.info,
        n_folds=data.n_folds,
        cropped=data.cropped,
        notes=tuple(notes),
        n_eyes_not_found=len(problems),
    )
