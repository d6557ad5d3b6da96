"""Finished folds: taken where all is the same, computed again where anything differs."""

import importlib
import json
import os
import pickle
import re
import subprocess
import sys
from functools import partial

import numpy as np
import pandas as pd
import pytest
import torch
from joblib import parallel_config
from sklearn.base import BaseEstimator, ClassifierMixin
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

import skfer.evaluation._records
from skfer.evaluation import evaluate_image_split, evaluate_subject_independent
from skfer.faces import make_face_array
from skfer.utils._fingerprint import fingerprint

FACTOR = 1.0


class Commonest(ClassifierMixin, BaseEstimator):
    """Answers with the commonest label, and with probabilities of single precision."""

    def fit(self, X, y):
        self.classes_, counts = np.unique(y, return_counts=True)
        self.first_ = self.classes_[counts.argmax()]
        return self

    def predict(self, X):
        return np.full(len(X), self.first_)

    def predict_proba(self, X):
        shares = np.linspace(0, 1, len(X), dtype=np.float32)
        return np.column_stack([shares, 1 - shares])


def scale(X):
    return X * FACTOR


@pytest.fixture
def evaluate(data, tmp_path):
    """Evaluate with kept folds; returns the result and how many folds were fitted.

    The fit numbered `stop_at` ends like Ctrl-C.
    """
    X, y, subjects = data
    fit = KNeighborsClassifier.fit

    def run(
        *steps,
        X=X,
        y=y,
        subjects=subjects,
        evaluate=evaluate_subject_independent,
        n_neighbors=3,
        stop_at=None,
        **options,
    ):
        fits = []

        def counted(self, X, y):
            if len(fits) == stop_at:
                raise KeyboardInterrupt
            fits.append(1)
            return fit(self, X, y)

        estimator = make_pipeline(*steps, KNeighborsClassifier(n_neighbors))
        options = {"cv": 4, "memory": tmp_path / "folds"} | options
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(KNeighborsClassifier, "fit", counted)
            result = evaluate(estimator, X, y, subjects, **options)
        return result, len(fits)

    return run


def kept(tmp_path):
    return sorted((tmp_path / "folds").glob("*.json"))


def test_finished_folds_are_taken_and_equal(evaluate, tmp_path):
    first, n_fits = evaluate()
    again, n_fits_again = evaluate()
    assert (n_fits, n_fits_again, len(kept(tmp_path))) == (4, 0, 4)
    pd.testing.assert_frame_equal(first.images, again.images, check_exact=True)
    pd.testing.assert_frame_equal(first.seconds, again.seconds, check_exact=True)
    assert evaluate(memory=None)[1] == 4


def test_an_interrupted_run_loses_no_finished_fold(evaluate):
    with pytest.raises(KeyboardInterrupt):
        evaluate(stop_at=3)
    assert evaluate()[1] == 1


@pytest.mark.parametrize("labels", [str, object, "int32", "float64", bool])
def test_labels_and_probabilities_come_back_with_their_type(data, tmp_path, labels):
    X, y, subjects = data
    y = y.astype(labels) if labels in (str, object) else (y == "sad").astype(labels)
    frames = [
        evaluate_image_split(Commonest(), X, y, subjects, cv=4, memory=str(tmp_path)).images
        for _ in range(2)
    ]
    pd.testing.assert_frame_equal(*frames, check_exact=True)
    assert frames[1].filter(like="proba").dtypes.unique().tolist() == [np.float32]


@pytest.mark.parametrize(
    "change",
    [
        lambda X, y, subjects: {"X": X + 1e-9},
        lambda X, y, subjects: {"y": np.where(np.arange(len(y)) == 5, "happy", y)},
        lambda X, y, subjects: {"subjects": np.where(subjects == "s00", "another", subjects)},
        lambda X, y, subjects: {"evaluate": evaluate_image_split},
        lambda X, y, subjects: {"cv": 3},
        lambda X, y, subjects: {"cv": GroupKFold(4, shuffle=True, random_state=0)},
        lambda X, y, subjects: {"n_neighbors": 5},
    ],
    ids=["pixels", "labels", "subjects", "protocol", "folds", "deal", "parameters"],
)
def test_what_changed_is_computed_again(data, evaluate, change):
    evaluate()
    _, n_fits = evaluate(**change(*data))
    assert n_fits >= 3


@pytest.mark.parametrize("package", ["skfer", "scikit-learn", "torch", "numpy", "opencv-python"])
def test_another_version_computes_again(evaluate, monkeypatch, package):
    evaluate()
    versions = skfer.evaluation._records.collect_versions() | {package: "another"}
    monkeypatch.setattr(skfer.evaluation._fold_store, "collect_versions", lambda: versions)
    assert evaluate()[1] == 4


