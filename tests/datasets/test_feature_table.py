"""`load_feature_table` over tables that have the true columns of each tool."""

import shutil
import unicodedata

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import GroupKFold, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from skfer.datasets import load_feature_table
from skfer.evaluation import evaluate_cross_dataset, evaluate_subject_independent
from tests.feature_files import (
    AU_C,
    AU_R,
    LIBREFACE_DETECTED,
    LIBREFACE_INTENSITIES,
    PY_FEAT_AUS,
    libreface,
    openface_2,
    openface_3,
    py_feat,
    write,
    write_openface_2,
    write_table,
)


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """Four people, two expressions, four frames each."""
    folder = tmp_path_factory.mktemp("openface")
    for seed, subject in enumerate(("ann", "ben", "cem", "dua")):
        for number, label in enumerate(("happiness", "angry")):
            table = openface_2(seed=2 * seed + number, AU12_r=[4.0 - 3 * number] * 4)
            write_openface_2(folder / subject / label / "1.csv", table)
    return folder


@pytest.fixture
def folder(written, tmp_path):
    """The tables, to which a test may add its own."""
    return shutil.copytree(written, tmp_path, dirs_exist_ok=True)


def test_openface_2(folder):
    table = load_feature_table(folder)
    assert table.tool == "openface-2"
    assert table.data.shape == (32, 35)
    assert (table.data.dtypes == np.float32).all()
    assert table.feature_names == [f"AU{n:02}_r" for n in AU_R] + [f"AU{n:02}_c" for n in AU_C]
    assert table.target_names == ["anger", "happy"]
    assert np.unique(table.subjects).tolist() == ["ann", "ben", "cem", "dua"]
    columns = ["file", "subject", "expression", "sequence", "frame_number", "face"]
    assert table.frame.columns.tolist() == [*columns, "timestamp", "confidence"]
    first = table.frame.iloc[0]
    assert (first["file"], first["sequence"]) == ("ann/angry/1.csv", "ann/angry/1.csv")
    assert (first["frame_number"], first["confidence"]) == (1, 0.98)
    assert table.dropped.empty
    assert "32 rows of 35 features, of 4 subjects, from 8 files.\n0 rows" in table.DESCR
    assert table.frame.index.equals(table.data.index)


def test_it_goes_into_the_protocols(folder):
    table = load_feature_table(folder)
    model = make_pipeline(StandardScaler(), SVC())
    info = table.frame[["sequence"]]
    result = evaluate_subject_independent(
        model, table.data, table.target, subjects=table.subjects, info=info, cv=4
    )
    assert result.summary()["n_sequences"] == 8
    scores = cross_val_score(
        model, table.data, table.target, groups=table.subjects, cv=GroupKFold(4)
    )
    assert len(scores) == 4


def test_across_two_tables(folder, tmp_path_factory):
    other = tmp_path_factory.mktemp("other")
    for number, label in enumerate(("happy", "angry")):
        write_openface_2(other / "eva" / label / "1.csv", openface_2(seed=9 + number))
    tables = [load_feature_table(path) for path in (folder, other)]
    result = evaluate_cross_dataset(SVC(), *tables, cv=4)
    assert set(result.images["subject"]) == {"eva"}


def test_x_y_and_subjects(folder):
    data, target, subjects = load_feature_table(folder, return_X_y=True)
    assert len(data) == len(target) == len(subjects) == 32


@pytest.mark.parametrize(
    ("features", "names"),
    [
        ("landmarks", [f"{axis}_{number}" for axis in "xyXYZ" for number in range(68)]),
        ("pose", ["pose_Tx", "pose_Ty", "pose_Tz", "pose_Rx", "pose_Ry", "pose_Rz"]),
        (r"AU(06|12)_r", ["AU06_r", "AU12_r"]),
        (["p_3", "AU12_r"], ["p_3", "AU12_r"]),
    ],
)
def test_features(folder, features, names):
    assert load_feature_table(folder, features=features).feature_names == names


