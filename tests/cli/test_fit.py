"""`skfer fit`: a model file with a card that says what it is worth and names nobody."""

import errno
import json
import os

import numpy as np
import pytest
from filelock import FileLock

from skfer.cli import _data
from skfer.cli._main import main
from skfer.datasets import load_image_folder, make_faces
from skfer.persistence import load_model, read_card
from tests.image_files import write_image
from tests.prediction_files import write_picture


@pytest.fixture
def fit(image_folder, tmp_path, capsys):
    """Run the command on the cropped faces; return its exit code, its file and what it printed."""

    def run(*arguments, data=image_folder, out=tmp_path / "face.skfer", crops=True):
        shared = [data, "--out", out, "--method", "pixel-1nn"] + ["--cropped"] * crops
        code = main(["fit", *map(str, [*shared, *arguments])])
        printed = capsys.readouterr()
        return code, out, printed.out + printed.err

    return run


def test_a_model_of_all_images_that_is_not_evaluated(fit, image_folder):
    code, out, printed = fit()
    assert code == 0, printed
    assert "Training pixel-1nn on 24 images: 12 happy, 12 sad" in printed
    assert "not evaluated; --evaluate measures it" in printed
    data = load_image_folder(image_folder, cropped=True)
    assert load_model(out).score(data.faces, data.target) == 1.0
    card = read_card(out)
    assert card["evaluation"] == "not evaluated"
    assert (card["n_images"], card["n_subjects"], card["cropped"]) == (24, 6, True)
    assert card["class_counts"] == {"happy": 12, "sad": 12}
    assert (card["method"], card["seed"], card["dataset"]) == ("pixel-1nn", 0, "image-folder")
    assert "KNeighborsClassifier(n_neighbors=1)" in card["parameters"]
    assert card["versions"]["skfer"]


def test_the_card_is_printed_as_markdown(fit, capsys):
    _, out, _ = fit()
    assert main(["card", str(out)]) == 0
    assert "- method: pixel-1nn" in capsys.readouterr().out
    assert main(["card", "nowhere.skfer"]) == 2
    assert "There is no model 'nowhere.skfer'." in capsys.readouterr().err


def test_the_figures_are_those_of_evaluate(fit, image_folder, tmp_path):
    code, out, printed = fit("--evaluate", "--folds", 3, "--seed", 5)
    assert code == 0, printed
    arguments = [image_folder, "--cropped", "--method", "pixel-1nn", "--folds", 3, "--seed", 5]
    main(["evaluate", *map(str, arguments), "--out", str(tmp_path / "report")])
    (result,) = json.loads((tmp_path / "report/results.json").read_text())["results"]
    evaluation = read_card(out)["evaluation"]
    assert evaluation.items() <= result.items()
    assert evaluation["protocol"] == "subject-independent"
    assert f"{100 * evaluation['pooled_accuracy']:.2f} %" in printed
    assert "3 folds by subject" in printed


def test_the_card_names_nobody_and_no_path(fit, tmp_path):
    data = make_faces(3, 1, expressions=("happy", "sad"), image_size=(96, 96), random_state=0)
    people = ("annabel", "benedict", "carlotta")
    for number, (image, label) in enumerate(zip(data.images, data.target, strict=True)):
        path = tmp_path / f"photos/{people[number // 2]}/{label}/{number}.png"
        write_picture(path, image)
    write_image(tmp_path / "photos/annabel/sad/black.png", 0, (60, 60))
    write_image(tmp_path / "photos/carlotta/sad/copy.png", 0, (61, 61))
    (tmp_path / "photos/benedict/sad/half.png").write_bytes(path.read_bytes()[:-20])
    arguments = ["--on-unreadable", "skip", "--on-missing", "skip"]
    code, out, printed = fit(*arguments, data=tmp_path / "photos", crops=False)
    assert code == 0, printed
    card = read_card(out)
    assert card["left_out"] == {"no face found": 2, "the file is truncated": 1}
    assert (card["n_images"], card["n_subjects"], card["n_eyes_not_found"]) == (6, 3, 2)
    text = json.dumps(card)
    assert str(tmp_path) not in text
    assert not [name for name in people if name in text]


@pytest.mark.filterwarnings("ignore:Subjects (differ only|look like)")  # of the reader, too
def test_doubts_are_told_and_stand_in_the_card_without_names(fit, tmp_path):
    names = ("anna/happy", "Anna/sad", "Val/happy", "Val/sad", "Val/fear")
    pictures = np.random.default_rng(0).integers(0, 256, (5, 64, 64), np.uint8)
    pictures[2] = pictures[1] // 2 + 40
    for name, picture in zip(names, pictures, strict=True):
        write_picture(tmp_path / f"photos/{name}/1.png", picture)
    write_picture(tmp_path / "photos/Val/fear/2.png", 255 - pictures[0])
    code, out, printed = fit(data=tmp_path / "photos")
    assert code == 0, printed
    assert "Note: Subjects differ only in case" in printed
    assert "Note: 'fear' (shown by one subject alone) cannot be learned from others." in printed
    assert "Note: 1 image nearly equals one of another subject: " in printed
    card = read_card(out)
    assert card["notes"] == [
        "Subjects differ only in case, accents, spaces, zeros, - or _",
        "Subjects look like the parts of a split, not like people",
        "'fear' (shown by one subject alone) cannot be learned from others. Leave such expressions "
        "out, or find more people.",
        "1 image nearly equals one of another subject",
    ]
    assert not [name for name in ("anna", "Anna", "Val") if name in json.dumps(card)]


