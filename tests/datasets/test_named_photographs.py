"""JAFFE, NimStim and the Yale face database: the names of their photographs tell all."""

from collections import Counter
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from skfer.datasets import load_jaffe, load_nimstim, load_yale
from skfer.utils._images import read_image
from skfer.utils._opencv import cv2

READERS = {"jaffe": load_jaffe, "nimstim": load_nimstim, "yale": load_yale}
SUBJECTS = {
    "jaffe": ["KA", "KL", "KM", "KR", "MK", "NA", "NM", "TM", "UY", "YM"],
    "nimstim": [f"{number:02d}{'F' if number <= 18 else 'M'}" for number in range(1, 44)],
    "yale": [f"subject{number:02d}" for number in range(1, 16)],
}
BASIC = {
    "jaffe": {"anger": 30, "disgust": 29, "fear": 32, "happy": 31, "sad": 31, "surprise": 30},
    "nimstim": {"anger": 86, "disgust": 75, "fear": 81, "happy": 129, "sad": 86, "surprise": 43},
    "yale": {"happy": 15, "sad": 15, "surprise": 15},
}
POSES = [f"{code}_{mouth}" for code in "AN CA DI FE HA NE SA".split() for mouth in "CO"]
POSES += ["HA_X", "SP_O"]
# 16 poses of 43 actors are 688 images; the release has 672.
ABSENT = {f"{actor}_DI_C" for actor in SUBJECTS["nimstim"][20:31]}
ABSENT |= {f"{actor}_FE_C" for actor in SUBJECTS["nimstim"][35:40]}
CONDITIONS = "centerlight glasses happy leftlight noglasses normal rightlight sad sleepy surprised"

# There is one in the release.
pytestmark = pytest.mark.filterwarnings("ignore:The Yale face database has 1 image that equals")


def write_files(folder, names):
    """Write files of different content that are no images."""
    folder.mkdir()
    for name in names:
        (folder / name).write_text(name)
    return folder


@pytest.fixture
def jaffe(tmp_path):
    numbers = BASIC["jaffe"] | {"neutral": 30}
    takes = [(label, index) for label in sorted(numbers) for index in range(numbers[label])]
    names = []
    for number, (label, index) in enumerate(takes, start=1):
        subject, code = SUBJECTS["jaffe"][index % 10], label[:2].upper()
        names.append(f"{subject}.{code}{index // 10 + 1}.{number}.tiff")
    return write_files(tmp_path / "jaffe", names)


@pytest.fixture
def nimstim(tmp_path):
    names = {f"{actor}_{pose}" for actor in SUBJECTS["nimstim"] for pose in POSES} - ABSENT
    names = names - {"01F_AN_C"} | {"01f_an_c"}  # as in the release
    return write_files(tmp_path / "NimStim", [f"{name}.BMP" for name in names])


@pytest.fixture
def yale(tmp_path):
    conditions = [*CONDITIONS.split(), "wink"]
    names = [f"{subject}.{condition}" for subject in SUBJECTS["yale"] for condition in conditions]
    folder = write_files(tmp_path / "yalefaces", [*names, "Readme.txt"])
    (folder / "subject04.sad").write_text("subject04.normal")  # as in the release
    return folder


@pytest.mark.parametrize(
    ("name", "arguments", "n_neutral", "columns", "n_duplicates"),
    [
        ("jaffe", {}, 30, [], 0),
        ("nimstim", {"calm": "neutral"}, 172, ["is_calm", "mouth", "gender"], 0),
        ("yale", {}, 15, ["condition"], 1),
    ],
)
def test_complete_copy(
    request, check_photographs, name, arguments, n_neutral, columns, n_duplicates
):
    data = READERS[name](request.getfixturevalue(name).parent, **arguments)
    labels = BASIC[name] | {"neutral": n_neutral}
    check_photographs(data, labels, SUBJECTS[name], columns, n_duplicates)
    assert np.isnan(data.faces["eyes"]).all()


@pytest.mark.parametrize(
    ("name", "extension"),
    [("yale", ".gif"), ("yale", ".png")]
    + [("nimstim", extension) for extension in (".bmp", ".jpg", ".JPEG", ".png", ".tif")],
)
def test_extensions(request, name, extension):
    folder = request.getfixturevalue(name)
    expected = READERS[name](folder).frame.drop(columns="path")
    for file in list(folder.iterdir()):
        if file.name != "Readme.txt":
            file.rename(folder / (file.name.removesuffix(".BMP") + extension))
    assert READERS[name](folder).frame.drop(columns="path").equals(expected)


@pytest.mark.parametrize(
    ("name", "example", "others"),
    [
        ("jaffe", "KA.AN1.39.tiff", "KA.XX1.39.tiff XX.AN1.39.tiff KA.AN1.39.jpg face.tiff"),
        ("nimstim", "01F_AN_C.BMP", "01F_XX_C.BMP 01N_AN_C.BMP 01F_AN_Q.BMP 1F_AN_C.BMP"),
        ("yale", "subject01.happy", "subject16.happy subject01.angry subject02.gif"),
    ],
)
def test_other_names_are_refused(request, name, example, others):
    folder = request.getfixturevalue(name)
    for other in others.split():
        (folder / other).touch()
        with pytest.raises(ValueError, match=f"not named such as '{example}': '{other}'. Move"):
            READERS[name](folder)
        (folder / other).unlink()


