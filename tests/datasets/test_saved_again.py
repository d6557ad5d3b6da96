"""Saved faces follow their pictures, and nothing that stops a run is in the way of the next."""

import contextlib
import errno
import json
import os
import shutil
import signal

import numpy as np
import pandas as pd
import pytest
from filelock import FileLock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sklearn.base import BaseEstimator

from skfer.datasets import _saved_rows, load_faces, save_faces
from skfer.faces import make_face_array, with_fields
from skfer.utils import check_images
from skfer.utils._opencv import cv2
from tests.forks import count_down, needs_fork, run_fork

N = 7


class Thumbnails(BaseEstimator):
    """Shrink images of any size to 4x4."""

    def __init__(self, side=4, model=None):
        self.side = side
        self.model = model

    def transform(self, faces):
        if self.side < 1:
            raise ValueError("no pixels")
        images = check_images(self, faces, reset=False, any_size=True)
        small = [cv2.resize(images.decode(i), (self.side, self.side)) for i in range(len(faces))]
        return with_fields(faces, image=np.stack(small))


class Collection:
    """Pictures in a folder, a bitmap each: all of one size, so that only the pixels differ."""

    def __init__(self, folder, new=True):
        self.paths = [folder / f"{row}.bmp" for row in range(N)]
        if new:
            folder.mkdir()
            for row in range(N):
                self.replace(row, row)
        self.faces = make_face_array(list(self.paths), subject=[f"s{row}" for row in range(N)])
        self.index = pd.DataFrame({"subject": self.faces["subject"], "expression": "happy"})

    def replace(self, row, seed):
        image = np.random.default_rng(seed).integers(0, 256, (8, 8), np.uint8)
        times = self.paths[row].stat() if self.paths[row].exists() else None
        cv2.imwrite(str(self.paths[row]), image)
        if times:  # as `cp -p`, `rsync -t` and unzip do
            os.utime(self.paths[row], ns=(times.st_atime_ns, times.st_mtime_ns))

    def damage(self, row):
        self.paths[row].write_bytes(b"no picture")

    def save(self, file, **arguments):
        given = {"transformer": Thumbnails(), "batch_size": 3, "on_unreadable": "skip"} | arguments
        return save_faces(file, self.faces, self.index, **given)


@pytest.fixture
def collection(tmp_path):
    return Collection(tmp_path / "pictures")


@pytest.fixture
def file(tmp_path):
    return tmp_path / "saved.npy"


@pytest.fixture
def made(monkeypatch):
    """List the rows that are made, by their subjects."""
    made, transform = [], _saved_rows._transform

    def spy(faces, transformer):
        made.extend(faces["subject"].tolist())
        return transform(faces, transformer)

    monkeypatch.setattr(_saved_rows, "_transform", spy)
    return made


def assert_fresh(collection, file):
    """Compare with the same faces saved without a past."""
    fresh = file.with_name("fresh.npy")
    for path in file.parent.glob("*fresh*"):
        path.unlink()
    collection.save(fresh)
    for suffix in (".npy", ".index.json"):
        assert file.with_suffix(suffix).read_bytes() == fresh.with_suffix(suffix).read_bytes()
    state, expected = (json.loads(path.with_suffix(".json").read_text()) for path in (file, fresh))
    del state["stamps"], expected["stamps"]  # those of broken pictures do not count
    assert state == expected
    load_faces(file, verify=True)


def test_a_picture_replaced_by_one_of_same_size_and_date_is_made_again(collection, file, made):
    before = collection.save(file).images.copy()
    collection.replace(4, seed=99)
    made.clear()
    after = collection.save(file).images
    assert made == ["s4"]
    assert np.flatnonzero((before != after).any(axis=(1, 2))).tolist() == [4]
    assert_fresh(collection, file)


def test_a_repaired_picture_is_made_again_and_gets_its_place(collection, file):
    collection.damage(0)
    collection.damage(5)
    assert collection.save(file).unreadable["row"].tolist() == [0, 5]
    collection.replace(5, seed=5)
    assert collection.save(file).unreadable["row"].tolist() == [0]
    assert_fresh(collection, file)


def test_a_failed_picture_is_tried_again_although_its_file_is_the_same(
    collection, file, monkeypatch
):
    with monkeypatch.context() as patch:
        patch.setattr(_saved_rows, "_transform", fail_on("s2", _saved_rows._transform))
        assert collection.save(file).unreadable["row"].tolist() == [2]
    assert collection.save(file).unreadable.empty
    assert_fresh(collection, file)


def fail_on(subject, transform):
    def fail(faces, transformer):
        if subject in faces["subject"]:
            raise ValueError("the network drive is away")
        return transform(faces, transformer)

    return fail


def test_what_fails_again_costs_no_rewriting(collection, file, made):
    collection.damage(3)
    collection.save(file)
    before = os.stat(file)
    made.clear()
    collection.save(file)
    assert made == ["s3", "s3"]  # alone, and once more to learn what is wrong with it
    assert os.stat(file) == before


def test_failed_pictures_are_tried_again_a_batch_at_a_time(collection, file, monkeypatch):
    for row in range(1, N):
        collection.damage(row)
    collection.save(file)
    for row in range(1, N):
        collection.replace(row, seed=row)
    sizes, transform = [], _saved_rows._transform

    def spy(faces, transformer):
        sizes.append(len(faces))
        return transform(faces, transformer)

    monkeypatch.setattr(_saved_rows, "_transform", spy)
    assert collection.save(file, batch_size=2).unreadable.empty
    assert max(sizes) == 2