def test_all_features_are_the_four_groups(folder):
    names = load_feature_table(folder, features="all").feature_names
    assert len(names) == 8 + 6 + 5 * 68 + 35
    assert not any(name.startswith("p_") for name in names)


def test_only_the_columns_asked_for_are_read(folder, monkeypatch):
    read, asked = pd.read_csv, []

    def spy(*arguments, usecols, **parameters):
        asked.extend(usecols)
        return read(*arguments, usecols=usecols, **parameters)

    monkeypatch.setattr(pd, "read_csv", spy)
    load_feature_table(folder, features=["AU12_r"])
    others = {"frame", "face_id", "timestamp", "confidence", "success"}
    assert set(asked) == {"AU12_r", *others}


def test_pictures_of_openface_2(tmp_path):
    write_openface_2(tmp_path / "ann/sad/1.csv", openface_2(1, picture=True))
    write_openface_2(tmp_path / "ann/sad/2.csv", openface_2(2, picture=True))
    with pytest.raises(ValueError, match=r"ann/sad/2.csv' has several faces.*faces='largest'"):
        load_feature_table(tmp_path)
    table = load_feature_table(tmp_path, faces="largest")
    assert table.frame["file"].tolist() == ["ann/sad/1.csv", "ann/sad/2.csv"]
    assert "frame_number" not in table.frame


def test_openface_3(tmp_path):
    failed = openface_3(1, frame_index=[3], action_units=None, face_detection=None, landmarks=None)
    video = pd.concat([openface_3(3), failed.assign(gaze_yaw=np.nan, face_id=np.nan)])
    write_table(tmp_path / "ann/happy/1.csv", video)
    table = load_feature_table(tmp_path)
    assert table.tool == "openface-3"
    assert table.feature_names == [f"action_units_{number}" for number in range(8)]
    assert table.data.shape == (3, 8)
    assert table.frame["confidence"].tolist() == [0.99] * 3
    assert table.frame["input"].unique().tolist() == ["videos/ann.mp4"]
    assert table.dropped[["frame_number", "reason"]].to_numpy().tolist() == [[3, "no face"]]
    assert load_feature_table(tmp_path, features="landmarks").data.shape == (3, 196)
    with pytest.raises(ValueError, match="tables of openface-3 have no such group"):
        load_feature_table(tmp_path, features="pose")


def test_a_damaged_list(tmp_path):
    write_table(tmp_path / "ann/sad/1.csv", openface_3(2, action_units=["[[1, 2]]", "[[1, 2"]))
    with pytest.raises(ValueError, match=r"'\[\[1, 2' in column 'action_units' of line 3"):
        load_feature_table(tmp_path)
    write_table(tmp_path / "ann/sad/1.csv", openface_3(2, action_units=["[[1, 2]]", "[[1]]"]))
    with pytest.raises(ValueError, match="lengths in column 'action_units', lines 3"):
        load_feature_table(tmp_path)


def test_py_feat(tmp_path):
    table = py_feat(4)
    table.loc[1, table.columns.drop(["input", "frame", "approx_time"])] = np.nan
    write_table(tmp_path / "ann/happy/1.csv", table)
    table = load_feature_table(tmp_path)
    assert table.tool == "py-feat"
    assert table.feature_names == [f"AU{number:02}" for number in PY_FEAT_AUS]
    assert table.frame["frame_number"].tolist() == [0, 2, 3]
    assert table.frame["face"].tolist() == ["Person_0"] * 3
    assert table.dropped["reason"].tolist() == ["no face"]
    assert not any("Identity" in name for name in load_feature_table(tmp_path, features="all").data)


def test_subjects_from_the_pictures_that_py_feat_names(tmp_path):
    names = ["C:\\study\\ann_happy.png", "C:\\study\\ben_sad.png"]
    write_table(tmp_path / "all.csv", py_feat(2, input=names))
    pattern = r".*/(?P<subject>\w+)_(?P<expression>\w+)\.png"
    table = load_feature_table(tmp_path / "all.csv", pattern=pattern, match="input")
    assert table.subjects.tolist() == ["ann", "ben"]
    assert table.frame["sequence"].tolist() == [
        "all.csv: C:/study/ann_happy.png",
        "all.csv: C:/study/ben_sad.png",
    ]


