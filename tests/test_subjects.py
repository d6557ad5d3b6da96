import unicodedata

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import VotingClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler
from sklearn.svm import SVC

from skfer._subjects import drop_subjects, known_subjects, subject_ids
from skfer.classifiers import SubjectCalibratedClassifier
from skfer.classifiers._validation import hold_out_subjects
from skfer.datasets import load_image_folder
from skfer.evaluation import check_leakage, evaluate_image_split, subject_folds
from skfer.faces import make_face_array, with_fields
from skfer.features import SubjectNormalizer
from skfer.utils._doubtful_subjects import warn_doubtful_subjects
from tests.image_files import write_image

UNKNOWN = ["", " ", "nan", "NaN", "None", "N/A", "<NA>", "NULL", "unknown", "Unknown", "?", "-"]
UNKNOWN += ["NaT", "-1", "-999", "(null)", "N.A.", -1, None, np.nan, pd.NA, pd.NaT]
UNKNOWN += [np.datetime64("NaT")]
STACK = np.zeros((4, 8, 8), np.uint8)

texts = st.sampled_from(["S1", "Zoë", "anna", "NA", "001", "Ana Ñ", "x" * 60])
spellings = st.tuples(
    st.sampled_from(["NFC", "NFD"]),
    st.sampled_from(["", " ", "\ufeff", "\t"]),
    st.sampled_from(["", "  ", "\n", "\u200b", "\u200b \u200b"]),
)
text_containers = st.sampled_from(
    [list, tuple, np.array, pd.Series, pd.Categorical, lambda v: np.array(v, object)]
    + [lambda v: pd.Series(v, dtype="string"), lambda v: pd.DataFrame({"subject": v})]
    + [lambda v: np.array(v)[:, None], lambda v: pd.Series(v, dtype="category")]
)
number_containers = st.sampled_from(
    [list, np.array, pd.Series, lambda v: np.array(v, np.uint8), lambda v: np.array(v, ">i4")]
    + [lambda v: np.array(v, np.float16), lambda v: pd.Series(v, dtype="Int64")]
    + [pd.Categorical, lambda v: np.array(v, object), lambda v: np.array(v, float)]
)


@settings(deadline=None)
@given(st.lists(st.tuples(texts, spellings), min_size=1, max_size=6), text_containers)
def test_text_in_any_container_and_spelling_is_one_id(people, container):
    written = [
        before + unicodedata.normalize(form, name) + after for name, (form, before, after) in people
    ]
    assert subject_ids(container(written)).tolist() == [name for name, _ in people]


@settings(deadline=None)
@given(st.lists(st.integers(0, 127), min_size=1, max_size=6), number_containers)
def test_numbers_in_any_container_are_one_id(numbers, container):
    assert subject_ids(container(numbers)).tolist() == [str(number) for number in numbers]


@pytest.mark.parametrize("unknown", UNKNOWN, ids=repr)
def test_unknown_is_refused_by_sample_number_everywhere(unknown):
    column = pd.Series(["a", "b", unknown, "b"], dtype=object)
    y = np.array(["happy", "sad"] * 2)
    faces = make_face_array(STACK, subject=column)
    assert faces["subject"].tolist() == ["a", "b", "", "b"]
    for refused in (
        lambda: subject_folds(y, column, cv=2),
        lambda: check_leakage([([0], [1])], column),
        lambda: hold_out_subjects(None, y, column, 0.5, 0),
        lambda: hold_out_subjects(faces, y, None, 0.5, 0),
        lambda: evaluate_image_split(None, STACK, y, column),
    ):
        with pytest.raises(ValueError, match="1 of 4 images have no subject.*sample 2"):
            refused()


def test_missing_numbers_and_masks_are_unknown():
    for column in (
        [1.0, np.nan],
        pd.Series([1, None], dtype="Int64"),
        np.ma.array([1, 2], mask=[0, 1]),
    ):
        assert subject_ids(column).tolist() == ["1", ""]


@pytest.mark.parametrize(
    ("column", "message"),
    [
        ([1, "1"], "two types: sample 0 has 1, sample 1 has '1'"),
        (np.array(["a", None, 2], object), "two types: sample 0 has 'a', sample 2 has 2"),
        ([1, 2.5], "Sample 1 has the subject 2.5"),
        ([True, False], "Sample 0 has the subject True"),
        ([1.0, np.inf], "Sample 1 has the subject inf"),
        (["a", ["b"]], "Sample 1 has the subject"),
        ([pd.Timestamp("2020-01-01")], "Sample 0 has the subject Timestamp"),
        (np.zeros((2, 2)), "1d array"),
    ],
)
def test_what_names_no_one_is_refused(column, message):
    with pytest.raises(ValueError, match=message):
        subject_ids(column)


def test_two_spellings_of_a_person_do_not_cross_the_split():
    people = ["Zoe\u0308", "Zo\u00eb", "Amy", "Amy ", "Ben"]
    with pytest.raises(ValueError, match="2 subjects in training and test: 'Amy', 'Zoë'"):
        check_leakage([([0, 2, 4], [1, 3])], people)


def test_ids_that_are_assigned_to_a_face_array_are_kept_or_refused():
    faces = make_face_array(STACK)
    faces["subject"] = ["anna", "amir", "ben", "bob"]
    assert known_subjects(faces).tolist() == ["anna", "amir", "ben", "bob"]
    names = [f"person-with-a-very-long-name-number-{number}" for number in range(4)]
    faces["subject"] = names
    with pytest.raises(ValueError, match="Sample 0 .* fills its field of 32 .*with_fields"):
        known_subjects(faces)
    assert known_subjects(with_fields(faces, subject=names)).tolist() == names
    assert known_subjects(make_face_array(STACK, subject=names)).tolist() == names


