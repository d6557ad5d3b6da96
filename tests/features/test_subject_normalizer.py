"""SubjectNormalizer: whose rows are the reference, and what it can never see."""

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skfer.classifiers import SubjectCalibratedClassifier
from skfer.evaluation import (
    evaluate_cross_dataset,
    evaluate_learning_curve,
    evaluate_subject_independent,
)
from skfer.features import SubjectNormalizer


@pytest.fixture
def rows():
    """Eight people with faces of their own, who smile in every second row."""
    rng = np.random.default_rng(0)
    subjects = np.repeat([f"P{number}" for number in range(8)], 6)
    values = rng.normal(size=(48, 3)) / 4 + np.repeat(rng.normal(size=(8, 3)) * 5, 6, axis=0)
    values[::2, 0] += 2
    frame = pd.DataFrame(values, columns=["AU06", "AU12", "AU25"]).assign(subject=subjects)
    return frame.assign(first=np.tile([False, True, False, False, False, True], 8))


@pytest.fixture
def labels():
    return np.tile(["happy", "neutral"], 24)


def features(rows):
    return rows[["AU06", "AU12", "AU25"]]


def test_all_rows_of_a_person(rows):
    X = SubjectNormalizer().fit_transform(rows.drop(columns="first"))
    expected = features(rows) - features(rows).groupby(rows["subject"]).transform("mean")
    np.testing.assert_allclose(X, expected)


def test_neutral_rows_of_a_person(rows):
    X = SubjectNormalizer(neutral="first", with_std=True).fit_transform(rows)
    person, is_reference = rows["subject"] == "P3", rows["first"]
    reference = features(rows)[person & is_reference].to_numpy()
    expected = (features(rows)[person] - reference.mean(0)) / reference.std(0)
    np.testing.assert_allclose(X[person], expected)


def test_a_constant_reference_is_not_divided_by():
    X = pd.DataFrame({"a": [1.0, 1.0], "subject": ["p", "p"]})
    assert SubjectNormalizer(with_std=True).fit_transform(X).tolist() == [[0], [0]]


def test_nothing_is_remembered(rows):
    table = rows.drop(columns="first")
    normalizer = SubjectNormalizer().fit(table)
    later = table[table["subject"] == "P0"].assign(AU06=lambda X: X["AU06"] + 100)
    np.testing.assert_allclose(normalizer.transform(later)[:, 0].mean(), 0, atol=1e-12)
    both = pd.concat([table[:12], table[24:30]])
    np.testing.assert_array_equal(normalizer.transform(both)[:6], normalizer.transform(table)[:6])


def test_labels_are_never_seen(rows, labels):
    """Neither the labels of the tested person nor those of any other change a single feature."""
    table = rows.drop(columns="first")
    shuffled = np.random.default_rng(1).permutation(labels)
    X = SubjectNormalizer().fit(table, labels).transform(table)
    np.testing.assert_array_equal(SubjectNormalizer().fit(table, shuffled).transform(table), X)
    np.testing.assert_array_equal(SubjectNormalizer().fit_transform(table, shuffled), X)


def test_shuffled_labels_give_chance(rows, labels):
    shuffled = np.random.default_rng(2).permutation(labels)
    model = make_pipeline(SubjectNormalizer(), SVC())
    result = evaluate_subject_independent(model, rows.drop(columns="first"), shuffled, cv=8)
    assert result.summary()["pooled_accuracy"] < 0.7


def test_it_goes_into_the_protocols(rows, labels):
    """Also with a search inside; and the people differ too much for the plain features."""
    table = rows.drop(columns="first")
    model = make_pipeline(SubjectNormalizer(), SVC())
    search = GridSearchCV(model, {"svc__C": [1, 10]}, cv=GroupKFold(2))
    results = evaluate_subject_independent({"model": model, "search": search}, table, labels, cv=4)
    accuracies = [result.summary()["pooled_accuracy"] for result in results.values()]
    assert min(accuracies) > 0.95
    plain = evaluate_subject_independent(SVC(), features(rows), labels, rows["subject"], cv=4)
    assert plain.summary()["pooled_accuracy"] < 0.9
    scores = cross_val_score(model, table, labels, groups=rows["subject"], cv=GroupKFold(4))
    assert scores.mean() > 0.95


