"""Progress: a bar that moves within a fold on a terminal, a line for each fold elsewhere."""

import io
import re
from types import SimpleNamespace

import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from skfer.classifiers import NetworkClassifier, SubjectCalibratedClassifier
from skfer.descriptors import PixelDescriptor
from skfer.evaluation import _fold_progress, evaluate_subject_independent
from skfer.evaluation._fold_progress import fold_progress
from tests.small_network import SmallNetwork


class Terminal(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def screen(monkeypatch):
    screen = Terminal()
    monkeypatch.setattr(_fold_progress, "sys", SimpleNamespace(stderr=screen))
    return screen


@pytest.fixture
def every_change(monkeypatch):
    """Draw the bar at each change, not only every tenth of a second."""
    bar = _fold_progress.tqdm
    monkeypatch.setattr(
        _fold_progress, "tqdm", lambda **options: bar(**options, mininterval=0, ncols=200)
    )


@pytest.fixture
def network():
    return NetworkClassifier(SmallNetwork, max_epochs=3, random_state=0)


def test_the_epochs_of_each_fold_are_shown(faces, y, screen, every_change, network):
    evaluate_subject_independent(network, faces, y, cv=2, verbose=1)
    shown = re.findall(r"(\d)/2 .*?(epoch \d of 3)?\]", screen.getvalue())
    epochs = [f"epoch {number} of 3" for number in (1, 2, 3)]
    assert [each for each in shown if each[1]] == [(n, each) for n in "01" for each in epochs]
    assert shown[-1] == ("2", "")


def test_steps_and_calibration_are_shown(faces, y, screen, every_change):
    classifier = SubjectCalibratedClassifier(LogisticRegression())
    pipeline = make_pipeline(PixelDescriptor(), classifier)
    evaluate_subject_independent(pipeline, faces, y, cv=2, verbose=1)
    assert "pixeldescriptor" in screen.getvalue()
    assert "calibration 5 of 5" in screen.getvalue()


@pytest.mark.parametrize("n_jobs", [1, 2])
def test_a_line_for_each_fold_where_there_is_no_terminal(faces, y, capsys, network, n_jobs):
    method = {"net": network}
    evaluate_subject_independent(method, faces, y, cv=2, n_jobs=n_jobs, verbose=1)
    err = capsys.readouterr().err
    assert re.fullmatch(r"net: 1 of 2 folds, \d+ s\nnet: 2 of 2 folds, \d+ s\n", err)


def test_kept_folds_are_counted_and_no_work_shows_nothing(data, tmp_path, capsys, screen):
    def run(**options):
        evaluate_subject_independent(
            LogisticRegression(), *data, cv=4, memory=tmp_path, verbose=1, **options
        )
        text = screen.getvalue()
        screen.truncate(0)
        return text

    run(only_folds=[0, 1])
    assert "2/4" in run()
    assert run() == ""


def test_silence(data, screen):
    evaluate_subject_independent(LogisticRegression(), *data, cv=4)
    with fold_progress("method", 3, 3, verbose=1) as finish:
        finish()
    assert screen.getvalue() == ""
