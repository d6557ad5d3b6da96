"""Predictions as a stream of tables: images batch by batch, and so the frames of a video."""

from itertools import groupby, islice
from numbers import Integral

import numpy as np

from skfer.inference._columns import BOX, EYES, make_table, proba_column
from skfer.inference._model import FaceModel, Prediction
from skfer.inference._search import FaceSearch, Picture, as_picture
from skfer.inference._tracking import FaceTracker
from skfer.utils._choice import check_choice
from skfer.utils._threads import stream_in_threads
from skfer.utils._video import is_video, read_frames


class PredictionStream:
    """A fitted model and how it is to look at pictures; gives tables of predictions."""

    def __init__(self, model, *, faces, every, cropped, batch_size, n_jobs):
        check_choice("faces", faces, ("largest", "all"))
        for name, value in (("every", every), ("batch_size", batch_size)):
            if not isinstance(value, Integral) or value < 1:
                raise ValueError(f"{name}={value!r}; expected a whole number of at least 1.")
        self.model = FaceModel(model, cropped)
        self._search = FaceSearch(self.model, faces, cropped)
        self._every = every
        self._batch_size = batch_size
        self._n_jobs = n_jobs

    def of_inputs(self, inputs):
        """Yield the tables of images and videos in their order; none has rows of two videos."""
        for are_videos, group in groupby(enumerate(inputs), lambda item: is_video(item[1])):
            if are_videos:
                for _, path in group:
                    yield from self.of_video(path)
            else:
                yield from self.of_images(group)

    def of_images(self, numbered):
        """Yield the tables of images (number, image), a batch at a time."""
        pictures = (as_picture(number, image) for number, image in numbered)
        for batch in self._look(pictures):
            yield self._make_table(batch)

    def of_video(self, path, done=None):
        """Yield the tables of the frames of a video that are not among the rows `done`."""
        tracker, start, last = FaceTracker(), 0, -1
        if done is not None and len(done):
            last = int(done["frame"].max())
            # From the first frame of a batch, since probabilities may depend, in the last digit,
            # on the size of the batch.
            n_batches = (last // self._every + 1) // self._batch_size
            start = n_batches * self._batch_size * self._every
            _restore(tracker, done[done["frame"] < start])
        name = str(path)
        pictures = (
            # Grey pixels are three times fewer to wait for their turn.
            Picture(name, frame.grey(), None, *frame[:2], problem=frame.problem)
            for frame in read_frames(path, every=self._every, start=start)
        )
        for batch in self._look(pictures):
            table = self._make_table(batch, tracker)
            table = table[table["frame"] > last].reset_index(drop=True)
            if len(table):
                yield table

    def _look(self, pictures):
        """Yield batches of pictures and their faces; the number of pictures in hand is bounded."""
        looked = stream_in_threads(self._search, pictures, n_jobs=self._n_jobs)
        try:
            while batch := list(islice(looked, self._batch_size)):
                yield batch
        finally:
            looked.close()

    def _make_table(self, batch, tracker=None):
        prepared = [
            face.prepared for _, faces in batch for face in faces if face.prepared is not None
        ]
        predictions = iter(self.model.predict(prepared))
        nothing = np.empty(0)
        rows = []
        for picture, faces in batch:
            said = [
                Prediction(None, nothing, face.problem)
                if face.prepared is None
                else next(predictions)
                for face in faces
            ]
            rows += self._make_rows(picture, list(zip(faces, said, strict=True)), tracker)
        return make_table(rows, self.model.classes)

    def _make_rows(self, picture, seen, tracker):
        if picture.problem:
            return [_row(picture, success=0, problem=picture.problem)]
        good = [(face, said) for face, said in seen if not said.problem]
        ids = np.arange(len(good))
        if tracker is not None:
            ids = tracker.update(picture.timestamp, [face.box for face, _ in good])
        rows = [
            self._make_row(picture, ids[index], *good[index])
            for index in np.argsort(ids, kind="stable")
        ]
        return rows + [
            _row(picture, success=0, confidence=face.confidence, problem=said.problem)
            for face, said in seen
            if said.problem
        ]

    def _make_row(self, picture, face_id, face, said):
        return _row(
            picture,
            face=face_id,
            success=1,
            confidence=face.confidence,
            **dict(zip(BOX, face.box, strict=True)),
            **dict(zip(EYES, face.eyes.ravel(), strict=True)),
            expression=said.expression,
            **dict(zip(map(proba_column, self.model.classes), said.probabilities, strict=True)),
            problem="",
        )


def _row(picture, **known):
    """Return a row of the table, with what is known of a face or why there is none."""
    place = {"input": picture.name, "frame": picture.frame, "timestamp": picture.timestamp}
    return place | known


def _restore(tracker, rows):
    """Let a tracker know the faces of rows that were written before."""
    latest = rows[rows["success"] == 1].drop_duplicates("face", keep="last")
    for row in latest.itertuples():
        box = np.array([[getattr(row, name) for name in BOX]], dtype=float)
        tracker.see(row.timestamp, np.array([int(row.face)]), box)