def test_videos_of_one_name_are_two_sequences(tmp_path):
    for subject in ("ann", "ben"):
        write_table(tmp_path / subject / "sad" / "1.csv", py_feat(2, input="video.mp4"))
    table = load_feature_table(tmp_path)
    assert table.frame["sequence"].unique().tolist() == ["ann/sad/1.csv", "ben/sad/1.csv"]


def test_libreface(tmp_path):
    write_table(tmp_path / "ann/happy/1.csv", libreface())
    table = load_feature_table(tmp_path)
    assert table.tool == "libreface"
    names = [f"au_{number}" for number in LIBREFACE_DETECTED]
    names += [f"au_{number}_intensity" for number in LIBREFACE_INTENSITIES]
    assert table.feature_names == names
    assert table.frame["timestamp"].iloc[1] == pytest.approx(1 / 30)
    with pytest.raises(ValueError, match="the tables have no confidence"):
        load_feature_table(tmp_path, min_confidence=0.5)
    with pytest.raises(ValueError, match="do not name the picture"):
        load_feature_table(tmp_path, match="input")


def test_failed_frames(tmp_path):
    table = openface_2(
        5, success=[1, 0, 1, 1, 1], confidence=[1, 0, 0.5, 1, 1], AU12_r=[1, 0, 1, "-nan(ind)", 2]
    )
    write_openface_2(tmp_path / "ann/happy/1.csv", table)
    table = load_feature_table(tmp_path, min_confidence=0.8)
    assert table.frame["frame_number"].tolist() == [1, 5]
    assert table.dropped.columns.tolist() == ["file", "input", "frame_number", "face", "reason"]
    assert table.dropped["reason"].tolist() == [
        "success is 0",
        "confidence below 0.8",
        "no number in 'AU12_r'",
    ]
    assert len(load_feature_table(tmp_path, failed="keep").data) == 5
    with pytest.raises(ValueError, match="2 frames have failed; the first, 'ann/happy/1.csv' fra"):
        load_feature_table(tmp_path, failed="raise")


def test_nothing_left(tmp_path):
    write_openface_2(tmp_path / "ann/happy/1.csv", openface_2(success=0))
    with pytest.raises(ValueError, match=r"No row is left of 1 files: success is 0 \(4\)"):
        load_feature_table(tmp_path)
    write_openface_2(tmp_path / "ben/happy/1.csv", openface_2())
    write_openface_2(tmp_path / "ben/happy/2.csv", openface_2(0))
    with pytest.warns(UserWarning, match="left of 2 of 3 files, 'ann/happy/1.csv', 'ben/happy/2"):
        assert len(load_feature_table(tmp_path).data) == 4


def test_several_faces(tmp_path):
    rows = [openface_2(3, seed=face, face_id=face) for face in (0, 1)]
    small, big = rows[0].assign(confidence=0.9), rows[1].assign(confidence=0.8, x_0=900.0)
    write_openface_2(tmp_path / "ann/happy/1.csv", pd.concat([small, big]))
    with pytest.raises(ValueError, match="'ann/happy/1.csv' frame 1 has several faces"):
        load_feature_table(tmp_path)
    largest = load_feature_table(tmp_path, faces="largest")
    assert largest.frame["face"].tolist() == [1, 1, 1]
    assert largest.dropped["reason"].tolist() == ["another face is largest"] * 3
    confident = load_feature_table(tmp_path, faces="most-confident")
    assert confident.frame["face"].tolist() == [0, 0, 0]
    assert len(load_feature_table(tmp_path, faces="all").data) == 6


