"""Which files are predicted, in which order, and what is said of the others."""

import os

import pytest

from skfer.inference import find_inputs


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = "img10.jpg img2.JPG IMG1.png clip.MP4 notes.txt raw.CR2 .hidden.png a/b/deep.jpeg"
    for name in [*names.split(), "a/x.webp", ".thumbs/t.png"]:
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path / "in"


def test_folders_are_read_in_natural_order_with_all_below(folder):
    inputs, left_out = find_inputs(["in/"])
    assert inputs == [
        "in/clip.MP4", "in/IMG1.png", "in/img2.JPG", "in/img10.jpg", "in/a/x.webp",
        "in/a/b/deep.jpeg",
    ]  # fmt: skip
    assert dict(left_out) == {
        "in/notes.txt": "neither an image nor a video",
        "in/raw.CR2": ".cr2 files are not read; convert it to JPEG or PNG",
    }


def test_heic_comes_with_the_remedy(folder, monkeypatch):
    (folder / "a.HEIC").touch()
    monkeypatch.setattr("skfer.utils._suffixes.find_spec", lambda name: None)
    _, left_out = find_inputs(["in/a.HEIC"])
    assert "pip install '.[heif]' in the skfer repository" in dict(left_out)["in/a.HEIC"]
    monkeypatch.setattr("skfer.utils._suffixes.find_spec", lambda name: name)
    assert find_inputs(["in/a.HEIC"]) == (["in/a.HEIC"], [])


def test_each_file_once_in_the_order_given(folder):
    inputs, _ = find_inputs(["in/img10.jpg", "in"])
    assert inputs[0] == "in/img10.jpg"
    assert len(inputs) == len(set(inputs)) == 6


def test_a_file_that_is_named_in_two_ways_is_one(folder):
    _, left_out = find_inputs(["in", "./in", folder])
    assert find_inputs(["in", "./in", folder, "in/../in/img2.JPG"]) == find_inputs(["in"])
    assert len(left_out) == 2


def test_patterns_that_the_shell_left_alone(folder):
    assert find_inputs(["in/img*.[jJ]*"])[0] == ["in/img2.JPG", "in/img10.jpg"]
    assert find_inputs(["in/**/deep.*"])[0] == ["in/a/b/deep.jpeg"]
    (folder / "odd[1].png").touch()  # a name, though it looks like a pattern
    assert find_inputs(["in/odd[1].png"])[0] == ["in/odd[1].png"]


@pytest.mark.parametrize(
    ("path", "message"),
    [("in/nowhere.jpg", "no file or folder 'in/nowhere"), ("in/*.gif", "that matches 'in/")],
)
def test_nothing_there(folder, path, message):
    with pytest.raises(FileNotFoundError, match=message):
        find_inputs(["in", path])


def test_links_lead_nowhere_twice(folder):
    os.symlink("..", folder / "up")
    os.symlink("a", folder / "again")
    os.symlink("gone.png", folder / "broken.png")
    inputs, left_out = find_inputs(["in"])
    assert len(inputs) == 6
    problems = dict(left_out)
    assert "the same folder as" in problems["in/up"]
    assert "link to nowhere" in problems["in/broken.png"]
    assert any("the same folder as" in problems.get(path, "") for path in ("in/again", "in/a"))
