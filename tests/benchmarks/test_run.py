"""The one run of all benchmarks at a tiny size, without packages of rivals, and its page."""

import json
from pathlib import Path

import jsonschema
import numpy as np
import pytest

from benchmarks import _environments, _measure, growth, page, run
from benchmarks.rivals import descriptors as rivals

SCHEMA = json.loads(Path(run.__file__).with_suffix(".schema.json").read_text())


@pytest.fixture(scope="module")
def document(tmp_path_factory):
    """What a run of the quick sections writes where no rival is installed."""
    out = tmp_path_factory.mktemp("run") / "benchmarks.json"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(_environments, "FOLDER", out.parent / "nowhere")
        kept = {name: run.BENCHMARKS[name] for name in ("align", "contrast", "augment-kornia")}
        patch.setattr(run, "BENCHMARKS", kept)
        patch.setattr(run.growth, "measure", lambda share: [])
        sections = ["images", "augmentation", "packages", "growth"]
        run.main(["--images", "4", "--repeats", "3", "--only", *sections, "--out", str(out)])
    return json.loads(out.read_text())


def test_a_run_follows_the_schema(document):
    jsonschema.validate(document, SCHEMA)
    assert [row["name"] for row in document["speed"]] == ["align", "contrast"]
    assert set(document["metadata"]["sections"]) == {"images", "augmentation", "packages", "growth"}


def test_a_rival_that_is_missing_is_a_row_with_the_reason(document):
    assert {row["section"] for row in document["missing"]} == {"augmentation", "packages"}
    assert all("not installed" in row["reason"] for row in document["missing"])


def test_rates_and_ratio_belong_together():
    ticks = iter([0.0, 1.0, 1.0, 3.0] * 4)  # ours takes one second, theirs two
    row = _measure.compare(lambda: None, lambda: None, (10, 20), 3, clock=lambda: next(ticks))
    assert (row["ours"]["median"], row["theirs"]["median"], row["ratio"]) == (10, 10, 1)


def test_the_slope_is_the_exponent():
    assert growth.exponent([1, 10, 100], [3, 300, 30_000]) == pytest.approx(2)


def test_a_point_of_growth():
    point = growth.measure_point("HOG", 20, 10)
    assert point["seconds"] > 0
    assert point["mb"] >= 0


def test_the_page_lists_missed_promises_first(document):
    promises = [
        {"topic": "a", "promise": "kept", "required": 1e-9, "row": "align"},
        {"topic": "a", "promise": "broken", "required": 1e9, "row": "align"},
        {"topic": "a", "promise": "absent", "required": 1, "row": "nothing"},
    ]
    table = page.promise_table(promises, document)
    places = [table.index(word) for word in ("broken", "absent", "kept")]
    assert places == sorted(places)
    assert table.startswith("3 promises, 2 missed.")


def test_every_promise_can_be_looked_up():
    names = {
        *run.BENCHMARKS,
        *(row[0] for row in run.descriptors.RIVALS),
        *run.descriptors.THREADED,
    }
    for promise in json.loads(page.PROMISES.read_text()):
        if "row" in promise:
            assert promise["row"] in names
        elif "growth" in promise:
            assert promise["growth"] in growth.TASKS
        else:
            assert {"measured", "met", "command"} <= set(promise)


def test_the_rivals_compute_the_same():
    image = np.random.default_rng(0).integers(0, 256, (48, 48), np.uint8)
    describe = run.descriptors.RIVALS[0][3]
    row = run.descriptors.compare_one(
        run.descriptors.descriptors.GaborDescriptor(), describe, image[None], image[None], 3
    )
    assert row["share_equal"] == 1
    kernels = rivals.gabor_kernels([2, 8], 3, 1.0)
    assert abs(kernels.sum(axis=(-2, -1))).max() < 1e-6


@pytest.mark.skipif(not run.RESULTS.exists(), reason="no measured results in this checkout")
def test_the_page_shows_the_published_run():
    published = json.loads(run.RESULTS.read_text())
    jsonschema.validate(published, SCHEMA)
    written = page.PAGE.read_text()
    assert page.fill(written, published, json.loads(page.PROMISES.read_text())) == written