def test_labels_of_each_face(tmp_path):
    faces = [openface_2(2, seed=face, face_id=face) for face in (0, 1)]
    write_openface_2(tmp_path / "pair.csv", pd.concat(faces))
    labels = pd.DataFrame({"file": "pair.csv", "face": [0, 1], "subject": ["ann", "ben"]})
    labels = labels.assign(expression="happy", sequence=["pair-ann", "pair-ben"])
    table = load_feature_table(tmp_path / "pair.csv", labels=labels, faces="all")
    assert table.subjects.tolist() == ["ann", "ann", "ben", "ben"]


def test_the_largest_face_of_py_feat(tmp_path):
    faces = py_feat(2, frame=[7, 7], FaceRectWidth=[20.0, 200.0])
    write_table(tmp_path / "ann/happy/1.csv", faces)
    assert load_feature_table(tmp_path, faces="largest").data["AU12"].iloc[0] == pytest.approx(
        faces["AU12"].iloc[1]
    )


def test_libreface_has_no_size(tmp_path):
    write_table(tmp_path / "ann/happy/1.csv", libreface(2, frame_idx=[0, 0]))
    with pytest.raises(ValueError, match="the tables have no size of a face"):
        load_feature_table(tmp_path, faces="largest")


@pytest.mark.parametrize(("separator", "decimal"), [(";", ","), (";", "."), ("\t", ",")])
def test_european_export(tmp_path, separator, decimal):
    expected = openface_2()
    write_table(tmp_path / "ann/happy/1.csv", expected, sep=separator, decimal=decimal)
    table = load_feature_table(tmp_path, features=r"AU\d+_r")
    columns = [name for name in expected if name.endswith("_r") and name.startswith("AU")]
    np.testing.assert_allclose(table.data, expected[columns], rtol=1e-6)


def test_decimal_commas_after_many_whole_numbers(tmp_path):
    values = [0] * 30 + [0.5]
    table = pd.DataFrame({"confidence": 1, "success": 1, "AU12_r": [f"{v}" for v in values]})
    table["AU12_r"] = table["AU12_r"].str.replace(".", ",")
    write_table(tmp_path / "ann/happy/1.CSV", table, sep=";")
    data = load_feature_table(tmp_path, features=r"AU\d+_r").data
    assert data["AU12_r"].tolist() == values


def test_accents_in_names(tmp_path):
    decomposed = unicodedata.normalize("NFD", "zoë.csv")
    write_openface_2(tmp_path / decomposed, openface_2())
    labels = pd.DataFrame({"file": ["zoë.csv"], "subject": "zoë", "expression": "sad"})
    assert load_feature_table(tmp_path, labels=labels).subjects[0] == "zoë"


def test_decimal_commas_between_commas(tmp_path):
    write(tmp_path / "ann/sad/1.csv", "confidence,success,AU12_r\n0,98,1,2,50\n")
    with pytest.raises(ValueError, match="5 entries in line 2, but 3 columns.*decimal commas"):
        load_feature_table(tmp_path)


def test_intensities_that_a_spreadsheet_changed(tmp_path):
    write_openface_2(tmp_path / "ann/sad/1.csv", openface_2(AU12_r=[1, 2, 137, 0]))
    with pytest.raises(ValueError, match="up to 137 in column 'AU12_r', but openface-2 writes 0 t"):
        load_feature_table(tmp_path)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "is empty"),
        ("a,b\n1,2\n", "not a table of openface-2, .*columns are 'a', 'b'.*features="),
        ("confidence,success,pose_Tx\n1,1,1\n", "no columns of features='action-units'"),
        ("confidence,success,AU12_r\n1,1,1\n1,1,high\n", "'high' in column 'AU12_r' of line 3"),
        ("confidence,success,AU12_r\n,,\n\n1,1,high\n", "'high' in column 'AU12_r' of line 4"),
        ("confidence,success,AU12_r\n1,1\n", "2 entries in line 2, but 3 columns"),
        ("confidence,success,AU12_r,AU12_r\n1,1,1,1\n", "two columns 'AU12_r'"),
    ],
)
def test_wrong_files(tmp_path, text, message):
    write(tmp_path / "ann/sad/1.csv", text)
    with pytest.raises(ValueError, match=r"ann.sad.1\.csv'.*" + message):
        load_feature_table(tmp_path)


