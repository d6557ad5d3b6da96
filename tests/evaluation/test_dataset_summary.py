import numpy as np
import pytest

from benchmarks.walk import write_picture
from skfer.datasets import load_image_folder, make_faces
from skfer.evaluation import summarize_dataset
from skfer.utils._opencv import cv2
from tests.image_files import write_image


def test_counts_of_subjects_and_sizes(tmp_path):
    shapes = {"anna/happy/1.jpg": (40, 30), "anna/happy/2.png": (40, 30), "ben/sad/1.bmp": (9, 8)}
    for number, (name, shape) in enumerate(shapes.items()):
        write_image(tmp_path / name, number, shape)
    summary = summarize_dataset(load_image_folder(tmp_path))
    assert (summary.n_images, summary.n_subjects) == (3, 2)
    assert summary.counts.to_dict("index") == {
        "anna": {"happy": 2, "sad": 0},
        "ben": {"happy": 0, "sad": 1},
    }
    assert summary.image_sizes == {"30x40": 2, "8x9": 1}
    assert summary.max_folds == 0
    assert "'happy', 'sad' (shown by one subject alone) cannot be learned" in summary.doubts[-1]


def test_the_size_of_a_turned_picture_is_that_which_is_shown(tmp_path):
    for name in ("anna/happy/1.jpg", "ben/sad/1.jpg"):
        write_picture(tmp_path / name, np.zeros((30, 40), np.uint8), upright=name[0] == "a")
    assert summarize_dataset(load_image_folder(tmp_path)).image_sizes == {"40x30": 2}


@pytest.mark.parametrize(("n_subjects", "max_folds"), [(1, 0), (2, 2), (5, 5)])
def test_folds_by_subject(n_subjects, max_folds):
    data = make_faces(n_subjects, 1, expressions=("happy", "sad"), random_state=0)
    assert summarize_dataset(data).max_folds == max_folds


def test_one_photograph_under_two_names(tmp_path):
    image = np.random.default_rng(0).integers(0, 255, (64, 64)).astype(np.uint8)
    for subject, quality in (("anna", 95), ("ben", 60)):
        for expression in ("happy", "sad"):
            path = tmp_path / subject / expression / "1.jpg"
            path.parent.mkdir(parents=True)
            turned = np.rot90(image, expression == "sad").copy()
            cv2.imwrite(str(path), turned, [cv2.IMWRITE_JPEG_QUALITY, quality])
    pairs = summarize_dataset(load_image_folder(tmp_path)).near_duplicates
    assert pairs[["image_a", "image_b"]].to_numpy().tolist() == [[0, 2], [1, 3]]
