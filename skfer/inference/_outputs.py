"""From a journal to what is written: tables, their dictionaries, annotated copies."""

import json
from contextlib import suppress
from itertools import chain

import pandas as pd

from skfer.inference._baseline import subtract_baseline
from skfer.inference._counts import PredictionCounts
from skfer.inference._csv import write_predictions
from skfer.inference._dictionary import describe_predictions
from skfer.inference._overlay_files import write_overlay
from skfer.inference._smoothing import smooth_predictions
from skfer.utils._files import atomic_path
from skfer.utils._video import is_video


def partial_path(path):
    """Return where the unfinished predictions of a table are kept."""
    return path.with_name(f"{path.name}.partial")


def summary_path(path):
    """Return where the summary of a table is written."""
    return path.with_name(f"{path.stem}_summary{path.suffix}")


def dictionary_path(path):
    """Return where the data dictionary of a table is written."""
    return path.with_suffix(".json")


class FinishedTables:
    """The tables of a journal, smoothed and with their changes, read anew each time."""

    def __init__(self, journal, smoothing, baseline):
        self._journal = journal
        self._smoothing = smoothing
        self._baseline = baseline

    def as_they_came(self):
        """Yield tables of whole frames, unsmoothed."""
        return (part for part in self._journal.read() if not isinstance(part, str))

    def finished(self):
        """Yield the tables as they are to be written, in parts no larger than needed."""
        as_they_are = self._smoothing is None and self._baseline is None
        return self.as_they_came() if as_they_are else self.by_input()

    def by_input(self):
        """Yield the tables as they are to be written, of whole inputs: images, or one video."""
        of_video = []
        for part in self._journal.read():
            if isinstance(part, str):
                yield self._finish(pd.concat(of_video, ignore_index=True))
                of_video = []
            elif is_video(part["input"].iloc[0]):
                of_video.append(part)
            else:
                yield self._finish(part)

    def _finish(self, table):
        if self._smoothing is not None:
            table = smooth_predictions(table, self._smoothing)
        if self._baseline is not None:
            table = subtract_baseline(table, self._baseline)
        return table


def count_predictions(tables, inputs):
    """Return the counts of inputs, frames and faces."""
    n_videos = sum(map(is_video, inputs))
    counts = PredictionCounts(n_images=len(inputs) - n_videos, n_videos=n_videos)
    for table in tables.as_they_came():
        counts.add(table)
    return counts


def write_overlays(tables, paths):
    """Write the annotated copies that are not there yet; `paths` has the file of each input."""
    for table in tables.by_input() if paths else ():
        for name, rows in table.groupby("input", sort=False):
            if not paths[name].exists():
                with suppress(ValueError):  # what cannot be read stands in the table
                    write_overlay(name, rows, paths[name])


def write_table(tables, path, how, run):
    """Write a table and its data dictionary, which is there before the table is."""
    tables = iter(tables)
    first = next(tables)

    with atomic_path(dictionary_path(path)) as unfinished:
        document = describe_predictions(first, **run)
        unfinished.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n", "utf-8")
    write_predictions(chain([first], tables), path, **how)
