import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from skfer.datasets import load_london, make_faces
from skfer.evaluation import find_near_duplicates
from skfer.evaluation._guards import _near_duplicates as module
from skfer.evaluation._guards._near_duplicates import warn_near_duplicates
from skfer.faces import make_face_array
from skfer.utils._opencv import cv2

SHARED = os.environ.get("SKFER_TEST_DATA")

DATA = make_faces(12, 1, expressions=("happy", "sad"), image_size=(48, 48), random_state=0)
IMAGES, SUBJECTS = DATA.images, DATA.subjects.astype(object)


def as_jpeg(image, quality):
    return cv2.imdecode(cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1], 0)


def with_noise(image):
    noise = np.random.default_rng(0).integers(-2, 3, image.shape)
    return np.clip(image + noise, 0, 255).astype(np.uint8)


COPIES = {
    "bytes": lambda image: image,
    "JPEG 90": lambda image: as_jpeg(image, 90),
    "JPEG 50": lambda image: as_jpeg(image, 50),
    "noise of 2 grey levels": with_noise,
    "half the size": lambda image: cv2.resize(image, (24, 24), interpolation=cv2.INTER_AREA),
    "twice the size": lambda image: cv2.resize(image, (96, 96)),
    "brighter": lambda image: np.clip(1.1 * image + 10, 0, 255).astype(np.uint8),
    "darker": lambda image: image // 2,
    "float": lambda image: image / 255,
    "colour": lambda image: np.stack([image] * 3, axis=-1),
}


def pairs_of(frame):
    return frame[["image_a", "image_b"]].to_numpy().tolist()


@pytest.mark.parametrize("kind", COPIES)
def test_a_copy_under_another_subject_is_found(kind):
    images = [*IMAGES, *map(COPIES[kind], IMAGES)]
    subjects = [*SUBJECTS, *(SUBJECTS + "b")]
    found = find_near_duplicates(images, subjects)
    assert pairs_of(found) == [[index, index + len(IMAGES)] for index in range(len(IMAGES))]
    assert (found["subject_a"] + "b" == found["subject_b"]).all()
    assert found["correlation"].between(0.97, 1.00001).all()


def test_different_people_are_not_found():
    people = make_faces(90, 1, expressions=["neutral"], image_size=(48, 48), random_state=1)
    assert len(find_near_duplicates(people.images, people.subjects)) == 0


@pytest.mark.skipif(not SHARED, reason="SKFER_TEST_DATA does not name the folder of the London set")
@pytest.mark.slow
def test_different_people_of_the_london_set_are_not_found():
    data = load_london(Path(SHARED) / "london")
    assert len(find_near_duplicates(data.faces)) == 0


def test_images_of_one_subject_are_compared_only_if_asked_for():
    twice = np.concatenate([IMAGES, IMAGES])
    assert len(find_near_duplicates(twice, np.tile(SUBJECTS, 2))) == 0
    assert len(find_near_duplicates(twice, range(len(twice)))) >= len(IMAGES)


def test_an_image_is_listed_beside_the_most_similar_before_it():
    images = np.stack([IMAGES[0], as_jpeg(IMAGES[0], 40), IMAGES[4], IMAGES[0]])
    found = find_near_duplicates(images, list("abcd"))
    assert pairs_of(found) == [[0, 1], [0, 3]]
    assert found["subject_b"].tolist() == ["b", "d"]


def test_blocks_do_not_change_the_pairs(monkeypatch):
    order = np.random.default_rng(0).permutation(2 * len(IMAGES))
    images = np.concatenate([IMAGES, np.stack([as_jpeg(image, 70) for image in IMAGES])])[order]
    subjects = np.concatenate([SUBJECTS, SUBJECTS + "b"])[order]
    whole = find_near_duplicates(images, subjects)
    monkeypatch.setattr(module, "_BLOCK", 5)
    pd.testing.assert_frame_equal(find_near_duplicates(images, subjects), whole, atol=1e-5)
    assert len(whole) >= len(IMAGES)


