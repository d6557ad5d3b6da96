import numpy as np
import pytest

from skfer import datasets
from skfer.datasets import load_dataset
from skfer.datasets._registry import GENERATORS, READERS, SPECS
from tests.image_files import write_image


def test_reader_gets_the_folder_and_its_parameters(tmp_path):
    write_image(tmp_path / "anna" / "happy" / "1.png", shape=(4, 4))
    data = load_dataset("image-folder", tmp_path, cropped=True)
    assert data.images.shape == (1, 4, 4)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("ck48", "no anger or"),
        ("ckplus", "no cohn-kanade-images"),
        ("image-folder", "no image files"),
        ("jaffe", "no images named such as 'KA.AN1.39.tiff' in .* sub-folder jaffe or JAFFE"),
        ("london", "no london.csv or london_faces_info.csv in .* sub-folder london"),
        ("mmi", "no Sessions"),
        ("nimstim", "no images named such as '01F_AN_C.BMP'"),
        ("yale", "no images named such as 'subject01.happy'"),
    ],
)
def test_names_of_the_readers(tmp_path, name, message):
    with pytest.raises(FileNotFoundError, match=message):
        load_dataset(name, tmp_path)


def test_every_reader_has_a_name():
    public = {name for name in datasets.__all__ if name.startswith(("load_", "make_"))}
    named = {function.__name__ for function in (READERS | GENERATORS).values()}
    assert named == public - {"load_dataset", "load_faces", "load_feature_table"}


def test_synthetic_takes_no_folder(tmp_path):
    data = load_dataset("synthetic", n_subjects=2, n_per_expression=1, random_state=0)
    assert len(np.unique(data.subjects)) == 2
    with pytest.raises(ValueError, match="'synthetic' is generated; it takes no data_home"):
        load_dataset("synthetic", tmp_path)


def test_unknown_name():
    known = (
        "ck48, ckplus, image-folder, jaffe, london, mmi, nimstim, synthetic, synthetic-sequences, "
        "yale"
    )
    with pytest.raises(ValueError, match=f"Unknown data set 'ck'; known ones are {known}."):
        load_dataset("ck")


def test_number_of_folds_of_the_paper():
    folds = {"ck48": 8, "ckplus": 8, "jaffe": 10, "mmi": 7, "nimstim": 8}
    assert {name: SPECS[name].n_folds for name in folds} == folds
    assert {name for name, spec in SPECS.items() if spec.protocols} == set(folds)
    assert SPECS["yale"].n_folds == 8
