from pathlib import Path

import numpy as np
import pytest
from sklearn.preprocessing import FunctionTransformer

from skfer.alignment import FaceAligner
from skfer.datasets import _saved_rows, load_faces, make_faces, save_faces
from skfer.faces import make_face_array, with_fields
from skfer.utils._opencv import cv2

ALIGNER = FaceAligner((24, 24), margin=0.125)


@pytest.fixture
def collection(tmp_path):
    """Twenty files of two sizes with known eyes, and their index."""
    data = make_faces(10, 1, expressions=("happy", "sad"), random_state=0)
    eyes, paths = data.faces["eyes"].copy(), []
    for row, image in enumerate(data.images):
        if row % 2:
            image = cv2.copyMakeBorder(image, 5, 0, 7, 0, cv2.BORDER_REPLICATE)
            eyes[row] += (7, 5)
        paths.append(str(tmp_path / f"{row:02d}.png"))
        cv2.imwrite(paths[-1], image)
    return make_face_array(paths, eyes, data.subjects), data.frame


@pytest.fixture
def file(tmp_path):
    return tmp_path / "saved.npy"


def interrupt(file, faces, index, monkeypatch, after):
    """Save in batches of six and stop when `after` faces are done and the next batch is made."""
    append = _saved_rows.append

    def stop(file, state, rows):
        if state["n_done"] == after:
            raise KeyboardInterrupt
        append(file, state, rows)

    with monkeypatch.context() as patch:
        patch.setattr(_saved_rows, "append", stop)
        with pytest.raises(KeyboardInterrupt):
            save_faces(file, faces, index, transformer=ALIGNER, batch_size=6)


@pytest.mark.parametrize("n_jobs", [None, 2])
@pytest.mark.parametrize("mmap_mode", [None, "r"])
def test_saved_faces_come_back_as_the_transformer_made_them(collection, file, n_jobs, mmap_mode):
    faces, index = collection
    save_faces(file, faces, index, transformer=ALIGNER, batch_size=6, n_jobs=n_jobs)
    data = load_faces(file, mmap_mode=mmap_mode, verify=True)
    np.testing.assert_array_equal(data.faces, ALIGNER.fit_transform(faces))
    np.testing.assert_array_equal(data.target, index["expression"])
    np.testing.assert_array_equal(data.subjects, index["subject"])
    assert list(data.frame) == list(index)
    assert isinstance(data.faces, np.memmap) == (mmap_mode == "r")
    assert np.shares_memory(data.images, data.faces)
    assert data.unreadable.empty


def test_return_X_y_gives_the_parts_of_the_bunch(collection, file):
    data = save_faces(file, *collection, transformer=ALIGNER)
    faces, target, subjects = load_faces(file, return_X_y=True)
    np.testing.assert_array_equal(faces, data.faces)
    np.testing.assert_array_equal(target, data.target)
    np.testing.assert_array_equal(subjects, data.subjects)


def test_an_interrupted_call_goes_on_after_the_last_finished_batch(collection, file, monkeypatch):
    faces, index = collection
    interrupt(file, faces, index, monkeypatch, after=12)
    with pytest.raises(ValueError, match="unfinished, 12 faces are done"):
        load_faces(file)
    for path in faces["image"][:12]:  # the finished ones are needed no more
        Path(path).unlink()
    again = save_faces(file, faces, index, transformer=ALIGNER, batch_size=5)
    assert len(again.faces) == 20
    np.testing.assert_array_equal(again.faces[12:], ALIGNER.fit_transform(faces[12:]))


def test_damage_is_noticed_on_resuming(collection, file, monkeypatch):
    interrupt(file, *collection, monkeypatch, after=12)
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)
    with pytest.raises(ValueError, match="checksum does not hold"):
        save_faces(file, *collection, transformer=ALIGNER)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda faces, index: (faces[:10], index[:10], ALIGNER), "faces: faces was"),
        (lambda faces, index: (faces, index.assign(note=1), ALIGNER), "faces: index was"),
        (lambda faces, index: (faces, index, FaceAligner((30, 30))), "faces: transformer was"),
    ],
)
def test_another_job_is_refused(collection, file, change, message):
    save_faces(file, *collection, transformer=ALIGNER)
    faces, index, transformer = change(*collection)
    with pytest.raises(ValueError, match=message):
        save_faces(file, faces, index, transformer=transformer)


