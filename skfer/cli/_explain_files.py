"""From pictures to their explanations in a folder: what `skfer explain` does."""

from itertools import chain, count
from pathlib import Path

import numpy as np
import pandas as pd

from skfer.cli._output import refuse_replacing, refuse_within
from skfer.datasets._index import find_image_files
from skfer.inspection import ExplanationDisplay, FaceExplanationDisplay, explain_images
from skfer.persistence import load_model
from skfer.utils._csv import write_csv
from skfer.utils._files import atomic_path
from skfer.utils._text import without_name

_MEAN = "mean"
_TABLE = "explanations.csv"


def explain_files(options):
    """Write a PNG for each face, a table of all pictures, and the mean of each expression."""
    files, listed = _find_files(options.images)
    _check_out(options, files)
    model = load_model(options.model)
    rows, explained = [], []
    explanations = explain_images(model, [file for _, file in files])
    for (name, file), explanation in zip(files, explanations, strict=True):
        picture = ""
        if explanation.problem:
            listed.append((str(file), without_name(explanation.problem, file)))
        else:
            picture = f"{name}.png"
            _save(FaceExplanationDisplay(explanation, file.name).plot(), options.out / picture)
            explained.append(explanation)
            print(f"{file}: {explanation.expression}")
        shares = explanation.probabilities or {}
        rows.append(
            {
                "input": str(file),
                "picture": picture,
                "expression": explanation.expression or "",
                **{f"proba_{label}": shares.get(label) for label in model.classes_},
                "problem": explanation.problem,
            }
        )
    with atomic_path(options.out / _TABLE) as path:
        write_csv(path, pd.DataFrame(rows))
    if len({one.face.shape for one in explained}) == 1:
        maps, faces = (
            np.stack([getattr(one, what) for one in explained]) for what in ("map", "face")
        )
        labels = [one.expression for one in explained]
        _save(ExplanationDisplay.from_maps(maps, faces, labels), options.out / f"{_MEAN}.png")
    print(f"Explained {len(explained)} of {len(rows)} pictures: {options.out}")
    for file, problem in listed:
        print(f"  Left out: {file}: {problem}")
    if not explained:
        raise ValueError("None of the pictures could be explained; give others, with a face each.")


def _find_files(paths):
    """Return pairs of a name for the result, unlike all others, and a file; and what is none."""
    files, listed = [], []
    for path in paths:
        if path.is_dir():
            found, unreadable = find_image_files(path)
            files += [(name, path / name) for name in found]
            listed += unreadable
        elif path.exists():
            files.append((path.name, path))
        else:
            raise FileNotFoundError(f"There is no file or folder '{path}'.")
    names = _number([Path(name).with_suffix("").as_posix() for name, _ in files])
    return list(zip(names, [Path(file) for _, file in files], strict=True)), listed


def _number(stems):
    """Return names unlike each other and the mean: the first of a stem keeps it."""
    plain, given = set(stems), {_MEAN: None}
    for stem in stems:
        numbered = (f"{stem}-{number}" for number in count(2))
        names = chain([stem], (name for name in numbered if name not in plain))
        given[next(name for name in names if name not in given)] = None
    return list(given)[1:]


def _check_out(options, files):
    """Refuse to write among the pictures, or over one of them."""
    refuse_within("--out", options.out, options.images)
    written = [_TABLE, f"{_MEAN}.png", *(f"{name}.png" for name, _ in files)]
    inputs = [file for _, file in files]
    refuse_replacing("--out", options.out, inputs, [options.out / name for name in written])


def _save(display, file):
    import matplotlib.pyplot as plt

    with atomic_path(file) as path:
        display.figure_.savefig(path, dpi=150)
    plt.close(display.figure_)
