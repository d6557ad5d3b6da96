import numpy as np
import pandas as pd
import pytest

from skfer.datasets import load_nimstim

ACTORS = [f"{number:02d}{'F' if number <= 18 else 'M'}" for number in range(1, 44)]
POSES = [
    *(f"{code}_{mouth}" for code in ("AN", "CA", "DI", "FE", "HA", "NE", "SA") for mouth in "CO"),
    "HA_X",
    "SP_O",
]
# 16 poses of 43 actors are 688 images; the release has 672.
ABSENT = {f"{actor}_DI_C" for actor in ACTORS[20:31]} | {f"{actor}_FE_C" for actor in ACTORS[35:40]}
FOUND = {"anger": 86, "disgust": 75, "fear": 81, "happy": 129, "sad": 86, "surprise": 43}


@pytest.fixture
def copy(tmp_path):
    folder = tmp_path / "NimStim"
    folder.mkdir()
    for actor in ACTORS:
        for pose in POSES:
            name = f"{actor}_{pose}"
            if name not in ABSENT:
                name = name.lower() if name == "01F_AN_C" else name  # as in the release
                (folder / f"{name}.BMP").write_text(name)
    return folder


def test_complete_copy(copy):
    data = load_nimstim(copy.parent, calm="neutral")
    assert len(data.faces) == 672
    assert pd.Series(data.target).value_counts().to_dict() == FOUND | {"neutral": 172}
    assert np.unique(data.subjects).tolist() == ACTORS
    assert data.images is None
    assert np.isnan(data.faces["eyes"]).all()
    assert data.frame.columns.tolist() == [
        "path",
        "subject",
        "expression",
        "is_calm",
        "mouth",
        "gender",
    ]
    assert data.frame.drop_duplicates("subject")["gender"].value_counts().to_dict() == {
        "female": 18,
        "male": 25,
    }
    assert len(data.duplicates) == 0
    assert not data.redistributable
    assert not data.cropped


def test_lower_case_name(copy):
    frame = load_nimstim(copy).frame.set_index("path")
    row = frame.loc[str(copy / "01f_an_c.BMP")]
    assert row[["subject", "expression", "mouth", "gender"]].tolist() == [
        "01F",
        "anger",
        "closed",
        "female",
    ]


def test_calm(copy):
    dropped, merged = load_nimstim(copy), load_nimstim(copy, calm="neutral")
    assert (dropped.target == "neutral").sum() == 86
    assert not dropped.frame["is_calm"].any()
    assert merged.frame["is_calm"].sum() == 86
    assert (merged.target[merged.frame["is_calm"]] == "neutral").all()


def test_mouth(copy):
    assert load_nimstim(copy).frame["mouth"].value_counts().to_dict() == {
        "closed": 43 * 6 - 16,
        "open": 43 * 7,
        "exuberant": 43,
    }


@pytest.mark.parametrize("extension", ["bmp", "jpg", "JPEG", "png", "tif"])
def test_extensions(copy, extension):
    for file in list(copy.iterdir()):
        file.rename(file.with_suffix(f".{extension}"))
    assert len(load_nimstim(copy).faces) == 672 - 86


def test_protocol_tells_both_counts(copy):
    message = (
        "The C-SPP paper used 491 images, 42 subjects, 85 anger images, .*, 44 surprise images of "
        "NimStim; these are 500 images, 43 subjects, 86 anger images, 75 disgust images, 81 fear "
        "images, 129 happy images, 86 sad images, 43 surprise images, so compare with it with care"
    )
    with pytest.warns(UserWarning, match=message) as caught:
        data = load_nimstim(copy, protocol="c-spp-2019")
    assert pd.Series(data.target).value_counts().to_dict() == FOUND
    assert caught[0].filename == __file__


def test_protocol_with_the_counts_of_the_paper(tmp_path):
    numbers = {"AN": 85, "DI": 80, "FE": 78, "HA": 123, "SA": 81, "SP": 44, "NE": 3}
    for code, n_images in numbers.items():
        for index in range(n_images):
            name = f"{ACTORS[index % 42]}_{code}_{'COX'[index // 42]}.bmp"
            (tmp_path / name).write_text(name)
    data = load_nimstim(tmp_path, protocol="c-spp-2019", on_missing="skip")  # without a warning
    assert len(data.faces) == 491
    assert len(np.unique(data.subjects)) == 42


def test_protocol_selects_alone(copy):
    with pytest.raises(ValueError, match="selects the images; give it without calm='neutral'"):
        load_nimstim(copy, protocol="c-spp-2019", calm="neutral")


@pytest.mark.parametrize(
    ("selection", "message"),
    [
        ({"calm": "calm"}, "calm='calm'; expected 'drop' or 'neutral'"),
        ({"protocol": "paper"}, "protocol='paper'; expected None or 'c-spp-2019'"),
    ],
)
def test_unknown_choices(copy, selection, message):
    with pytest.raises(ValueError, match=message):
        load_nimstim(copy, **selection)


@pytest.mark.parametrize("name", ["01F_XX_C.BMP", "01N_AN_C.BMP", "01F_AN_Q.BMP", "1F_AN_C.BMP"])
def test_other_names_are_refused(copy, name):
    (copy / name).touch()
    with pytest.raises(ValueError, match=f"not named such as '01F_AN_C.BMP': '{name}'"):
        load_nimstim(copy)


def test_upper_and_lower_case_differ(copy):
    (copy / "01F_AN_C.png").write_text("another")
    with pytest.raises(ValueError, match="01F_AN_C.png' and '.*01f_an_c.BMP' are named as one"):
        load_nimstim(copy)


def test_missing_actor(copy):
    for file in copy.glob("43M_*"):
        file.unlink()
    message = "NimStim .* 672 images expected, 656 found; 43 subjects expected, 42 found"
    with pytest.raises(ValueError, match=message):
        load_nimstim(copy)
    assert len(load_nimstim(copy, calm="neutral", on_missing="skip").faces) == 656