def test_raise_names_a_picture_that_was_skipped_before(collection, file):
    collection.damage(3)
    collection.save(file)
    with pytest.raises(ValueError, match="Row 3, file '.*3.bmp'"):
        collection.save(file, on_unreadable="raise")


def test_a_picture_that_broke_is_left_out(collection, file):
    collection.save(file)
    collection.damage(1)
    data = collection.save(file)
    assert data.unreadable["row"].tolist() == [1]
    assert data.subjects.tolist() == ["s0", *(f"s{row}" for row in range(2, N))]
    assert_fresh(collection, file)


def test_faces_whose_pictures_are_gone_stay(collection, file):
    before = collection.save(file).images.copy()
    collection.paths[2].unlink()
    collection.replace(1, seed=7)
    after = collection.save(file)
    assert len(after.images) == N
    np.testing.assert_array_equal(after.images[2:], before[2:])
    assert (after.images[1] != before[1]).any()


def test_a_picture_replaced_while_the_rest_is_not_done(collection, file, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(_saved_rows, "_transform", fail_on("s6", _saved_rows._transform))
        with pytest.raises(ValueError, match="Row 6"):
            collection.save(file, on_unreadable="raise")
    collection.replace(1, seed=7)
    collection.save(file)
    assert_fresh(collection, file)


CHANGES = st.lists(
    st.tuples(st.sampled_from(["replace", "damage", "run"]), st.integers(0, N - 1)), max_size=12
)


@settings(
    max_examples=12,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(changes=CHANGES, seed=st.integers(0, 99))
def test_any_history_ends_as_if_there_had_been_none(tmp_path, changes, seed):
    shutil.rmtree(tmp_path)
    tmp_path.mkdir()
    collection, file = Collection(tmp_path / "pictures"), tmp_path / "saved.npy"
    for number, (change, row) in enumerate(changes):
        if change == "replace":
            collection.replace(row, seed + number)
        elif change == "damage" and row:  # one stays, for a file of nothing is none
            collection.damage(row)
        else:
            collection.save(file, batch_size=1 + row)
    collection.save(file)
    assert_fresh(collection, file)


# What stops a run


def stop_at(monkeypatch, count, error):
    """Raise an error in place of the call of that number that makes something last on the disk."""
    left = [count]
    for name in ("fsync", "replace"):
        original = getattr(os, name)

        def call(*arguments, original=original):
            left[0] -= 1
            if left[0] == 0:
                raise error
            return original(*arguments)

        monkeypatch.setattr(os, name, call)
    return left


@pytest.mark.parametrize("past", ["none", "pictures were replaced"])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left"), KeyboardInterrupt()])
def test_stopped_at_any_write_the_next_run_ends_it(collection, file, monkeypatch, past, error):
    if past != "none":
        collection.damage(0)
        collection.save(file, batch_size=4)
    kept = {path: path.read_bytes() for path in file.parent.glob("*saved*")}
    collection.replace(0, seed=0)
    collection.replace(4, seed=8)
    for count in range(1, 50):
        for path in file.parent.glob("*saved*"):
            path.unlink()
        for path, content in kept.items():
            path.write_bytes(content)
        with monkeypatch.context() as patch:
            left = stop_at(patch, count, error)
            with contextlib.suppress(type(error)):
                collection.save(file, batch_size=4)
        if left[0] > 0:
            break  # all calls have had their turn
        collection.save(file, batch_size=4)
        if count == 1:
            assert_fresh(collection, file)
            expected = file.read_bytes()
        assert file.read_bytes() == expected
        assert len(load_faces(file, verify=True).faces) == N
    assert count > 6


def end_saving(folder, kill_at):
    os.replace = count_down(kill_at)(os.replace)
    Collection(folder / "pictures", new=False).save(folder / "saved.npy")


@needs_fork
def test_killed_twice_the_next_run_ends_it(collection, file):
    for kill_at in (4, 2):
        assert run_fork(end_saving, file.parent, kill_at) == -signal.SIGKILL
        with pytest.raises(ValueError, match="unfinished, 3 faces are done"):
            load_faces(file)
    collection.save(file)
    assert_fresh(collection, file)


def test_another_process_at_work_is_waited_for(collection, file):
    collection.save(file)
    before = file.read_bytes()
    collection.replace(0, seed=3)
    with FileLock(file.with_name(".saved.npy.lock")):
        with pytest.raises(TimeoutError, match="saved.npy.* is being written by another process"):
            collection.save(file)
        assert file.read_bytes() == before
    collection.save(file)
    assert_fresh(collection, file)


def test_a_file_that_holds_no_face_yet_takes_other_options(collection, file):
    with pytest.raises(ValueError, match="None of the faces"):
        collection.save(file, transformer=Thumbnails(side=-1))
    collection.save(file)
    assert_fresh(collection, file)


def test_another_content_of_a_file_of_the_transformer_is_another_job(collection, file, tmp_path):
    model = tmp_path / "detector.onnx"
    model.write_bytes(b"one")
    collection.save(file, transformer=Thumbnails(model=model))
    collection.save(file, transformer=Thumbnails(model=model))
    model.write_bytes(b"two")
    with pytest.raises(ValueError, match="was begun with other options .*: transformer was"):
        collection.save(file, transformer=Thumbnails(model=model))