def test_json_is_the_card(fit, image_folder, tmp_path, capsys):
    arguments = [image_folder, "--cropped", "--method", "pixel-1nn", "--out", tmp_path / "m"]
    assert main(["fit", *map(str, arguments), "--json"]) == 0
    printed = capsys.readouterr()
    assert json.loads(printed.out) == read_card(tmp_path / "m")
    assert "Model: " in printed.err


def test_one_expression_is_refused_before_the_eyes(fit, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(_data, "locate_eyes", None)
    write_image(tmp_path / "photos/anna/happy/1.png")
    code, out, printed = fit(data=tmp_path / "photos", crops=False)
    assert code == 2
    assert "All images show 'happy'; a model needs at least two expressions" in printed
    assert not out.exists()
    write_image(tmp_path / "photos/ben/happy/1.png", 1)
    method = ["--method", "pixel-1nn", "--out", str(tmp_path / "out"), "--folds", "2"]
    for split in ("subject", "image"):
        assert main(["evaluate", str(tmp_path / "photos"), *method, "--split", split]) == 2
        assert "All images show 'happy'; a model needs" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("folds", "said"),
    [
        (["--folds", 7], "--folds 7: 6 subjects allow 2 to 6 folds.\n"),
        ([], "--folds 8: 6 subjects allow 2 to 6 folds. Add --folds 6.\n"),
    ],
)
def test_too_many_folds_are_refused_before_the_eyes(fit, monkeypatch, folds, said):
    monkeypatch.setattr(_data, "locate_eyes", None)
    code, _, printed = fit("--evaluate", *folds, crops=False)
    assert code == 2
    assert said in printed


def test_folds_without_an_evaluation_are_refused(fit):
    code, out, printed = fit("--folds", 3)
    assert code == 2
    assert "--folds is for --evaluate" in printed
    assert not out.exists()


def test_a_model_is_replaced_only_if_asked(fit):
    _, out, _ = fit()
    before = out.read_bytes()
    for again in ([], ["--resume"]):
        code, _, printed = fit("--seed", 1, *again)
        assert code == 2
        assert "already exists and is complete. Add --overwrite to replace it" in printed
        assert out.read_bytes() == before
    code, _, printed = fit("--resume")  # of the same command
    assert code == 0
    assert "there is nothing to resume" in printed
    assert out.read_bytes() == before
    assert fit("--overwrite")[0] == 0


@pytest.mark.parametrize("out", ["folder", "afile/face.skfer"])
def test_a_file_that_cannot_be_written_is_refused_first(fit, tmp_path, monkeypatch, out):
    monkeypatch.setattr(_data, "load_data", None)
    (tmp_path / "folder").mkdir()
    (tmp_path / "afile").write_text("mine")
    code, _, printed = fit(out=tmp_path / out)
    assert code == 2
    assert "--out '" in printed


def test_a_second_run_into_one_file_is_refused(fit, tmp_path, monkeypatch):
    monkeypatch.setattr(_data, "load_data", None)
    with FileLock(tmp_path / ".face.skfer.lock"):
        code, _, printed = fit()
    assert code == 2
    assert "is being written by another process" in printed


def test_interrupted_it_keeps_the_finished_folds(fit, tmp_path, monkeypatch):
    from sklearn.neighbors import KNeighborsClassifier

    original, fits = KNeighborsClassifier.fit, []

    def stop_at_the_third(self, X, y):
        fits.append(len(y))
        if len(fits) == 3:
            raise KeyboardInterrupt
        return original(self, X, y)

    monkeypatch.setattr(KNeighborsClassifier, "fit", stop_at_the_third)
    code, out, printed = fit("--evaluate", "--folds", 3)
    assert code == 130
    assert "add --resume to go on" in printed
    assert not out.exists()
    code, _, printed = fit("--evaluate", "--folds", 3)
    assert code == 2
    assert "was begun by an earlier run. Add --resume" in printed
    assert fit("--evaluate", "--folds", 3, "--resume")[0] == 0
    assert fits == [16, 16, 16, 16, 24]
    assert sorted(path.name for path in tmp_path.iterdir() if "face" in path.name) == [
        ".face.skfer.lock",
        "face.skfer",
    ]


def test_one_seed_gives_one_model(tmp_path):
    size = {"expressions": ("happy", "sad"), "n_per_expression": 1, "image_size": (48, 48)}
    faces = make_faces(2, **size, random_state=1).faces
    probabilities = []
    for name, seed in (("a", 3), ("b", 3), ("c", 4)):
        settings = {"n_subjects": 2, "random_state": 0, **size}
        arguments = [word for key in settings for word in ("--set", f"{key}={settings[key]}")]
        arguments += ["--dataset", "synthetic", "--method", "cspp", "--seed", str(seed)]
        assert main(["fit", *arguments, "--out", str(tmp_path / name)]) == 0
        probabilities.append(load_model(tmp_path / name).predict_proba(faces))
    np.testing.assert_array_equal(probabilities[0], probabilities[1])
    assert not np.array_equal(probabilities[0], probabilities[2])


def test_a_full_disk_is_one_sentence_and_nothing_is_lost(fit, monkeypatch):
    _, out, _ = fit()
    before = out.read_bytes()

    def full(descriptor):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        code, _, printed = fit("--overwrite")
    assert code == 2
    assert "No space left on device; what was there is kept: make room and repeat" in printed
    assert out.read_bytes() == before
    assert fit("--overwrite")[0] == 0