def test_text_of_another_encoding(tmp_path):
    (tmp_path / "1.csv").write_bytes("confidence,success,größe\n".encode("latin-1"))
    with pytest.raises(ValueError, match="is not UTF-8 text"):
        load_feature_table(tmp_path / "1.csv")


def test_a_table_of_another_tool(tmp_path):
    write(tmp_path / "ann/sad/1.csv", "frame,smile,frown\n1,0.5,2\n2,0.25,3\n")
    table = load_feature_table(tmp_path, features=["smile"])
    assert (table.tool, table.feature_names) == ("other", ["smile"])
    assert table.frame["frame_number"].tolist() == [1, 2]
    with pytest.raises(ValueError, match="no column 'grin'; its columns are 'frame', 'smile'"):
        load_feature_table(tmp_path, features=["grin"])
    with pytest.raises(ValueError, match="tables of other have no such group, but none at all"):
        load_feature_table(tmp_path, tool="other")


def test_rows_without_frames_are_frames(tmp_path):
    write(tmp_path / "ann/sad/1.csv", "smile\n0.5\n0.25\n")
    assert len(load_feature_table(tmp_path, features="smile").data) == 2


def test_tables_with_different_columns(folder):
    write_openface_2(folder / "eva/angry/1.csv", openface_2().drop(columns="AU45_c"))
    with pytest.raises(ValueError, match="different columns of features: 'AU45_c'"):
        load_feature_table(folder)
    assert len(load_feature_table(folder, features=r"AU\d+_r").data) == 36


def test_where_the_files_are(folder):
    one = folder / "ann/angry/1.csv"
    pattern = r"(?P<subject>\w+)/(?P<expression>\w+)/1.csv"
    assert len(load_feature_table(str(folder / "*/angry/*.csv"), pattern=pattern).data) == 16
    assert len(load_feature_table(str(folder / "**/*.csv")).data) == 32
    both = load_feature_table([one, folder / "ben/angry/1.csv"])
    assert both.frame["file"].unique().tolist() == ["ann/angry/1.csv", "ben/angry/1.csv"]
    single = load_feature_table(
        one, pattern=r"(?P<expression>(?P<subject>1))\.csv", **{"canonical_labels": False}
    )
    assert single.target_names == ["1"]


@pytest.mark.parametrize("paths", ["missing.csv", "*.csv", ".", []])
def test_no_such_files(tmp_path, monkeypatch, paths):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(FileNotFoundError, match="There is no file|Found no CSV files"):
        load_feature_table(paths)


def test_labels_in_a_second_table(folder):
    files = ["ann/angry/1.csv", "ben/angry/1.csv"]
    labels = pd.DataFrame({"file": files, "subject": [7, 8], "expression": "fear", "age": [30, 40]})
    table = load_feature_table(folder, labels=labels)
    assert np.unique(table.subjects).tolist() == ["7", "8"]
    assert table.frame["age"].unique().tolist() == ["30", "40"]
    columns = ["file", "subject", "expression", "sequence", "frame_number", "face", "timestamp"]
    assert table.frame.columns.tolist() == [*columns, "confidence", "age"]
    assert len(table.dropped) == 24
    assert set(table.dropped["reason"]) == {"not in labels"}
    labels.to_csv(folder / "labels.csv", index=False)
    again = load_feature_table(folder, labels=folder / "labels.csv")
    pd.testing.assert_frame_equal(again.frame, table.frame)