def test_names_of_the_output(rows):
    normalizer = SubjectNormalizer(neutral="first").set_output(transform="pandas").fit(rows)
    X = normalizer.transform(rows[6:12])
    assert X.columns.tolist() == ["AU06", "AU12", "AU25"]
    assert X.index.tolist() == list(range(6, 12))
    with pytest.raises(ValueError, match="feature names should match"):
        normalizer.transform(rows.rename(columns={"AU06": "AU07"}))


def test_float32_is_kept(rows):
    table = rows.drop(columns="first").astype(dict.fromkeys(features(rows), np.float32))
    assert SubjectNormalizer().fit_transform(table).dtype == np.float32


@pytest.mark.parametrize(
    ("changes", "parameters", "message"),
    [
        ({"subject": ["P0"] * 47 + ["P9"]}, {}, "Person 'P9' has 1 reference rows.* in one call"),
        ({"first": [True] * 42 + [False] * 6}, {"neutral": "first"}, "Person 'P7' has 0 .*'first'"),
        ({"first": 1}, {"neutral": "first"}, "'first' is of int64; mark the neutral rows with Tru"),
        (
            {"first": pd.array([True] * 47 + [None], dtype="boolean")},
            {"neutral": "first"},
            "'first' is of boolean; .* none left out",
        ),
        ({"subject": ["P0"] * 47 + [None]}, {}, "Row 47 has no subject in column 'subject'"),
        ({}, {"subject": "person"}, "no column 'person'.*X.assign"),
    ],
)
def test_what_is_refused(rows, changes, parameters, message):
    with pytest.raises(ValueError, match=message):
        SubjectNormalizer(**parameters).fit(rows.assign(**changes))


def test_an_array_says_nothing_of_subjects(rows):
    with pytest.raises(ValueError, match=r"no column 'subject'.*needs a DataFrame"):
        SubjectNormalizer().fit(features(rows).to_numpy())


def test_subjects_of_the_frame_lead(rows, labels):
    table = rows.drop(columns="first")
    with pytest.raises(ValueError, match="contradict.* of the DataFrame .*X.assign"):
        evaluate_subject_independent(SVC(), table, labels, np.roll(rows["subject"], 3), cv=4)


@pytest.mark.parametrize("ids", ["numbers", "text"])
def test_the_column_of_subjects_is_a_feature_of_nobody(rows, labels, ids):
    table, subjects = rows.drop(columns="first"), rows["subject"]
    if ids == "numbers":
        table["subject"] = subjects = subjects.str[1:].astype(int)
    rest = ColumnTransformer([("id", "drop", ["subject"])], remainder="passthrough")
    calibrated = SubjectCalibratedClassifier(SVC(), n_splits=2)
    models = {
        "svm": SVC(),
        "calibrated": calibrated,
        "step": make_pipeline(StandardScaler(), calibrated),
        "chosen": make_pipeline(rest, SVC()),
    }
    found = evaluate_subject_independent(models, table, labels, cv=4)
    models["chosen"] = SVC()
    plain = evaluate_subject_independent(models, features(rows), labels, subjects, cv=4)
    for name, result in found.items():
        pd.testing.assert_frame_equal(result.images, plain[name].images)
    curves = [
        evaluate_learning_curve(SVC(), *data, cv=2, n_train_subjects=[3])[3].images
        for data in ((table, labels), (features(rows), labels, subjects))
    ]
    pd.testing.assert_frame_equal(*curves)
    others = table.assign(subject=[f"Q{number}" for number in subjects])
    result = evaluate_cross_dataset(SVC(), (table, labels), (others, labels))
    assert result.summary()["pooled_accuracy"] > 0.5


def test_a_search_hands_the_column_on_to_a_calibration(rows, labels, recwarn):
    table = rows.drop(columns="first")
    search = GridSearchCV(SubjectCalibratedClassifier(SVC(), n_splits=2), {}, cv=GroupKFold(2))
    evaluate_subject_independent(search, table, labels, cv=4)
    assert not [each for each in recwarn if "no subjects" in str(each.message)]
    behind = GridSearchCV(make_pipeline(StandardScaler(), search.estimator), {}, cv=GroupKFold(2))
    with pytest.raises(ValueError, match="needs the subjects inside fit"):
        evaluate_subject_independent(behind, table, labels, cv=4)