def test_a_replaced_picture_of_equal_size_and_time_is_noticed(data, evaluate, tmp_path):
    _, y, subjects = data
    files = [tmp_path / f"{number}.png" for number in range(len(y))]
    for file in files:
        file.write_bytes(b"11")
        os.utime(file, ns=(0, 0))
    faces = make_face_array(files, subject=subjects)
    steps = [FunctionTransformer(count_images)]
    assert evaluate(*steps, X=faces)[1] == 4
    assert evaluate(*steps, X=faces)[1] == 0
    files[3].write_bytes(b"12")
    os.utime(files[3], ns=(0, 0))
    assert evaluate(*steps, X=faces)[1] == 4


def count_images(faces):
    return np.zeros((len(faces), 2))


@pytest.mark.parametrize("as_path", [str, lambda path: path])
def test_a_file_named_by_a_parameter_counts_by_its_content(evaluate, tmp_path, as_path):
    model = tmp_path / "model.bin"
    step = FunctionTransformer(kw_args={"model": as_path(model)}, func=take_model)
    for content, expected in ((b"1", 4), (b"1", 0), (b"2", 4)):
        model.write_bytes(content)
        assert evaluate(step)[1] == expected


def take_model(X, model):
    return X


def test_the_source_of_own_code_counts(evaluate, tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    helper, module = tmp_path / "own_helper.py", tmp_path / "own_steps.py"
    helper.write_text("def weigh(X):\n    return X\n")
    module.write_text("import own_helper\n\ndef step(X):\n    return own_helper.weigh(X)\n")
    import own_helper
    import own_steps

    def run():
        importlib.reload(own_helper)
        importlib.reload(own_steps)
        return evaluate(FunctionTransformer(own_steps.step))[1]

    assert [run(), run()] == [4, 0]
    module.write_text(module.read_text().replace("weigh(X)", "weigh(X) * 0"))
    assert run() == 4
    helper.write_text("def weigh(X):\n    return X * 2\n")
    assert [run(), run()] == [4, 0]


def test_code_that_runs_counts_where_the_file_was_edited_without_reloading(evaluate):
    old, new = (eval(f"lambda X: X * {n}", globals()) for n in (1, 2))
    assert [evaluate(FunctionTransformer(f))[1] for f in (old, new, old)] == [4, 4, 0]


def test_functions_of_one_file_are_told_apart(evaluate):
    def times(factor):
        return lambda X: X * factor

    steps = [lambda X: X * 2, lambda X: X * 3, times(4), times(5), partial(take_model, model=1)]
    steps.append(partial(take_model, model=2))
    assert [evaluate(FunctionTransformer(step))[1] for step in steps] == [4] * 6
    assert [evaluate(FunctionTransformer(step))[1] for step in (times(4), times(5))] == [0, 0]


def test_a_global_variable_of_a_function_counts(evaluate, monkeypatch):
    step = FunctionTransformer(scale)
    assert [evaluate(step)[1], evaluate(step)[1]] == [4, 0]
    monkeypatch.setitem(globals(), "FACTOR", 0.0)
    assert evaluate(step)[1] == 4


def test_code_without_a_file_is_not_kept(evaluate, tmp_path):
    space = {"__name__": "nowhere"}
    exec("def step(X):\n    return X\n", space)
    step = FunctionTransformer(space["step"])
    with pytest.warns(UserWarning, match="Finished folds cannot be kept"):
        assert evaluate(step)[1] == 4
    assert not kept(tmp_path)


class Connection:
    def __deepcopy__(self, memo):
        return self

    def __reduce__(self):
        raise TypeError("a connection cannot be pickled")


def test_what_has_no_state_is_not_kept(evaluate, tmp_path):
    step = FunctionTransformer(take_model, kw_args={"model": Connection()})
    with pytest.warns(UserWarning, match="cannot be kept: a connection"):
        assert evaluate(step)[1] == 4
    assert not kept(tmp_path)


@pytest.mark.filterwarnings("ignore:.*is not fitted anew")
def test_fitted_state_in_a_parameter_counts(data, evaluate):
    X, _, _ = data
    frozen = [FrozenEstimator(StandardScaler().fit(X * factor)) for factor in (1, 2, 1)]
    assert [evaluate(step)[1] for step in frozen] == [4, 4, 0]


@pytest.mark.parametrize("content", ["", "no line", "{}", "a\n[]", "\0\xff", "[" * 100_000])
def test_damaged_fold_is_computed_again(evaluate, tmp_path, content):
    whole, _ = evaluate()
    kept(tmp_path)[0].write_text(content)
    with pytest.warns(UserWarning, match="is damaged; the fold is computed again"):
        repaired, n_fits = evaluate()
    assert n_fits == 1
    pd.testing.assert_frame_equal(whole.images, repaired.images)
    assert evaluate()[1] == 0


def test_an_edited_or_exchanged_fold_is_not_believed(evaluate, tmp_path):
    evaluate()
    first, second, third, fourth = kept(tmp_path)
    first.write_bytes(second.read_bytes())
    third.write_text(third.read_text().replace("1", "0"))
    fourth.unlink()
    with pytest.warns(UserWarning, match="damaged"):
        assert evaluate()[1] == 3


@pytest.mark.parametrize(
    "forge",
    [
        lambda body: [body[0][:-1], *body[1:]],
        lambda body: [[9] * len(body[0]), *body[1:]],
        lambda body: [[None] * len(body[0]), *body[1:]],
        lambda body: [[[0]] * len(body[0]), *body[1:]],
        lambda body: [body[0], {"proba_happy": [0.5]}, ["float64"], *body[3:]],
        lambda body: [body[0], body[1], ["S100000000"] * 2, *body[3:]],
        lambda body: [body[0], 5, *body[2:]],
        lambda body: {"a": 1},
    ],
)
def test_a_forged_fold_with_a_right_checksum_must_fit(evaluate, tmp_path, forge):
    evaluate()
    file = kept(tmp_path)[0]
    body = json.dumps(forge(json.loads(file.read_text().split("\n")[1])))
    file.write_text(f"{fingerprint(file.stem, body)}\n{body}")
    with pytest.warns(UserWarning, match="damaged"):
        assert evaluate()[1] == 1


class Bomb:
    def __reduce__(self):
        return os.mkdir, (Bomb.target,)


def test_nothing_in_the_folder_is_run(evaluate, tmp_path):
    Bomb.target = str(tmp_path / "ran")
    evaluate()
    for file in kept(tmp_path):
        file.write_bytes(pickle.dumps(Bomb()))
    with pytest.warns(UserWarning, match="damaged"):
        assert evaluate()[1] == 4
    assert not (tmp_path / "ran").exists()


def test_jobs_share_the_finished_folds(data, tmp_path):
    X, y, subjects = data
    with parallel_config(backend="threading"):
        frames = [
            evaluate_subject_independent(
                LogisticRegression(), X, y, subjects, cv=4, n_jobs=n_jobs, memory=tmp_path
            ).images
            for n_jobs in (2, 1)
        ]
    pd.testing.assert_frame_equal(*frames, check_exact=True)
    assert len(list(tmp_path.glob("*.json"))) == 4


@pytest.mark.parametrize(
    "values",
    [
        (1, 1.0, True, "1", b"1", None),
        ([1, [2]], [[1], 2], [1, 2], (1, 2), {1: 2}, {1, 2}),
        tuple(np.zeros(2, kind) for kind in ("f4", "f8", "i8", "U1", object)),
        (np.zeros((2, 3)), np.zeros((3, 2)), np.zeros(6)),
        (torch.zeros(2), torch.ones(2), torch.zeros(3)),
        (np.random.RandomState(0), np.random.RandomState(1), np.random.default_rng(0)),
        (np.log, np.exp, len, os.path.join, KNeighborsClassifier, os, np),
        (pd.DataFrame({"a": [1]}), pd.DataFrame({"b": [1]}), pd.DataFrame({"a": [2]})),
    ],
)
def test_fingerprints_of_different_values_differ_and_of_equal_ones_are_equal(values):
    prints = [fingerprint(value) for value in values]
    assert len(set(prints)) == len(values)
    if not any(isinstance(value, type(os)) for value in values):
        values = pickle.loads(pickle.dumps(values))
    assert prints == [fingerprint(value) for value in values]


def test_fingerprint_does_not_depend_on_the_process():
    values = ({"a", "b", "c"}, {1: FrozenEstimator(StandardScaler())}, np.log, re.compile("a"))
    code = "import pickle, sys\nfrom skfer.utils._fingerprint import fingerprint\n"
    code += "print(fingerprint(*pickle.load(sys.stdin.buffer)), end='')"
    done = subprocess.run(
        [sys.executable, "-c", code], input=pickle.dumps(values), capture_output=True, check=True
    )
    assert done.stdout.decode() == fingerprint(*values)


@pytest.mark.parametrize("kind", [list, tuple, np.array, lambda paths: np.array(paths, object)])
def test_paths_in_any_container_count_by_the_content(tmp_path, kind):
    paths = [str(tmp_path / "1.png"), "no file"]
    prints = set()
    for content in (b"1", b"2", b"1"):
        (tmp_path / "1.png").write_bytes(content)
        prints.add(fingerprint(kind(paths)))
    assert len(prints) == 2
    assert fingerprint(kind(paths[::-1])) not in prints


def test_a_loop_in_a_value_ends():
    loop = [1]
    loop.append(loop)
    assert fingerprint(loop) != fingerprint([1])
