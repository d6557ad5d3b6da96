"""Files of a folder that cannot be read."""

import numpy as np

from skfer.faces import is_sequence
from skfer.utils._images import read_image
from skfer.utils._sequences import MAX_SEQUENCE_PIXELS
from skfer.utils._threads import map_in_threads
from skfer.utils._video import check_video, read_video


def check_videos(paths):
    """Refuse the first of the videos among files that cannot be opened; nothing is decoded."""
    map_in_threads(check_video, [path for path in paths if is_sequence(path)])


def drop_undecodable(frame):
    """Return the rows whose files can be decoded, and (path, problem) of the others."""
    problems = np.array(map_in_threads(_find_problem, frame["path"]), dtype=str)
    readable = problems == ""
    if not any(readable):
        raise ValueError(f"None of the {len(frame)} images can be read; the first: {problems[0]}")
    unreadable = zip(frame["path"][~readable], problems[~readable].tolist(), strict=True)
    return frame[readable].reset_index(drop=True), list(unreadable)


def _find_problem(path):
    try:
        if is_sequence(path):
            read_video(path, MAX_SEQUENCE_PIXELS)
        else:
            read_image(path)
    except ValueError as error:
        return str(error)
    return ""
