"""`skfer compare`: pairs of methods from files, and what cannot be compared."""

import json

import pandas as pd
import pytest
from sklearn.dummy import DummyClassifier

from skfer.cli._main import main
from skfer.evaluation import compare_results, load_results
from tests.stored_results import nearest, store_results


@pytest.fixture
def good(tmp_path):
    return store_results(tmp_path / "good", {"5-NN": nearest(5)})


@pytest.fixture
def bad(tmp_path):
    return store_results(tmp_path / "bad", {"dummy": DummyClassifier()})


def compare(*arguments):
    return main(["compare", *map(str, arguments)])


def test_the_better_method_is_named(good, bad, capsys):
    assert compare(good / "results.json", bad) == 0
    out = capsys.readouterr().out
    assert "made: 72 images, 12 subjects" in out
    assert "5-NN is better than dummy (" in out
    assert compare(bad, good) == 0
    assert "5-NN is better than dummy (" in capsys.readouterr().out


def test_equal_methods_are_not_told_apart(good, tmp_path, capsys):
    store_results(tmp_path / "again", {"5-NN": nearest(5)})
    assert compare(good, tmp_path / "again") == 0
    names = f"5-NN ({good}) and 5-NN ({tmp_path / 'again'})"
    assert (
        f"It is not shown that {names} differ (0.00 points, p = 1.000)." in capsys.readouterr().out
    )


def test_json_and_csv_are_the_frame_of_the_library(good, bad, tmp_path, capsys):
    assert compare(good, bad, "--json", "--csv", tmp_path / "pairs.csv") == 0
    document = json.loads(capsys.readouterr().out)
    expected = compare_results([*load_results(good), *load_results(bad)])
    (row,) = document["comparisons"]
    assert row.pop("dataset") == "made"
    assert row == expected.astype(object).where(expected.notna(), None).to_dict("records")[0]
    written = pd.read_csv(tmp_path / "pairs.csv").drop(columns="dataset")
    pd.testing.assert_frame_equal(written, expected, check_dtype=False)
    assert [entry["source"] for entry in document["results"]] == [str(good), str(bad)]


def test_data_sets_are_compared_apart_and_together(tmp_path, capsys):
    methods = {"5-NN": nearest(5), "dummy": DummyClassifier()}
    one = store_results(tmp_path / "one", methods, dataset="ck48")
    two = store_results(tmp_path / "two", methods, dataset="jaffe", n_subjects=8)
    assert compare(one, two) == 0
    out = capsys.readouterr().out
    assert "ck48: 72 images, 12 subjects" in out
    assert "jaffe: 48 images, 8 subjects" in out
    assert "ck48 and jaffe together\n5-NN is better than dummy" in out


@pytest.mark.parametrize("width", [40, 80])
def test_a_narrow_terminal(good, bad, capsys, monkeypatch, width):
    monkeypatch.setenv("COLUMNS", str(width))
    assert compare(good, bad) == 0
    table = capsys.readouterr().out.split("5-NN is better")[0]
    assert max(map(len, table.splitlines())) <= width


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"dataset": "jaffe"}, "different data sets, 'made', 'jaffe', which cannot be compared"),
        ({"n_subjects": 8}, "72 and 48 images, 48 of them with the same file, subject and"),
        ({"n_repeats": 2}, "have 1 and 2 repeats and cannot be compared"),
    ],
)
@pytest.mark.filterwarnings("ignore:Each of the")
def test_what_cannot_be_compared_is_refused(good, tmp_path, capsys, options, words):
    other = store_results(tmp_path / "other", {"1-NN": nearest(1)}, **options)
    code = compare(good, other)
    err = capsys.readouterr().err
    assert code == 2
    assert words in err


def test_one_method_is_not_enough(good, capsys):
    assert compare(good, good / "results.json") == 2
    assert "needs two methods" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("results.json", None, "There is no '"),
        ("results.json", "[]", "is not a results.json of `skfer evaluate`"),
        ("results.json", '{"metadata": ', "is not a results.json of `skfer evaluate`"),
        ("images.csv", "a,b", "is not a results.json of `skfer evaluate`"),
    ],
)
def test_other_files_are_refused(good, tmp_path, capsys, name, content, words):
    file = tmp_path / "x" / name
    file.parent.mkdir()
    if content is not None:
        file.write_text(content)
    assert compare(good, file) == 2
    assert words in capsys.readouterr().err