@pytest.mark.parametrize("people", [["p", "p", "q", "q"], ["p", "q", "r", "r"]])
def test_two_columns_that_contradict_each_other_are_refused(people):
    faces = make_face_array(STACK, subject=["c0", "c1", "c2", "c3"])
    faces["subject"][3] = "c2" if people[2] == "p" else faces["subject"][3]
    with pytest.raises(ValueError, match="contradict each other"):
        known_subjects(faces, people)
    with pytest.raises(ValueError, match="contradict each other"):
        hold_out_subjects(faces, np.array(["a", "b"] * 2), people, 0.5, 0)


def test_other_names_for_the_same_people_are_taken():
    faces = make_face_array(STACK, subject=["a", "b", "", "b"])
    assert known_subjects(faces, [1, 2, 2, 2]).tolist() == ["1", "2", "2", "2"]


@pytest.mark.parametrize(
    ("subjects", "message"),
    [
        (["S001", "s001", "B"], r"_: 'S001' and 's001'\. If"),
        (["1", "01", "2", "B", "b"], "_: '01' and '1'; 'B' and 'b'"),
        (["S 1", "S1", "S2"], "differ only in"),
        (["train", "test"], "look like the parts of a split, not like people: 'test', 'train'"),
        (["PublicTest", "PrivateTest"], "look like the parts"),
        (["fold0", "fold1"], "look like the parts"),
        (["test_set", "train-data"], "look like the parts"),
        (["1", "1.0"], "differ only in"),
        (["José", "Jose"], "differ only in"),
        (["S-1", "S_1"], "differ only in"),
        (["anna", "an\u200bna"], "differ only in"),
        (["1", "+1"], "differ only in"),
    ],
)
def test_doubtful_ids_are_warned_of(subjects, message):
    with pytest.warns(UserWarning, match=message):
        warn_doubtful_subjects(subjects)
    with pytest.warns(UserWarning, match=message):
        subject_folds(["happy", "sad"] * len(subjects), np.repeat(subjects, 2), cv=2)


@pytest.mark.filterwarnings("error")
def test_ordinary_ids_are_not_warned_of():
    warn_doubtful_subjects(["S001", "S010", "S100", "valerie", "a1_2", "a12", "10", "100"])


def test_folders_of_a_split_are_warned_of(tmp_path):
    for number, name in enumerate(("train/happy/1.png", "test/happy/1.png")):
        write_image(tmp_path / name, number)
    with pytest.warns(UserWarning, match="look like the parts of a split"):
        load_image_folder(tmp_path)


@pytest.mark.parametrize(
    ("estimator", "is_kept"),
    [
        (None, False),
        (make_pipeline(StandardScaler(), SVC()), False),
        (Pipeline([("subject", StandardScaler()), ("svc", SVC())]), False),
        (GridSearchCV(make_pipeline(SubjectNormalizer(), SVC()), {}), True),
        (SubjectNormalizer("person"), False),
        (make_pipeline(ColumnTransformer([("id", "drop", ["subject"])]), SVC()), True),
        (GridSearchCV(SVC(), {"kernel": ["linear"]}), False),
        (GridSearchCV(SubjectCalibratedClassifier(SVC()), {"n_splits": [2]}), True),
        # The scaler hands on an array, so the column would be a feature and no subject.
        (make_pipeline(StandardScaler(), SubjectCalibratedClassifier(SVC())), False),
        # They choose columns themselves, perhaps by position.
        (make_pipeline(ColumnTransformer([("signal", "passthrough", [0])]), SVC()), True),
        (make_pipeline(FunctionTransformer(lambda X: X.drop(columns="subject")), SVC()), True),
        (VotingClassifier([("a", SVC()), ("b", "drop")]), False),
        (VotingClassifier([("a", SubjectCalibratedClassifier(SVC())), ("b", "drop")]), True),
    ],
)
def test_the_column_of_subjects_is_for_who_asks_for_it(estimator, is_kept):
    X = pd.DataFrame({"AU12": [1.0], "subject": ["ann"]})
    assert ("subject" in drop_subjects(X, estimator)) == is_kept
    assert "subject" in X


def test_parallel_estimators_that_treat_the_column_differently_are_refused():
    X = pd.DataFrame({"AU12": [1.0], "subject": ["ann"]})
    vote = VotingClassifier([("own", SubjectCalibratedClassifier(SVC())), ("other", SVC())])
    with pytest.raises(ValueError, match="'own' of VotingClassifier uses .* Begin 'other' with"):
        drop_subjects(X, vote)


class OtherFrame:
    """What skfer sees of a DataFrame of polars."""

    columns = ("AU12", "subject")
    shape = (2, 2)
    __module__ = "polars.dataframe.frame"
    to_pandas = None

    def __len__(self):
        return 2

    def __getitem__(self, rows):
        raise NotImplementedError


@pytest.mark.parametrize(
    ("name", "use"),
    [
        ("X", lambda frame: SubjectNormalizer().fit(frame)),
        ("X", lambda frame: SubjectCalibratedClassifier(SVC()).fit(frame, [0, 1])),
        ("X", lambda frame: evaluate_image_split(SVC(), frame, [0, 1], cv=2)),
        ("info", lambda frame: evaluate_image_split(SVC(), [[0], [1]], [0, 1], [0, 1], info=frame)),
    ],
)
def test_frames_of_other_libraries_get_a_remedy(name, use):
    with pytest.raises(
        ValueError, match=rf"{name} is a OtherFrame of polars.*{name}.to_pandas\(\)"
    ):
        use(OtherFrame())
