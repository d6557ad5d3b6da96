import pickle

import numpy as np
import pytest

from skfer.faces import is_face_array, make_face_array, with_fields


def test_stack_gives_a_fixed_field_and_sequence_an_object_field():
    stack = np.arange(24, dtype=np.uint8).reshape(2, 3, 4)
    fixed = make_face_array(stack)
    assert fixed.dtype["image"].shape == (3, 4)
    ragged = make_face_array([stack[0], stack[1][:2], "face.png"])
    assert ragged.dtype["image"].hasobject
    assert ragged["image"][1].shape == (2, 4)
    assert ragged["image"][2] == "face.png"


def test_images_of_one_size_stay_separate_objects():
    image = np.zeros((3, 4), np.uint8)
    faces = make_face_array([image, image])
    assert faces["image"][1] is image


def test_indexing_and_pickling_lose_nothing():
    eyes = np.arange(12.0).reshape(3, 2, 2)
    faces = make_face_array(np.zeros((3, 4, 4)), eyes, ["a", "b", "c"])
    again = pickle.loads(pickle.dumps(faces[[2, 0]]))
    assert again["subject"].tolist() == ["c", "a"]
    np.testing.assert_array_equal(again["eyes"], eyes[[2, 0]])


def test_unknown_eyes_are_nan_and_unknown_subjects_empty():
    faces = make_face_array(np.zeros((2, 4, 4)))
    assert np.isnan(faces["eyes"]).all()
    assert faces["subject"].tolist() == ["", ""]


def test_with_fields_keeps_fields_that_a_step_added():
    faces = make_face_array(np.zeros((2, 4, 4)), subject=["a", "b"])
    wider = np.empty(2, dtype=[*faces.dtype.descr, ("confidence", float)])
    for name in faces.dtype.names:
        wider[name] = faces[name]
    wider["confidence"] = [0.1, 0.9]
    eyes = np.ones((2, 2, 2))
    replaced = with_fields(wider, image=np.ones((2, 8, 8), np.float32), eyes=eyes)
    assert replaced["confidence"].tolist() == [0.1, 0.9]
    assert replaced["image"].dtype == np.float32
    np.testing.assert_array_equal(replaced["eyes"], eyes)


@pytest.mark.parametrize(
    "other", [np.zeros((2, 4, 4)), [1, 2], None, np.zeros(2, dtype=[("a", int)])]
)
def test_other_things_are_no_face_arrays(other):
    assert not is_face_array(other)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"eyes": np.zeros((3, 2, 2))}, r"eyes has shape \(3, 2, 2\)"),
        ({"subject": ["a"]}, r"subject has shape \(1,\)"),
        ({"images": [np.zeros((4, 4)), np.zeros((4, 4, 2))]}, "Image 1 has shape"),
        ({"images": [np.zeros((0, 4))]}, "Image 0 has shape"),
    ],
)
def test_bad_input_is_named(arguments, message):
    with pytest.raises(ValueError, match=message):
        make_face_array(**{"images": np.zeros((2, 4, 4)), **arguments})


def test_a_path_alone_is_refused():
    with pytest.raises(ValueError, match=r"single path; put it in a list: \[images\]"):
        make_face_array("anna.png")


@pytest.mark.parametrize(("name", "meant"), [("subjects", "subject"), ("eye", "eyes")])
def test_a_misspelt_field_is_refused(name, meant):
    with pytest.raises(ValueError, match=f"'{name}' differs from the field '{meant}'"):
        with_fields(make_face_array(np.zeros((2, 4, 4))), **{name: ["a", "b"]})
