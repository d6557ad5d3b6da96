import pytest

from skfer.datasets import load_image_folder
from tests.image_files import write_image

NUMBERED = r"(?P<subject>S\d)_(?P<sequence>\d+)?_(?P<expression>[a-z]+)\.png"
NAMED = r"(?P<sequence>(?P<subject>S\d)_\d+)_(?P<expression>[a-z]+)\.png"


def load(folder, names, **arguments):
    for value, name in enumerate(names):
        write_image(folder / name, value)
    return load_image_folder(folder, **arguments)


def test_a_sequence_of_two_subjects_is_refused(tmp_path):
    names = ["S1_7_happy.png", "S1_7_sad.png", "S2_7_happy.png", "S2_8_happy.png"]
    with pytest.raises(ValueError, match="1 sequences .* the first is '7' of 'S1', 'S2'"):
        load(tmp_path, names, pattern=NUMBERED)
    sequences = load(tmp_path, names, pattern=NAMED).frame["sequence"]
    assert sequences.tolist() == ["S1_7", "S1_7", "S2_7", "S2_8"]


def test_the_same_in_a_table(tmp_path):
    (tmp_path / "index.csv").write_text(
        "file,subject,expression,sequence\na.png,anna,happy,v1\nb.png,ben,happy,v1\n"
    )
    with pytest.raises(ValueError, match="'v1' of 'anna', 'ben'"):
        load(tmp_path, ["a.png", "b.png"], csv="index.csv")


def test_images_without_a_sequence_share_none(tmp_path):
    data = load(tmp_path, ["S1__happy.png", "S2__happy.png"], pattern=NUMBERED)
    assert data.frame["sequence"].isna().all()
