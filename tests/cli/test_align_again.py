"""`skfer align` once more into the same folder, after whatever happened."""

import errno
import os

import numpy as np
import pandas as pd
import pytest
from filelock import FileLock

from skfer.cli._main import main
from skfer.datasets import make_faces
from skfer.utils._opencv import cv2


@pytest.fixture
def folder(tmp_path):
    """Two subjects with a face each, as bitmaps of one size."""
    folder = tmp_path / "photographs"
    folder.mkdir()
    for number, image in enumerate(portraits(0)):
        cv2.imwrite(str(folder / f"{number}.bmp"), image)
    return folder


@pytest.fixture
def out(tmp_path):
    return tmp_path / "out"


def portraits(seed):
    return make_faces(2, 1, expressions=("neutral",), image_size=(96, 96), random_state=seed).images


def replace(path, image):
    times = path.stat()
    cv2.imwrite(str(path), image)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def align(folder, out, *options):
    return main(["align", str(folder), str(out), "--size", "32", *options])


def contents(out):
    """Return what matters of a folder of faces: the index and the pixels."""
    index = pd.read_csv(out / "index.csv", keep_default_na=False)
    faces = {str(file.relative_to(out)): file.read_bytes() for file in sorted(out.rglob("*/*.png"))}
    return index.to_dict(), faces, (out / "aligned.npy").read_bytes()


def test_replaced_and_repaired_pictures_are_noticed(folder, out, tmp_path):
    good = (folder / "1.bmp").read_bytes()
    (folder / "1.bmp").write_bytes(b"no picture")
    assert align(folder, out) == 0
    assert pd.read_csv(out / "index.csv")["face"].notna().tolist() == [True, False]
    (folder / "1.bmp").write_bytes(good)
    replace(folder / "0.bmp", portraits(1)[0])
    assert align(folder, out) == 0
    assert align(folder, tmp_path / "fresh") == 0
    assert contents(out) == contents(tmp_path / "fresh")


def test_no_face_of_a_former_picture_is_left(folder, out):
    assert align(folder, out) == 0
    assert (out / "faces" / "0.png").exists()
    replace(folder / "0.bmp", np.zeros((96, 96), np.uint8))
    assert align(folder, out) == 0
    assert [file.name for file in (out / "faces").iterdir()] == ["1.png"]


@pytest.mark.parametrize("size", ["0", "-3", "large"])
def test_a_size_without_pixels_is_refused_at_once(folder, out, size, capsys):
    with pytest.raises(SystemExit):
        main(["align", str(folder), str(out), "--size", size])
    assert "argument --size" in capsys.readouterr().err
    assert not out.exists()


def test_options_that_gave_no_face_can_be_corrected(folder, out, capsys):
    assert align(folder, out, "--yunet", "nowhere.onnx") == 2
    assert align(folder, out) == 0


def test_a_second_run_at_the_same_time_says_so(folder, out, capsys):
    assert align(folder, out) == 0
    before = contents(out)
    with FileLock(out / ".aligned.npy.lock"):
        assert align(folder, out) == 2
    assert "aligned.npy' is being written by another process" in capsys.readouterr().err
    assert contents(out) == before


@pytest.mark.parametrize("call", range(1, 7))
def test_after_a_full_disk_it_goes_on(folder, out, tmp_path, call, monkeypatch, capsys):
    left, fsync = [call], os.fsync

    def fill(descriptor):
        left[0] -= 1
        if left[0] == 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        fsync(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", fill)
        assert align(folder, out) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert "No space left" in line
    assert align(folder, out) == 0
    assert pd.read_csv(out / "index.csv")["path"].tolist() == ["0.bmp", "1.bmp"]
    assert not list(out.glob(".*.csv")) + list(out.glob(".*.json"))
