"""Between data sets: what is shared is refused or kept, and who is tested on what."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline

from skfer.alignment import FaceAligner
from skfer.datasets import make_faces
from skfer.descriptors import PixelDescriptor
from skfer.evaluation import compare_results, evaluate_cross_dataset, evaluate_leave_one_dataset_out
from skfer.faces import make_face_array
from skfer.features import SubjectNormalizer


def make_set(name, n_subjects=8, labels=("happy", "sad"), seed=0):
    rng = np.random.default_rng(seed)
    y = np.tile(labels, n_subjects)
    subjects = np.repeat([f"{name}{number}" for number in range(n_subjects)], len(labels))
    X = rng.normal(size=(len(y), 5)) + 2.0 * (y == labels[0])[:, None]
    return X, y, subjects


class Recorder(ClassifierMixin, BaseEstimator):
    """Remembers what it was fitted on, in the class, since each fold fits a clone."""

    fitted = []

    def fit(self, X, y):
        self.classes_ = np.unique(y)
        self.fitted.append((X, y))
        return self

    def predict(self, X):
        return np.full(len(X), self.classes_[0])


@pytest.fixture(autouse=True)
def forget():
    Recorder.fitted.clear()


def test_fold_models_of_the_source_are_tested_on_all_of_the_target():
    source, target = make_set("a"), make_set("b", 5, seed=1)
    result = evaluate_cross_dataset(LogisticRegression(), source, target, cv=4)
    assert result.protocol == "cross-dataset"
    folds = GroupKFold(4).split(*source[:2], source[2])
    expected = [
        LogisticRegression().fit(source[0][train], source[1][train]).score(*target[:2])
        for train, _ in folds
    ]
    assert result.folds["accuracy"].tolist() == expected
    summary = result.summary()
    assert summary["fold_mean"] == pytest.approx(np.mean(expected))
    assert (summary["n_images"], summary["n_subjects"], summary["n_folds"]) == (10, 5, 4)
    assert sorted(result.images["image"].unique()) == list(range(10))
    assert set(result.images["subject"]) == set(target[2])
    np.testing.assert_array_equal(result.images["y_true"], target[1][result.images["image"]])


def test_one_model_is_trained_on_all_of_the_source():
    source, target = make_set("a"), make_set("b", 5)
    evaluate_cross_dataset(Recorder(), source, target, cv=1)
    ((X, y),) = Recorder.fitted
    np.testing.assert_array_equal(X, source[0])
    np.testing.assert_array_equal(y, source[1])


def test_shared_classes_are_kept_and_the_others_told():
    source = make_set("a", labels=("happy", "sad", "fear"))
    target = make_set("b", 3, labels=("neutral", "sad", "happy"))
    result = evaluate_cross_dataset(Recorder(), source, target, cv=2)
    assert result.classes == ("happy", "sad")
    assert all(set(y) == {"happy", "sad"} for _, y in Recorder.fitted)
    assert result.notes == (
        "8 images of 'fear' of source are left out: not all of the data sets have that class.",
        "3 images of 'neutral' of target are left out: not all of the data sets have that class.",
    )
    # Rows of the target as it was given.
    assert sorted(result.images["image"].unique()) == [1, 2, 4, 5, 7, 8]
    np.testing.assert_array_equal(result.images["y_true"], target[1][result.images["image"]])


def make_table(name, n_subjects=8, seed=0):
    X, y, subjects = make_set(name, n_subjects, seed=seed)
    return pd.DataFrame(X, columns=list("uvwxy")).assign(subject=subjects), y


def test_tables_are_joined_by_the_names_of_their_columns():
    source, (X, y) = make_table("a"), make_table("b", 5, seed=1)
    result = evaluate_cross_dataset(LogisticRegression(), source, (X, y), cv=4)
    turned = evaluate_cross_dataset(LogisticRegression(), source, (X[X.columns[::-1]], y), cv=4)
    pd.testing.assert_frame_equal(result.images, turned.images)
    X = X.rename(columns={"u": "AU12"})
    with pytest.raises(ValueError, match="different columns. Those of one only: 'AU12', 'u'"):
        evaluate_cross_dataset(LogisticRegression(), source, (X, y))


def test_the_column_of_subjects_reaches_who_asks_for_it():
    source, (X, y) = make_table("a"), make_table("b", 5, seed=1)
    model = make_pipeline(SubjectNormalizer(), LogisticRegression())
    result = evaluate_cross_dataset(model, source, (X, y), cv=4)
    assert result.summary()["n_subjects"] == 5
    normalized = SubjectNormalizer().fit_transform(X)
    train = SubjectNormalizer().fit_transform(source[0])
    folds = GroupKFold(4).split(*source, source[0]["subject"])
    expected = [
        LogisticRegression().fit(train[own], source[1][own]).score(normalized, y)
        for own, _ in folds
    ]
    assert result.folds["accuracy"].tolist() == pytest.approx(expected)


def test_one_shared_class_is_refused():
    target = make_set("b", labels=("happy", "neutral"))
    with pytest.raises(ValueError, match="share 1 classes.*source has happy, sad; target has"):
        evaluate_cross_dataset(Recorder(), make_set("a"), target)


def test_shared_subjects_are_refused():
    source, target = make_set("a"), make_set("a", seed=1)
    with pytest.raises(ValueError, match="target share 8 subjects: 'a0'.* such as by np.char.add"):
        evaluate_cross_dataset(Recorder(), source, target)


def test_shared_images_are_refused():
    source, target = make_faces(4, 1, random_state=0), make_faces(3, 1, random_state=1)
    target.faces["image"][2] = 0.9 * source.faces["image"][5] + 9
    target.faces["subject"] = target.subjects = np.char.add("b", target.subjects)
    with pytest.raises(ValueError, match="1 images are in two data sets: .*5.* of 'source' = "):
        evaluate_cross_dataset(Recorder(), source, target)


def test_faces_of_several_sizes_are_joined():
    small, large = (
        make_faces(4, 1, expressions=("happy", "sad"), image_size=(side, side), random_state=side)
        for side in (48, 60)
    )
    subjects = np.char.add("large", large.subjects)
    faces = make_face_array(large.images, large.faces["eyes"], subjects)
    pipeline = make_pipeline(FaceAligner((32, 32)), PixelDescriptor(), KNeighborsClassifier(1))
    result = evaluate_cross_dataset(pipeline, small, (faces, large.target), cv=1)
    expected = clone(pipeline).fit(small.faces, small.target).predict(faces)
    np.testing.assert_array_equal(result.images["y_pred"], expected)


@pytest.mark.parametrize(
    "change", [lambda X: X[:, :4], lambda X: (9 * X).astype(np.uint8), lambda X: X[..., None]]
)
def test_other_layouts_and_pixel_types_are_refused(change):
    X, y, subjects = make_set("b")
    with pytest.raises(ValueError, match="different layouts, sizes or pixel types: source has"):
        evaluate_cross_dataset(Recorder(), make_set("a"), (change(X), y, subjects))


def test_each_data_set_is_left_out_once():
    sets = {name: make_set(name, 4, seed=seed) for seed, name in enumerate("abc")}
    results = evaluate_leave_one_dataset_out({"lr": LogisticRegression(), "r": Recorder()}, sets)
    groups = results["lr"].by_group("dataset").set_index("dataset")
    for name, (X, y, _) in sets.items():
        others = [sets[other] for other in "abc" if other != name]
        X_train, y_train = (np.concatenate([own[part] for own in others]) for part in (0, 1))
        expected = LogisticRegression().fit(X_train, y_train).score(X, y)
        assert groups.loc[name, "accuracy"] == expected
    assert results["r"].protocol == "leave-one-dataset-out"
    assert results["lr"].summary()["n_images"] == 24


def test_one_data_set_alone_is_refused():
    with pytest.raises(ValueError, match="two data sets or more"):
        evaluate_leave_one_dataset_out(Recorder(), {"a": make_set("a")})


def test_columns_beside_the_images_go_with_the_target():
    X, y, subjects = make_set("b", 3)
    info = pd.DataFrame({"age": range(6)})
    others = (*make_set("a"), pd.DataFrame({"sequence": range(16), "age": 99}))
    result = evaluate_cross_dataset(Recorder(), others, (X, y, subjects, info), cv=2)
    assert result.images["age"].tolist() == result.images["image"].tolist()
    assert result.images["age"].dtype == int
    assert result.summary()["n_sequences"] is None
    info = info.assign(sequence=[0, 0, 1, 1, 2, 2])
    result = evaluate_cross_dataset(Recorder(), others, (X, y, subjects, info), cv=4)
    assert result.summary()["n_sequences"] == 6  # three, with two labels each
    assert len(result.sequences) == 4 * 6
    both = evaluate_leave_one_dataset_out(Recorder(), {"a": others, "b": (X, y, subjects, info)})
    assert both.images["age"].tolist() == [99] * 16 + list(range(6))
    assert both.images["sequence"].tolist() == [*range(16), 0, 0, 1, 1, 2, 2]
    with pytest.raises(ValueError, match="column 'dataset' of its own; rename that of b"):
        named = (X, y, subjects, info.assign(dataset="b"))
        evaluate_leave_one_dataset_out(Recorder(), {"a": make_set("a"), "b": named})


def test_models_on_one_target_are_no_folds_of_a_test():
    """All models agree on who is hard, so the spread over models is much too small."""
    source, target = make_set("a"), make_set("b", 6, seed=1)
    rng = np.random.default_rng(0)
    results = evaluate_cross_dataset(
        {"lr": LogisticRegression(), "knn": KNeighborsClassifier(1)}, source, target, cv=4
    )
    shuffled = results["knn"].images.sample(frac=1, random_state=rng)
    results["knn"] = replace(results["knn"], images=shuffled)
    comparison = compare_results(results)
    assert np.isnan(comparison["p_folds"].item())
    assert 0 <= comparison["p_subjects"].item() <= 1
    accuracies = [result.summary()["pooled_accuracy"] for result in results.values()]
    assert comparison["difference"].item() == pytest.approx(accuracies[0] - accuracies[1])
