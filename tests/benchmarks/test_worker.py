"""A rival in another process: it answers, gives its output, and says why it fails."""

import json
import sys

import numpy as np
import pytest

from benchmarks import _environments


@pytest.fixture
def environment(tmp_path, monkeypatch):
    """An environment whose Python is this one, and in which one package is missing."""
    python = tmp_path / "here" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    report = {"missing": {"absent==1": "no matching distribution"}}
    (tmp_path / "here" / _environments.REPORT).write_text(json.dumps(report))
    monkeypatch.setattr(_environments, "FOLDER", tmp_path)
    return "here"


def test_a_rival_runs_elsewhere(environment):
    pictures = np.full((2, 40, 40), 128, np.uint8)
    rival = _environments.Remote(environment, "cv2", "eyes:with_cascades", pictures=pictures)
    rival()
    assert np.isnan(rival.output()).all()
    rival.close()
    assert rival.process.returncode == 0


def test_a_rival_that_fails_says_why(environment):
    with pytest.raises(_environments.MissingRival, match="TypeError"):
        _environments.Remote(environment, "cv2", "eyes:with_cascades", nothing=0)
    with pytest.raises(_environments.MissingRival, match="absent==1 does not install here: no m"):
        _environments.Remote(environment, "absent", "eyes:with_cascades")
