from collections import Counter

import numpy as np
import pytest


@pytest.fixture
def check_photographs():
    """Check what every reader of photographs gives of a complete copy."""

    def check(data, labels, subjects, columns, n_duplicates=0, redistributable=False):
        n_images = sum(labels.values())
        assert data.faces.shape == data.target.shape == data.subjects.shape == (n_images,)
        assert data.target.dtype.kind == data.subjects.dtype.kind == "U"
        assert Counter(data.target.tolist()) == labels
        assert data.target_names == sorted(labels)
        assert np.unique(data.subjects).tolist() == subjects
        assert data.frame.columns.tolist() == ["path", "subject", "expression", *columns]
        assert data.faces["image"].tolist() == data.frame["path"].tolist()
        assert data.images is None
        assert len(data.duplicates) == n_duplicates
        assert data.redistributable == redistributable
        assert not data.cropped

    return check