def test_repeating_a_finished_call_reads_nothing_again(collection, file):
    faces, index = collection
    first = save_faces(file, faces, index, transformer=ALIGNER)
    for path in faces["image"]:
        Path(path).unlink()
    again = save_faces(file, faces, index, transformer=ALIGNER)
    np.testing.assert_array_equal(again.faces, first.faces)


def test_a_file_of_somebody_else_is_not_overwritten(collection, file):
    file.write_bytes(b"mine")
    with pytest.raises(FileExistsError, match="was not begun by save_faces"):
        save_faces(file, *collection, transformer=ALIGNER)
    assert file.read_bytes() == b"mine"


def test_unreadable_files_are_named_or_skipped_and_listed(collection, file):
    faces, index = collection
    broken = Path(faces["image"][7])
    broken.write_bytes(broken.read_bytes()[:200])
    with pytest.raises(ValueError, match=r"Row 7, file '.*07\.png': .*truncated"):
        save_faces(file, faces, index, transformer=ALIGNER, batch_size=6)
    data = save_faces(file, faces, index, transformer=ALIGNER, batch_size=6, on_unreadable="skip")
    assert data.unreadable["row"].tolist() == [7]
    assert data.unreadable["path"].tolist() == [str(broken)]
    assert "truncated" in data.unreadable.loc[0, "error"]
    kept = np.delete(np.arange(20), 7)
    np.testing.assert_array_equal(data.faces, ALIGNER.fit_transform(faces[kept]))
    assert data.frame["sequence"].tolist() == index["sequence"].iloc[kept].tolist()


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (lambda file: file.write_bytes(file.read_bytes()[:-1]), "is damaged"),
        (lambda file: file.write_bytes(b"x" + file.read_bytes()[1:]), "is damaged"),
        (lambda file: file.write_bytes(file.read_bytes()[:-1] + b"x"), "checksum does not hold"),
        (lambda file: file.with_suffix(".index.json").write_text("[]"), "not the index that was"),
        (lambda file: file.with_suffix(".json").write_text("[1]"), "was not written by save_faces"),
        (lambda file: file.with_suffix(".json").write_text("{"), "was not written by save_faces"),
    ],
)
def test_damage_is_noticed_on_opening(collection, file, damage, message):
    save_faces(file, *collection, transformer=ALIGNER, batch_size=6)
    damage(file)
    with pytest.raises(ValueError, match=message):
        load_faces(file, verify=True)


@pytest.mark.parametrize("suffix", [".npy", ".index.json", ".json"])
def test_a_missing_file_is_named(collection, file, suffix):
    save_faces(file, *collection, transformer=ALIGNER)
    file.with_suffix(suffix).unlink()
    with pytest.raises(FileNotFoundError, match=rf"saved\{suffix}"):
        load_faces(file)


def test_what_does_not_fit_is_refused(collection, file):
    faces, index = collection
    with pytest.raises(ValueError, match="has shape"):  # two sizes need a transformer
        save_faces(file, faces, index)
    with pytest.raises(ValueError, match="ends with .npy"):
        save_faces(file.with_suffix(".dat"), faces, index)
    with pytest.raises(ValueError, match=r"\[19, 20\]"):
        save_faces(file, faces, index[:-1])
    with pytest.raises(ValueError, match="The subject in row 0 of the index"):
        save_faces(file, faces, index.assign(subject="nobody"))
    with pytest.raises(ValueError, match="on_unreadable='ignore'"):
        save_faces(file, faces, index, on_unreadable="ignore")


def turn_round(X):
    return X[::-1]


def rename(X):
    return with_fields(X, subject=["x"] * len(X))


@pytest.mark.parametrize("change", [turn_round, rename])
def test_a_transformer_that_changes_subjects_or_order_is_refused(tmp_path, change):
    data = make_faces(3, 1, expressions=("happy",), image_size=(16, 16), random_state=0)
    transformer = FunctionTransformer(change)
    with pytest.raises(TypeError, match="changes the subjects or the order of the faces"):
        save_faces(tmp_path / "f.npy", data.faces, data.frame, transformer=transformer)
