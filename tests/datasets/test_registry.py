import numpy as np
import pytest

from skfer.datasets import load_dataset
from skfer.utils._opencv import cv2


def test_reader_gets_the_folder_and_its_parameters(tmp_path):
    (tmp_path / "anna" / "happy").mkdir(parents=True)
    cv2.imwrite(str(tmp_path / "anna" / "happy" / "1.png"), np.zeros((4, 4), np.uint8))
    data = load_dataset("image-folder", tmp_path, cropped=True)
    assert data.images.shape == (1, 4, 4)


@pytest.mark.parametrize(("name", "message"), [("london", "no london.csv"), ("ck48", "no anger")])
def test_names_of_the_readers(tmp_path, name, message):
    with pytest.raises(FileNotFoundError, match=message):
        load_dataset(name, tmp_path)


def test_synthetic():
    data = load_dataset("synthetic", n_subjects=2, n_per_expression=1, random_state=0)
    assert len(np.unique(data.subjects)) == 2


def test_synthetic_takes_no_folder(tmp_path):
    with pytest.raises(ValueError, match="'synthetic' is generated; it takes no data_home"):
        load_dataset("synthetic", tmp_path)


def test_unknown_name():
    with pytest.raises(ValueError, match="'ckplus'; known ones are ck48, image-folder, london"):
        load_dataset("ckplus")