@pytest.mark.parametrize("layout", ["rows", "frame", "stack", "faces", "objects", "list", "paths"])
def test_every_layout(layout, tmp_path):
    images = np.concatenate([IMAGES, IMAGES[:1]])
    subjects = [*SUBJECTS, "other"]
    paths = []
    if layout == "paths":
        for number, image in enumerate(images):
            paths.append(tmp_path / f"{number}.png")
            paths[-1].write_bytes(cv2.imencode(".png", image)[1].tobytes())
    X = {
        "rows": images.reshape(len(images), -1),
        "frame": pd.DataFrame(images.reshape(len(images), -1)),
        "stack": images,
        "faces": make_face_array(images, subject=subjects),
        "objects": make_face_array(list(images), subject=subjects),
        "list": [*images[:-1], images[-1].astype(float)],
        "paths": paths,
    }[layout]
    found = find_near_duplicates(X, None if layout in ("faces", "objects") else subjects)
    assert pairs_of(found) == [[0, len(IMAGES)]]


def test_small_and_flat_images_are_in_no_pair():
    small = np.tile(np.random.default_rng(0).random((1, 15, 20)), (4, 1, 1))
    flat = np.full((4, 48, 48), 0.1)
    dark = np.zeros((4, 48, 48), np.uint8)
    for images in (small, flat, dark):
        assert len(find_near_duplicates(images, list("abcd"))) == 0


def test_the_threshold():
    images = np.stack([IMAGES[0], as_jpeg(IMAGES[0], 50)])
    (correlation,) = find_near_duplicates(images, ["a", "b"])["correlation"]
    for threshold, n_found in ((correlation - 1e-3, 1), (correlation + 1e-3, 0)):
        assert len(find_near_duplicates(images, ["a", "b"], threshold=threshold)) == n_found


def test_subjects_are_needed():
    with pytest.raises(ValueError, match="no subjects"):
        find_near_duplicates(IMAGES)
    with pytest.raises(ValueError, match="1 of 24 images have no subject"):
        find_near_duplicates(IMAGES, ["", *SUBJECTS[1:]])


def test_a_file_that_cannot_be_read_is_an_error(tmp_path):
    with pytest.raises(ValueError, match="no.png"):
        find_near_duplicates([str(tmp_path / "no.png")] * 2, ["a", "b"])


def evaluate(X, subjects):
    warn_near_duplicates(X, subjects)


def test_the_warning_counts_and_names(tmp_path):
    path = tmp_path / "a.png"
    path.write_bytes(cv2.imencode(".png", IMAGES[0])[1].tobytes())
    faces = make_face_array([path, *IMAGES[1:], path], subject=[*SUBJECTS, "other"])
    message = (
        rf"^1 image nearly equals one of another subject: Sample 0 \('{path}'\) of 'synthetic000' "
        rf"= Sample 24 \('{path}'\) of 'other'\."
    )
    with pytest.warns(UserWarning, match=message) as caught:
        evaluate(faces, faces["subject"])
    assert caught[0].filename == __file__
    twice = np.concatenate([IMAGES, IMAGES])
    with pytest.warns(UserWarning, match="^24 images nearly equal ones of .* and 21 more"):
        evaluate(twice, np.concatenate([SUBJECTS, SUBJECTS + "b"]))


@pytest.mark.parametrize(
    "X",
    [
        [["happy"], ["happy"]],
        pd.DataFrame({"text": ["a", "a"], "age": [1, 2]}),
        np.full((2, 2304), np.nan),
        [[0.0, 1.0], [0.0, 1.0]],
        ["nowhere.png", "nowhere.png"],
        IMAGES[[0, 2]],
    ],
    ids=["text", "table", "missing values", "features", "no files", "two people"],
)
def test_no_warning(X):
    evaluate(X, np.array(["a", "b"]))


def test_a_big_collection_is_not_compared_unasked(monkeypatch):
    monkeypatch.setattr(module, "_MOST_IMAGES_UNASKED", 1)
    evaluate(IMAGES[[0, 0]], np.array(["a", "b"]))
