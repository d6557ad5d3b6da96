import matplotlib.pyplot as plt
import numpy as np
import pytest

from skfer.alignment import EyeLocator, FaceAligner
from skfer.datasets import make_faces
from skfer.faces import make_face_array, with_fields
from skfer.inspection import AlignmentDisplay


@pytest.fixture(scope="module")
def faces():
    images = make_faces(1, 1, image_size=(96, 96), random_state=0).images
    locator = EyeLocator(on_missing="skip", landmarks=True)
    return locator.fit_transform([*images[:3], np.zeros((60, 80), np.uint8)])


def captions(display):
    return [text.get_text() for text in display.text_]


def test_missing_first_then_by_confidence(faces):
    shown = captions(AlignmentDisplay.from_faces(faces, names=list("abcd")))
    assert shown[0] == "d: no eyes"
    confidence = [float(caption.split(": ")[1]) for caption in shown[1:]]
    assert confidence == sorted(confidence)
    assert sorted(caption[0] for caption in shown) == list("abcd")


def test_eyes_are_drawn_where_they_are(faces):
    known = faces[:1]
    marks = AlignmentDisplay.from_faces(known).eye_marks_.get_offsets()
    scale = 160 / 96
    np.testing.assert_allclose(marks[:2], (known["eyes"][0] + 0.5) * scale - 0.5 + (0, 26))
    assert (marks[2:, 0] > 160).all()
    assert np.ptp(marks[2:, 1]) < 1e-6  # aligned: the eyes are level


def test_landmarks_are_drawn_where_there_are_any(faces):
    marks = AlignmentDisplay.from_faces(faces[:2]).landmark_marks_.get_offsets()
    assert 2 * 2 * 24 < len(marks) <= 2 * 2 * 32  # what the crop leaves out is not drawn
    plain = make_face_array(list(faces["image"][:2]), faces["eyes"][:2])
    display = AlignmentDisplay.from_faces(plain)
    assert len(display.landmark_marks_.get_offsets()) == 0
    assert captions(display) == ["0", "1"]


def test_picture_before_and_after(faces):
    display = AlignmentDisplay.from_faces(faces[:1], FaceAligner((32, 32), rotate=False, crop=None))
    sheet = display.im_.get_array()
    before, after = sheet[26:, :160], sheet[26:, 160:320]
    assert abs(before.astype(float) - after).mean() < 20 < before.std()


def test_number_of_faces_and_axes_are_those_asked_for(faces):
    _, ax = plt.subplots()
    display = AlignmentDisplay.from_faces(faces, n_faces=2, ax=ax)
    assert len(display.text_) == 2
    assert display.ax_ is ax
    with pytest.raises(ValueError, match="no faces"):
        AlignmentDisplay.from_faces(faces[:0])


def test_the_middle_frame_of_a_sequence_is_drawn(faces):
    still = with_fields(faces[:1], image=[faces["image"][0]])
    sequence = with_fields(still, image=[[np.zeros((96, 96), np.uint8), faces["image"][0]]])
    sheets = [AlignmentDisplay.from_faces(shown).im_.get_array() for shown in (still, sequence)]
    np.testing.assert_array_equal(*sheets)
