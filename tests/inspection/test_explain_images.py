"""From pictures to explanations: which method, what is shown, and what cannot be explained."""

import numpy as np
import pytest
from sklearn.ensemble import VotingClassifier
from sklearn.linear_model import RidgeClassifier
from sklearn.pipeline import make_pipeline

from skfer.alignment import EyeLocator, FaceAligner
from skfer.datasets import make_faces
from skfer.inspection import (
    FaceExplanation,
    FaceExplanationDisplay,
    explain_images,
    grad_cam,
    occlusion_maps,
)
from skfer.pipelines import make_network_pipeline, make_pixel_knn_pipeline
from skfer.utils._opencv import cv2
from tests.small_network import SmallNetwork


@pytest.fixture(scope="module")
def data():
    return make_faces(3, 1, expressions=("happy", "sad"), random_state=0)


@pytest.fixture(scope="module")
def nearest(data):
    return make_pixel_knn_pipeline().fit(data.images, data.target)


@pytest.fixture(scope="module")
def network(data):
    pipeline = make_network_pipeline(SmallNetwork, random_state=0)
    return pipeline.set_params(classify__max_epochs=1).fit(data.images, data.target)


def test_networks_are_explained_by_grad_cam(network, data):
    (one,) = explain_images(network, data.images[:1])
    aligned = network[:-1].transform(data.images[:1])
    np.testing.assert_array_equal(one.map, grad_cam(network[-1], aligned)[0])
    np.testing.assert_array_equal(one.face, aligned["image"][0])
    assert (one.method, one.problem) == ("grad-cam", "")


def test_others_are_explained_by_occlusion(nearest, data):
    (one,) = explain_images(nearest, data.images[1:2])
    aligned = nearest[:2].transform(data.images[1:2])
    expected = occlusion_maps(nearest[2:], aligned, window=8, stride=4)[0]
    np.testing.assert_array_equal(one.map, expected)
    assert one.method == "occlusion"
    assert one.expression == nearest.predict(data.images[1:2])[0]
    assert list(one.probabilities) == ["happy", "sad"]


def test_what_cannot_be_explained_says_why_and_the_others_follow(nearest, data, tmp_path):
    broken, good = tmp_path / "broken.png", tmp_path / "good.png"
    broken.write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    cv2.imwrite(str(good), data.images[0])
    pictures = [broken, np.zeros((60, 60), np.uint8), tmp_path / "none.png", str(good)]
    problems = [one.problem for one in explain_images(nearest, pictures)]
    assert [bool(problem) for problem in problems] == [True, True, True, False]
    assert str(broken) in problems[0]
    assert problems[1] == "no face found"


def test_faces_that_are_cropped_already(data):
    faces = data.images[:, :48, :48]
    model = make_pixel_knn_pipeline(align=None).fit(faces, data.target)
    good, bad = explain_images(model, [faces[0], faces[0][:20, :20]])
    assert good.map.shape == (48, 48)
    assert bad.problem


def test_a_model_without_probabilities_is_refused(data):
    rows = data.images[:, :16, :16].reshape(len(data.images), -1)
    with pytest.raises(ValueError, match="gives no probabilities"):
        next(explain_images(RidgeClassifier().fit(rows, data.target), data.images))


@pytest.mark.parametrize("values", [0.0, 0.5])
def test_the_display_shows_face_map_and_probabilities(values):
    face = np.full((30, 20), 7, np.uint8)
    shares = {"$^$": 0.25, "sad\r": 0.75}
    one = FaceExplanation("sad", shares, face, np.full((30, 20), values), "occlusion")
    display = FaceExplanationDisplay(one, "a_b$.png").plot()
    display.figure_.canvas.draw()
    assert [text.get_text() for text in display.text_] == [
        "a_b$.png: sad",
        "$^$ 25 %",
        "sad\\r 75 %",
    ]
    np.testing.assert_array_equal(display.face_ims_[0].get_array(), face)
    assert display.map_im_.get_clim() == (-(values or 1), values or 1)


def test_a_vote_of_parts_that_align_has_no_one_face():
    data = make_faces(2, 1, expressions=("happy", "sad"), random_state=0)
    voters = [(name, make_pixel_knn_pipeline()) for name in "ab"]
    vote = VotingClassifier(voters, voting="soft").fit(data.faces, data.target)
    with pytest.raises(ValueError, match="parts of VotingClassifier align faces for themselves"):
        list(explain_images(vote, data.images[:1]))
    voters = [(name, make_pixel_knn_pipeline(align=None)) for name in "ab"]
    aligned = make_pipeline(
        EyeLocator(), FaceAligner((48, 48)), VotingClassifier(voters, voting="soft")
    )
    [one] = explain_images(aligned.fit(data.faces, data.target), data.images[:1])
    assert one.face.shape == (48, 48)
