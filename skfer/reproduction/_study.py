"""Run the experiments of the tables asked for, over the data sets that are there."""

import re
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from skfer.evaluation import EvaluationResult
from skfer.evaluation._records import append_run_log, collect_metadata, describe_run, write_results
from skfer.reproduction._experiments import make_pipeline, run_experiment
from skfer.reproduction._report import write_report
from skfer.reproduction._tables import SETS, TABLES
from skfer.utils._csv import write_csv
from skfer.utils._files import atomic_path

_ABSOLUTE = re.compile(r"'(?:/|[A-Za-z]:\\)[^']*'")


class Outcome(NamedTuple):
    """What an experiment gave: a result or learning curves, or the problem why there is none."""

    found: EvaluationResult | pd.DataFrame | None
    notes: tuple = ()
    problem: str = ""


def reproduce_tables(names, sets, settings, out, *, absent=None, command="", log=None, verbose=0):
    """Run what the tables need, each experiment once, and write results and report to a folder.

    `sets` maps names of `SETS` to the StudySets that are there ("ckplus" may be its crops), and
    `absent` says why others are not. To `out` go tables.md, reproduction.json, the drawings, and a
    folder for each experiment; interrupted, the report has what was found so far. The file `log`
    gets a line of JSON for each result. Returns a dict of Experiment to Outcome: one that cannot be
    run has a problem, and the others go on. ValueError if none could be run.
    """
    tables = {name: TABLES[name] for name in names}
    experiments = dict.fromkeys(each for table in tables.values() for each in table.experiments)
    metadata = {"command": command, "seed": settings.random_state}
    outcomes = {}
    try:
        for experiment in experiments:
            outcomes[experiment] = _run(experiment, sets, settings, absent or {}, verbose)
            _keep(experiment, outcomes[experiment], sets, settings, out, metadata, log)
    finally:
        write_report(out, tables, outcomes, sets, absent or {}, settings, command)
    if all(outcome.found is None for outcome in outcomes.values()):
        problems = dict.fromkeys(outcome.problem for outcome in outcomes.values())
        raise ValueError(f"None of the experiments could be run: {' '.join(problems)}")
    return outcomes


def portable(text):
    """Return a message whose quoted absolute paths keep only their last part, for publication."""
    return _ABSOLUTE.sub(lambda path: f"'{Path(path[0][1:-1]).name}'", str(text))


def _run(experiment, sets, settings, absent, verbose):
    missing = [name for name in experiment.sets if name not in sets]
    if missing:
        reasons = [f"{SETS[name]}: {absent.get(name, 'not given')}" for name in missing]
        return Outcome(None, problem=f"{'; '.join(reasons)}.")
    if verbose:
        print(experiment.name, end=": ", flush=True)
    try:
        outcome = Outcome(*run_experiment(experiment, sets, settings))
    except (ValueError, OSError) as error:
        outcome = Outcome(None, problem=portable(" ".join(str(error).split())))
    if verbose:
        is_result = isinstance(outcome.found, EvaluationResult)
        print(outcome.found if is_result else outcome.problem or "learning curves", flush=True)
        print("".join(f"  Warning: {note}\n" for note in outcome.notes), end="", flush=True)
    return outcome._replace(notes=tuple(map(portable, outcome.notes)))


def _keep(experiment, outcome, sets, settings, out, metadata, log):
    """Write what an experiment gave to a folder of its own."""
    folder = out / experiment.name
    if isinstance(outcome.found, pd.DataFrame):
        with atomic_path(folder / "curves.csv") as path:
            write_csv(path, outcome.found)
    if not isinstance(outcome.found, EvaluationResult):
        return
    tested = sets[experiment.tested_on]
    notes = [note for name in experiment.sets for note in sets[name].notes]
    described = collect_metadata(
        **metadata,
        dataset=" -> ".join(sets[name].title for name in experiment.sets),
        n_images=len(tested.target),
        n_subjects=len(set(tested.subjects)),
        classes=sorted(set(tested.target.tolist())),
        n_eyes_not_found=sum(sets[name].n_eyes_not_found for name in experiment.sets),
        on_missing="guess",
        notes=[*notes, *outcome.notes],
    )
    write_results(folder, [outcome.found], described)
    if log is not None:
        run = describe_run(make_pipeline(experiment, sets, settings), folder / "images.csv")
        append_run_log(log, outcome.found, described | run)
