"""From an index of frames to one of sequences: one row per sequence."""

import numpy as np
import pandas as pd

from skfer.faces import is_sequence
from skfer.utils._text import join_some, natural_key


def join_frames(index):
    """Make one row of the rows of each sequence, in the order of their frames.

    The frames are those with one entry of the column ``sequence``, ordered by ``frame_number`` if
    there is one, else by path, 2 before 10; a video is a sequence already. The column ``image``
    gets what a face array takes: a tuple of the paths, or the path of a video. ``path`` is that of
    the last frame, ``n_frames`` their number, missing for a video, ``eyes`` become ``frame_eyes``;
    other columns are those of the last frame. ValueError names a sequence of two expressions.
    """
    index = _name_videos(index)
    _check_named(index)
    _check_expressions(index)
    index = index.sort_values("path", key=lambda paths: paths.map(natural_key), kind="stable")
    if "frame_number" in index:
        index = index.sort_values("frame_number", kind="stable")
    rows = []
    for _, frames in index.groupby("sequence", sort=False):
        paths = frames["path"].unique()
        row = frames.iloc[-1].to_dict()
        if any(map(is_sequence, paths)):
            _check_video(paths, row["sequence"])
            row |= {"image": paths[0], "n_frames": len(frames) if len(frames) > 1 else None}
        else:
            row |= {"image": tuple(paths), "n_frames": len(paths)}
        if "eyes" in row:
            del row["eyes"]
            row["frame_eyes"] = np.stack(frames["eyes"])
        rows.append(row)
    joined = pd.DataFrame(rows).drop(columns="frame_number", errors="ignore")
    joined["n_frames"] = joined["n_frames"].astype("Int64")
    return joined.sort_values("path", kind="stable", ignore_index=True)


def _name_videos(index):
    """Name the sequences of videos that have no other name after their paths."""
    names = index["sequence"] if "sequence" in index else pd.Series(None, index.index, object)
    unnamed = (names.fillna("") == "") & index["path"].map(is_sequence)
    return index.assign(sequence=names.where(~unnamed, index["path"]))


def _check_named(index):
    unnamed = index.loc[index["sequence"].fillna("") == "", "path"]
    if len(unnamed):
        raise ValueError(
            f"{len(unnamed)} images name no sequence, the first is '{unnamed.iloc[0]}'. Name it in "
            "the path, by a group (?P<sequence>...) of the pattern, or in a column 'sequence'."
        )


def _check_expressions(index):
    if "expression" not in index:
        return
    expressions = index.groupby("sequence")["expression"].unique()
    mixed = expressions[expressions.map(len) > 1]
    if len(mixed):
        raise ValueError(
            f"{len(mixed)} sequences have frames of several expressions, the first is "
            f"'{mixed.index[0]}' of {join_some(mixed.iloc[0], quoted=True)}. As one row, a "
            "sequence has one label, also on its neutral frames."
        )


def _check_video(paths, sequence):
    if len(paths) > 1:
        raise ValueError(
            f"Sequence '{sequence}' has a video and {len(paths) - 1} other files: "
            f"{join_some(paths, quoted=True)}. A video is a sequence by itself; exclude one."
        )