@pytest.mark.parametrize(
    ("name", "image", "other"),
    [
        ("jaffe", "KM.SU1.186.tiff", "KM.SU1.186.tif"),
        ("nimstim", "01f_an_c.BMP", "01F_AN_C.png"),
        ("yale", "subject01.happy", "subject01.happy.gif"),
    ],
)
def test_one_image_under_two_names(request, name, image, other):
    folder = request.getfixturevalue(name)
    n_images = len(READERS[name](folder).faces)
    (folder / other).write_bytes((folder / image).read_bytes())
    assert len(READERS[name](folder).faces) == n_images
    (folder / other).write_text("another")
    first, second = sorted((image, other))
    with pytest.raises(ValueError, match=f"{first}' and '.*{second}' are named as one image, but"):
        READERS[name](folder)


@pytest.mark.parametrize(
    ("name", "missing", "message", "n_left"),
    [
        (
            "jaffe",
            ["KM.SU1.186.tiff"],
            "JAFFE in '.*jaffe' is not the official one: 213 images expected, 212 found; "
            "30 surprise images expected, 29 found",
            212,
        ),
        (
            "nimstim",
            [f"43M_{pose}.BMP" for pose in POSES],
            "NimStim in '.*NimStim' is not the official one: 672 images expected, 656 found; "
            "43 subjects expected, 42 found",
            656 - 84,  # 84 are calm
        ),
        (
            "yale",
            ["subject07.wink", "subject02.happy"],
            "the Yale face database in '.*yalefaces' is not the official one: 165 images expected, "
            "163 found; missing: subject02.happy, subject07.wink",
            59,
        ),
    ],
)
def test_missing_images(request, name, missing, message, n_left):
    folder = request.getfixturevalue(name)
    for file in missing:
        (folder / file).unlink()
    with pytest.raises(
        ValueError, match=f"The copy of {message}. Pass on_missing='skip' to use it nevertheless"
    ):
        READERS[name](folder)
    assert len(READERS[name](folder, on_missing="skip").faces) == n_left


@pytest.mark.parametrize(
    ("name", "title", "copy", "original"),
    [
        ("jaffe", "JAFFE", "KM.SU1.186.tiff", "KA.AN1.1.tiff"),
        ("yale", "The Yale face database", "subject04.sad", "subject04.normal"),
    ],
)
def test_a_copy_among_the_photographs_is_reported(request, name, title, copy, original):
    folder = request.getfixturevalue(name)
    (folder / copy).write_bytes((folder / original).read_bytes())
    with pytest.warns(
        UserWarning, match=f"{title} has 1 image that equals .*{copy}' = .*{original}"
    ) as caught:
        duplicates = READERS[name](folder).duplicates
    assert duplicates["path"].tolist() == [str(folder / copy)]
    assert duplicates["copy_of"].tolist() == [str(folder / original)]
    assert caught[0].filename == __file__


CALM = {"protocol": "c-spp-2019", "calm": "neutral"}


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("jaffe", {"protocol": "lopes"}, "protocol='lopes'; expected None or 'c-spp-2019'"),
        ("nimstim", {"protocol": "paper"}, "protocol='paper'; expected None or 'c-spp-2019'"),
        ("nimstim", {"calm": "calm"}, "calm='calm'; expected 'skip' or 'neutral'"),
        ("nimstim", CALM, "selects the images; give it without calm='neutral'"),
        ("yale", {"conditions": "glasses"}, r"sequence of names; give \('glasses',\)"),
    ]
    + [
        ("yale", {"conditions": [name]}, f"condition='{name}'; expected 'centerlight', 'left")
        for name in ("sleepy", "wink", "dark")
    ],
)
def test_unknown_choices(request, name, arguments, message):
    with pytest.raises(ValueError, match=message):
        READERS[name](request.getfixturevalue(name), **arguments)


# JAFFE


def test_jaffe_name_tells_subject_and_expression(jaffe):
    data = load_jaffe(jaffe)
    row = data.frame.set_index("path").loc[str(jaffe / "KM.SU1.186.tiff")]
    assert row.tolist() == ["KM", "surprise"]
    assert "10.5281/zenodo.3451524" in data.DESCR


def test_jaffe_protocol_has_no_neutral(jaffe):
    assert load_jaffe(jaffe, protocol="c-spp-2019").n_folds == 10
    X, y, subjects = load_jaffe(jaffe, protocol="c-spp-2019", return_X_y=True)
    assert len(X) == len(y) == 183
    assert len(np.unique(subjects)) == 10
    assert Counter(y.tolist()) == BASIC["jaffe"]


