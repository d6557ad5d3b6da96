import numpy as np
import pytest

from skfer.datasets import load_ck48
from skfer.utils._opencv import cv2

# Sequences of each emotion: 309, with contempt 327.
N_SEQUENCES = {
    "anger": 45,
    "contempt": 18,
    "disgust": 59,
    "fear": 25,
    "happy": 69,
    "sadness": 28,
    "surprise": 83,
}


def write_copy(folder):
    """Write a copy with the counts of CK+48, black but for the number of the sequence."""
    image = np.zeros((48, 48), np.uint8)
    number = 0
    for emotion, n_sequences in N_SEQUENCES.items():
        (folder / emotion).mkdir(parents=True)
        for _ in range(n_sequences):
            subject = 200 + number % 12 if emotion == "contempt" else number % 106
            image[0, :2] = number // 256, number % 256
            content = cv2.imencode(".png", image)[1].tobytes()
            for frame in (9, 10, 11):
                name = f"S{subject:03d}_{number:03d}_{frame:08d}.png"
                (folder / emotion / name).write_bytes(content)
            number += 1


@pytest.fixture(scope="module")
def complete(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    write_copy(home / "CK+48")
    return home


@pytest.fixture
def partial(tmp_path):
    """Two sequences of two subjects."""
    for name in ("anger/S010_004_00000017", "anger/S010_004_00000018", "sadness/S999_001_00000014"):
        write_image(tmp_path / f"{name}.png", value=7 if "S010" in name else 8)
    return tmp_path


def write_image(path, shape=(48, 48), value=7):
    path.parent.mkdir(exist_ok=True)
    cv2.imwrite(str(path), np.full(shape, value, np.uint8))


def test_complete_copy(complete):
    data = load_ck48(complete)
    assert data.images.shape == (927, 48, 48)
    assert data.images.dtype == np.uint8
    assert data.faces["image"].shape == (927, 48, 48)
    assert data.target_names == ["anger", "disgust", "fear", "happy", "sad", "surprise"]
    assert len(np.unique(data.subjects)) == 106
    assert data.frame["sequence"].nunique() == 309
    assert data.cropped
    assert not data.redistributable
    assert len(data.duplicates) == 0
    assert "10.1109/CVPRW.2010.5543262" in data.DESCR


def test_contempt(complete):
    X, y, subjects = load_ck48(complete / "CK+48", contempt=True, return_X_y=True)
    assert len(X) == 981
    assert (y == "contempt").sum() == 54
    assert len(np.unique(subjects)) == 118


def test_protocol(complete):
    data = load_ck48(complete, protocol="c-spp-2019")
    assert len(data.faces) == 927
    assert data.n_folds == 8
    with pytest.raises(ValueError, match="selects the images; give it without contempt=True"):
        load_ck48(complete, contempt=True, protocol="c-spp-2019")


def test_columns(partial):
    data = load_ck48(partial, on_missing="skip")
    assert data.frame.drop(columns="path").to_dict("list") == {
        "subject": ["S010", "S010", "S999"],
        "expression": ["anger", "anger", "sad"],
        "sequence": ["S010_004", "S010_004", "S999_001"],
        "frame_number": [17, 18, 14],
    }
    assert data.images[:, 0, 0].tolist() == [7, 7, 8]
    assert np.isnan(data.faces["eyes"]).all()


def test_partial_copy_is_refused(partial):
    with pytest.raises(
        ValueError,
        match="official one: 927 images expected, 3 found; 106 subjects expected, 2 found; 309 "
        "sequences expected, 2 found. Pass on_missing='skip'",
    ):
        load_ck48(partial)


def test_only_what_differs_is_named(complete, monkeypatch):
    monkeypatch.setattr(
        "skfer.datasets._readers.ck48.find_image_files", drop_peaks_of_two_sequences
    )
    with pytest.raises(ValueError, match="one: 927 images expected, 925 found. Pass"):
        load_ck48(complete)


def drop_peaks_of_two_sequences(folder):
    files = sorted(file.relative_to(folder).as_posix() for file in folder.rglob("*.png"))
    peaks = [file for file in files if file.startswith("fear") and file.endswith("11.png")]
    return [file for file in files if file not in peaks[:2]], []


@pytest.mark.parametrize(
    "name", ["anger/S10_004_00000017.png", "anger/S010_004_17.png", "bored/S010_004_00000017.png"]
)
def test_misnamed_file(partial, name):
    write_image(partial / name)
    with pytest.raises(ValueError, match=f"matches 3 of the 4 image files.*'{name}'"):
        load_ck48(partial, on_missing="skip")


def test_wrong_size(tmp_path):
    write_image(tmp_path / "fear" / "S010_004_00000017.png", (64, 64))
    with pytest.raises(ValueError, match=r"have shape \(64, 64\), not \(48, 48\)"):
        load_ck48(tmp_path, on_missing="skip")


def test_truncated_file_is_named(partial):
    file = partial / "anger" / "S010_004_00000018.png"
    file.write_bytes(file.read_bytes()[:-20])
    with pytest.raises(ValueError, match="S010_004_00000018.png': the file is truncated"):
        load_ck48(partial, on_missing="skip")


def test_only_contempt_asked_without_it(tmp_path):
    write_image(tmp_path / "contempt" / "S010_004_00000017.png")
    with pytest.raises(ValueError, match="927 images expected, 0 found"):
        load_ck48(tmp_path)
    with pytest.raises(ValueError, match="no images of the expressions asked for"):
        load_ck48(tmp_path, on_missing="skip")
