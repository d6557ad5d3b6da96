from contextlib import contextmanager

import pytest

from skfer.classifiers import NetworkClassifier
from skfer.datasets import make_face_sequences, make_faces
from skfer.pipelines import make_gabor_svm_pipeline, make_phog_top_svm_pipeline
from skfer.reproduction import _methods
from skfer.reproduction._experiments import Settings, StudySet
from tests.reproduction.tiny_network import TINY_NETWORKS


@pytest.fixture(scope="module")
def tiny_networks():
    """Put tiny networks and a simple system in the place of the paper's; no figures on screen."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_methods, "_NETWORKS", TINY_NETWORKS)
        # Gu's learns from more images than these sets have.
        patch.setitem(_methods._OTHERS, "radial-encoding", make_gabor_svm_pipeline)
        for name, make in (
            ("boosted-belief", make_gabor_svm_pipeline),
            ("expressionlet", make_phog_top_svm_pipeline),
        ):
            patch.setitem(_methods._SEEDED, name, without_seed(make))
        patch.setenv("MPLBACKEND", "agg")
        yield


def without_seed(make):
    return lambda align, random_state: make(align=align)


@contextmanager
def counted_fits(stop_at=None):
    """Count the fits of networks; the one numbered `stop_at` ends like Ctrl-C."""
    fit, numbers = NetworkClassifier.fit, []

    def counted(self, X, y, **parameters):
        if len(numbers) == stop_at:
            raise KeyboardInterrupt
        numbers.append(len(numbers))
        return fit(self, X, y, **parameters)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(NetworkClassifier, "fit", counted)
        yield numbers


def make_settings(folder, **changes):
    """Two folds and one epoch; finished folds are kept in a folder that is made."""
    (folder / "cache").mkdir(exist_ok=True)
    return Settings(n_folds=2, max_epochs=1, memory=folder / "cache", **changes)


def make_set(title, make, seed, **shown):
    data = make(3, 2, image_size=(48, 48), random_state=seed, **shown)
    info = data.frame[["sequence"]]
    return StudySet(title, data.faces, data.target, data.subjects, info, 3, cropped=True)


@pytest.fixture(scope="module")
def sets():
    """Crops that stand for CK+ and for JAFFE; the subjects have the same names in both."""
    shown = {"expressions": ("happy", "sad", "surprise"), "n_frames": 2}
    sets = {
        "ckplus": make_set("made up", make_faces, 1),
        "ckplus-sequences": make_set("made up sequences", make_face_sequences, 1, **shown),
        "jaffe": make_set("faces", make_faces, 2),
    }
    assert set(sets["ckplus"].subjects) == set(sets["jaffe"].subjects)
    return sets