def test_labels_of_each_frame(folder):
    labels = pd.DataFrame({"file": "ann/angry/1.csv", "frame_number": [1, 4], "subject": "ann"})
    table = load_feature_table(folder, labels=labels.assign(expression=["neutral", "anger"]))
    assert table.target.tolist() == ["neutral", "anger"]
    lost = pd.DataFrame({"file": ["ann/angry/1.csv"], "frame_number": 99, "subject": "ann"})
    lost = pd.concat([labels, lost]).assign(expression="anger")
    dropped = load_feature_table(folder, labels=lost).dropped
    row = dropped[dropped["reason"] == "in labels, but not in the tables"]
    assert row["frame_number"].astype(int).tolist() == [99]
    with pytest.raises(ValueError, match="has several expressions, but aggregate='mean'"):
        load_feature_table(
            folder, labels=labels.assign(expression=["neutral", "anger"]), aggregate="mean"
        )


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"file": ["ann/angry/1.csv", "x.csv"]}, "names 1 that are not in the tables.*'x.csv'"),
        ({"file": ["ann/angry/1.csv"] * 2}, "two rows for ann/angry/1.csv"),
        ({"subject": ["ann", None]}, "empty entries: 'subject' in row 1"),
        ({"sequence": ["1", None]}, "empty entries: 'sequence' in row 1"),
        ({"confidence": 1}, "gives 'confidence', which the tables"),
        ({"input": "a.mp4"}, "has the column 'input', which the tables of features do not note"),
    ],
)
def test_bad_labels(folder, changes, message):
    labels = pd.DataFrame({"file": ["ann/angry/1.csv", "ben/angry/1.csv"]})
    labels = labels.assign(subject=["ann", "ben"], expression="fear").assign(**changes)
    with pytest.raises(ValueError, match=message):
        load_feature_table(folder, labels=labels)


def test_bad_labels_in_a_file(folder):
    (folder / "labels.csv").write_text("file,subject,expression\nann/angry/1.csv,ann,\n")
    with pytest.raises(ValueError, match="labels.csv' has an empty .* 'expression' in line 2"):
        load_feature_table(folder, labels=folder / "labels.csv")


def test_labels_without_keys(folder):
    labels = pd.DataFrame({"subject": ["a"], "expression": ["sad"]})
    with pytest.raises(ValueError, match="needs the columns .*'file' or 'input'"):
        load_feature_table(folder, labels=labels)


def test_pattern_that_does_not_match(folder, tmp_path_factory):
    with pytest.raises(ValueError, match="matches 0 of the 8 tables in"):
        load_feature_table(folder, pattern=r"(?P<subject>\d+)(?P<expression>)")
    nameless = tmp_path_factory.mktemp("nameless")
    write_openface_2(nameless / "1.csv", openface_2())
    with pytest.raises(ValueError, match="or a table of the labels by labels="):
        load_feature_table(nameless)


def test_unknown_expression(folder):
    write_openface_2(folder / "ann/bored/1.csv", openface_2())
    with pytest.raises(ValueError, match=r"Unknown expression 'bored' \('ann/bored/1.csv'"):
        load_feature_table(folder)


def test_unknown_subject(folder):
    write_openface_2(folder / "unknown/angry/1.csv", openface_2())
    with pytest.raises(ValueError, match="unknown/angry/1.csv': 'unknown' names no subje"):
        load_feature_table(folder)


def test_one_row_a_sequence(folder):
    frames = load_feature_table(folder)
    table = load_feature_table(folder, aggregate="mean")
    assert table.data.shape == (8, 35)
    assert table.frame["n_frames"].tolist() == [4] * 8
    assert "frame_number" not in table.frame
    expected = frames.data.groupby(frames.frame["sequence"]).mean()
    np.testing.assert_allclose(table.data, expected, rtol=1e-6)
    assert (load_feature_table(folder, aggregate="std").data["AU12_r"] == 0).all()


def test_a_sequence_of_two_people(folder):
    pattern = r"(?P<subject>\w+)/(?P<expression>\w+)/(?P<sequence>\d)\.csv"
    with pytest.raises(ValueError, match="sequences are of several subjects"):
        load_feature_table(folder, pattern=pattern)
