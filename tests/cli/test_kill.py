"""A run that is killed, however often and whenever, goes on to the same results."""

import signal

import numpy as np
import pytest

from skfer.datasets import load_image_folder
from skfer.persistence import load_model, read_card
from tests.cli.conftest import assert_equal_results
from tests.forks import FORKS, end_command, end_command_at_call, needs_fork, run_fork


def run_killed(kills, folder, *arguments):
    """Run a command that is killed each time, once to the end, and once without a kill."""
    resumed = [*arguments, "--resume", "--out", folder / "killed"]
    codes = [run_fork(end_command, resumed, n) for n in [*kills, 0]]
    codes.append(run_fork(end_command, [*arguments, "--out", folder / "whole"]))
    assert codes == [-signal.SIGKILL] * len(kills) + [0, 0]


@needs_fork
def test_killed_runs_go_on_to_equal_results(image_folder, tmp_path):
    # In the first fold, the second, the third, the tables, and twice in the report.
    kills = [2, 3, 4, 5, 2, 1]
    run_killed(kills, tmp_path, *evaluation_of(image_folder))
    check_equal_folders(tmp_path / "killed", tmp_path / "whole")


@needs_fork
@pytest.mark.slow
def test_runs_killed_at_random_moments_go_on_to_equal_results(image_folder, tmp_path):
    rng = np.random.default_rng(0)
    arguments = evaluation_of(image_folder)
    calls = FORKS.Value("q", 0)
    # The caches of Python and of libraries are warm in the second run, and count less.
    for name in ("first", "whole"):
        calls.value = 0
        assert run_fork(end_command_at_call, [*arguments, "--out", tmp_path / name], 0, calls) == 0
    for moment in rng.integers(1, calls.value, size=10):
        killed = [*arguments, "--resume", "--out", tmp_path / str(moment)]
        calls.value = 0
        code = run_fork(end_command_at_call, killed, moment, calls)
        assert code == -signal.SIGKILL, moment
        assert run_fork(end_command, killed) == 0, moment
        check_equal_folders(tmp_path / str(moment), tmp_path / "whole")


def evaluation_of(image_folder):
    arguments = ["evaluate", image_folder, "--method", "pixel-1nn"]
    return [*arguments, "--folds", "3", "--set", "cropped=true"]


def check_equal_folders(killed, whole):
    assert_equal_results(killed, whole)
    assert sorted(path.name for path in whole.iterdir()) == sorted(
        path.name for path in killed.iterdir() if not path.name.startswith(".skfer-")
    )


@needs_fork
def test_killed_trainings_go_on_to_equal_models(image_folder, tmp_path):
    # In the first fold, the second, the third, and twice where the model is written.
    kills = [2, 3, 4, 1, 2]
    arguments = ["fit", image_folder, "--cropped", "--method", "pixel-1nn"]
    run_killed(kills, tmp_path, *arguments, "--evaluate", "--folds", "3")
    data = load_image_folder(image_folder, cropped=True)
    cards, probabilities = [], []
    for name in ("killed", "whole"):
        cards.append(read_card(tmp_path / name))
        probabilities.append(load_model(tmp_path / name).predict_proba(data.faces))
        for key in ("saved", "command"):
            del cards[-1][key]
    assert cards[0] == cards[1]
    np.testing.assert_array_equal(*probabilities)
    assert not list(tmp_path.glob(".*.folds"))
