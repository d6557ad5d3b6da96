"""What writes files, for kills and full disks: `evaluate`, `align`, `save_faces`, `save_model`."""

import csv
import io
import json
import shutil
import warnings
from contextlib import redirect_stderr, redirect_stdout

import numpy as np
import torch
from sklearn.svm import SVC
from tqdm import tqdm

from benchmarks.attack.attempt import read_tree
from benchmarks.attack.victim import run_victim
from skfer.alignment import FaceAligner
from skfer.cli._main import main as skfer
from skfer.datasets import make_faces, save_faces
from skfer.persistence import load_model, save_model
from skfer.utils._opencv import cv2

_EVALUATE = ["evaluate", "--dataset", "synthetic", "--set", "n_subjects=4", "--method", "pixel-1nn"]
_EVALUATE += ["--set", "n_per_expression=1", "--folds", "2", "--resume"]


class Work:
    """Something that writes into a folder: ``begin(folder)`` does it, or goes on with it."""

    def __init__(self, name, begin, promised, read=read_tree):
        self.name, self.begin, self.promised, self.read = name, begin, promised, read

    def set_up(self, place):
        """Do the work undisturbed, and keep the files and what they say."""
        self.reference = place / f"{self.name}-reference"
        self.begin(self.reference)
        self.expected = self.read(self.reference)

    def copy_reference(self, folder):
        """Put the finished files of an earlier run into a folder."""
        shutil.copytree(self.reference, folder)

    def find_damage(self, folder):
        """Name the first file that is neither what it was nor whole."""
        for name, content in read_tree(folder).items():
            problem = _find_flaw(name, content)
            if problem:
                return f"{name}: {problem}"
        return None


def make_works(place):
    """Make the works, with their input, below a folder."""
    cv2.setNumThreads(1)
    tqdm.monitor_interval = 0  # its thread may hold a lock at the moment of a fork
    torch.set_num_threads(1)
    expressions = ("happy", "sad")
    data = make_faces(4, 1, expressions=expressions, image_size=(120, 120), random_state=0)
    photographs = place / "photographs"
    photographs.mkdir()
    for number, image in enumerate(data.images):
        (photographs / f"{number}.png").write_bytes(cv2.imencode(".png", image)[1].tobytes())
    many = make_faces(12, 1, expressions=expressions, image_size=(32, 32), random_state=0)
    rng = np.random.default_rng(0)
    models = [SVC().fit(rng.normal(size=(60, 50)), ["happy", "sad"] * 30) for _ in range(2)]

    def evaluate(folder):
        _run_command([*_EVALUATE, "--out", str(folder)])

    def align(folder):
        _run_command(["align", str(photographs), str(folder), "--size", "32"])

    def save(folder):
        folder.mkdir(exist_ok=True)
        aligner = FaceAligner((24, 24))
        save_faces(folder / "f.npy", many.faces, many.frame, transformer=aligner, batch_size=4)

    def save_a_model(folder):
        folder.mkdir(exist_ok=True)
        save_model(models[0], folder / "model.skfer")

    return [
        Work("evaluate", evaluate, ["SystemExit"], _read_evaluation),
        Work("align", align, ["SystemExit"], _read_alignment),
        Work("save_faces", save, ["OSError"]),
        Work("save_model", save_a_model, ["OSError"], _read_model),
    ]


def begin_attempt(works, number, out):
    """Choose the work of an attempt, every other time over finished files; return it and a name."""
    work = works[number % len(works)]
    if number // len(works) % 2 == 0:
        return work, work.name
    work.copy_reference(out)
    return work, f"{work.name} over an older one"


def find_loss(work, out, folder):
    """Say what a broken-off work has damaged, or what keeps it from going on to the same end."""
    if out.exists() and (damage := work.find_damage(out)):
        return damage
    second = run_victim(lambda: work.begin(out), folder, seconds=300)
    if second.ending != "returned":
        return f"the next run: {second.ending} {second.error[:1]} {second.text}"
    if work.read(out) != work.expected:
        return "the next run gives another result than an undisturbed one"
    return None


def _run_command(arguments):
    silence = io.StringIO()
    with warnings.catch_warnings(), redirect_stdout(silence), redirect_stderr(silence):
        warnings.simplefilter("ignore")
        code = skfer(arguments)
    if code:
        raise SystemExit(silence.getvalue().strip().rpartition("\n")[2])


def _find_flaw(name, content):
    if not content:
        return "empty"
    if name.endswith(".json"):
        try:
            json.loads(content)
        except ValueError as error:
            return str(error)
    if name.endswith(".csv"):
        rows = list(csv.reader(io.StringIO(content.decode(errors="replace"))))
        if len({len(row) for row in rows}) > 1 or not content.endswith(b"\n"):
            return "rows of different lengths"
    if name.endswith(".html") and not content.rstrip().endswith(b"</html>"):
        return "cut"
    if name.endswith(".png") and cv2.imdecode(np.frombuffer(content, np.uint8), 0) is None:
        return "cannot be decoded"
    if name.endswith(".skfer") and b"PK\5\6" not in content[-22:]:
        return "cut"
    return None


def _read_evaluation(folder):
    """Return what an evaluation says, without times."""
    table = (folder / "images.csv").read_bytes()
    results = json.loads((folder / "results.json").read_text())["results"]
    summaries = [
        {key: value for key, value in result["summary"].items() if "seconds" not in key}
        if "summary" in result
        else None
        for result in results
    ]
    return {"images.csv": table, "summaries": summaries, "files": sorted(read_tree(folder))}


def _read_alignment(folder):
    """Return faces and index; the sheet may differ in a date."""
    return {name: data for name, data in read_tree(folder).items() if name != "sheet.png"}


def _read_model(folder):
    (name,) = read_tree(folder)
    return load_model(folder / name).support_vectors_.tobytes()