def test_jaffe_palette_images_come_out_grey(jaffe):
    pixels = np.random.default_rng(0).integers(256, size=(256, 256), dtype=np.uint8)
    palette, grey = jaffe / "KM.AN1.3.tiff", jaffe / "KA.AN1.1.tiff"
    Image.fromarray(pixels).save(grey, format="TIFF")
    image = Image.frombytes("P", pixels.shape[::-1], (255 - pixels).tobytes())
    image.putpalette([255 - level for level in range(256) for _ in "RGB"])
    image.save(palette, format="TIFF")
    assert cv2.imread(str(palette), cv2.IMREAD_UNCHANGED).shape == (256, 256, 3)  # the trap
    faces = load_jaffe(jaffe).faces
    for file in (palette, grey):
        (path,) = faces["image"][faces["image"] == str(file)]
        decoded = read_image(path)
        assert decoded.dtype == np.uint8
        assert np.array_equal(decoded, pixels)


def test_jaffe_stray_files_are_left_out(jaffe):
    for name in (".DS_Store", "._KA.AN1.39.tiff", "Thumbs.db", "Readme", "jaffe.zip"):
        (jaffe / name).touch()
    (jaffe / "aligned").mkdir()
    assert len(load_jaffe(jaffe).faces) == 213


# NimStim


def test_nimstim_lower_case_name(nimstim):
    frame = load_nimstim(nimstim).frame.set_index("path")
    row = frame.loc[str(nimstim / "01f_an_c.BMP"), ["subject", "expression", "mouth", "gender"]]
    assert row.tolist() == ["01F", "anger", "closed", "female"]


def test_nimstim_calm(nimstim):
    dropped, merged = load_nimstim(nimstim), load_nimstim(nimstim, calm="neutral")
    assert (dropped.target == "neutral").sum() == 86
    assert not dropped.frame["is_calm"].any()
    assert merged.frame["is_calm"].sum() == 86
    assert (merged.target[merged.frame["is_calm"]] == "neutral").all()


def test_nimstim_mouth_and_gender(nimstim):
    frame = load_nimstim(nimstim).frame
    assert Counter(frame["mouth"]) == {"closed": 43 * 6 - 16, "open": 43 * 7, "exuberant": 43}
    assert Counter(frame.drop_duplicates("subject")["gender"]) == {"female": 18, "male": 25}


def test_nimstim_protocol_tells_both_counts(nimstim):
    message = (
        "The C-SPP paper used 491 images, 42 subjects, 85 anger images, .*, 44 surprise images of "
        "NimStim; these are 500 images, 43 subjects, 86 anger images, 75 disgust images, 81 fear "
        "images, 129 happy images, 86 sad images, 43 surprise images, so compare with it with care"
    )
    with pytest.warns(UserWarning, match=message) as caught:
        data = load_nimstim(nimstim, protocol="c-spp-2019")
    assert Counter(data.target.tolist()) == BASIC["nimstim"]
    assert caught[0].filename == __file__


def test_nimstim_protocol_with_the_counts_of_the_paper(tmp_path):
    numbers = {"AN": 85, "DI": 80, "FE": 78, "HA": 123, "SA": 81, "SP": 44, "NE": 3}
    names = [
        f"{SUBJECTS['nimstim'][index % 42]}_{code}_{'COX'[index // 42]}.bmp"
        for code, n_images in numbers.items()
        for index in range(n_images)
    ]
    folder = write_files(tmp_path / "NimStim", names)
    data = load_nimstim(folder, protocol="c-spp-2019", on_missing="skip")  # without a warning
    assert len(data.faces) == 491
    assert len(np.unique(data.subjects)) == 42


# The Yale face database


def can_decode_gif():
    buffer = BytesIO()
    Image.new("L", (1, 1)).save(buffer, format="GIF")
    pixels = np.frombuffer(buffer.getvalue(), np.uint8)
    return cv2.imdecode(pixels, cv2.IMREAD_GRAYSCALE) is not None


def test_yale_conditions_are_no_labels(yale):
    conditions = ("leftlight", "glasses")
    data = load_yale(yale, conditions=conditions)
    assert len(data.faces) == 90
    assert set(data.target_names) == {"neutral", "happy", "sad", "surprise"}
    chosen = data.frame["condition"].isin(conditions)
    assert chosen.sum() == 30
    assert (data.target[chosen] == "neutral").all()


def test_yale_names_of_the_archive(yale):
    """In the archive one image is misnamed and one is there twice."""
    (yale / "subject01.centerlight").rename(yale / "subject01.gif")
    (yale / "subject01.glasses.gif").write_bytes((yale / "subject01.glasses").read_bytes())
    frame = load_yale(yale, conditions=["centerlight", "glasses"]).frame
    assert len(frame) == 90
    row = frame.set_index("path").loc[str(yale / "subject01.gif")]
    assert row[["subject", "condition"]].tolist() == ["subject01", "centerlight"]


@pytest.mark.skipif(not can_decode_gif(), reason="this OpenCV cannot decode GIF")
def test_yale_gif_without_extension_is_decoded(yale):
    pixels = np.random.default_rng(0).integers(256, size=(243, 320), dtype=np.uint8)
    Image.fromarray(pixels).save(yale / "subject01.happy", format="GIF")
    faces = load_yale(yale).faces
    (path,) = faces["image"][faces["image"] == str(yale / "subject01.happy")]
    assert np.array_equal(read_image(path), pixels)
