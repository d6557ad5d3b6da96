"""The report in a browser, on a phone and on a desktop."""

import shutil

import numpy as np
import pandas as pd
import pytest

from skfer.evaluation import EvaluationResult
from skfer.evaluation._records import collect_metadata
from skfer.evaluation._report._write import write_report

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = pytest.mark.slow

PHONE, DESKTOP = (390, 844), (1280, 900)
EXPRESSIONS = ("anger", "contempt", "disgust", "fear", "happy", "neutral", "sad", "surprise")
METHODS = ("1-NN", "hog-logistic-regression", "calibrated-stacking-of-gabor-hog-and-networks")
# Unfolded, since what is folded has no size.
UNFOLD = "document.querySelectorAll('details').forEach((part) => { part.open = true; })"


@pytest.fixture(scope="module")
def browser():
    with playwright.sync_playwright() as player:
        try:
            browser = player.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox"]
            )
        except playwright.Error:
            pytest.skip("There is no Chromium.")
        yield browser
        browser.close()


def make_result(method, protocol, n_subjects=100):
    rng = np.random.default_rng(0)
    images = pd.DataFrame({"image": range(n_subjects * 8), "repeat": 0})
    images["subject"] = [f"S{number:03d}" for number in images["image"] // 8]
    images["fold"] = images["image"] // 8 % 8
    images["file"] = [f"{name}/{name}_00000012.png" for name in images["subject"]]
    images["sequence"] = images["image"].astype(str)
    images["gender"] = np.where(images["image"] // 8 % 2, "female", "male")
    images["y_true"] = np.tile(EXPRESSIONS, n_subjects)
    images["y_pred"] = np.where(
        rng.random(len(images)) < 0.8, images["y_true"], rng.choice(EXPRESSIONS, len(images))
    )
    images[[f"proba_{name}" for name in EXPRESSIONS]] = rng.dirichlet([0.3] * 8, len(images))
    seconds = {"repeat": 0, "fold": range(8), "fit_seconds": 1.0, "predict_seconds": 1.0}
    return EvaluationResult(images, protocol, EXPRESSIONS, pd.DataFrame(seconds), method)


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The address of a report of many subjects and long names."""
    results = [make_result(method, "subject-independent") for method in METHODS]
    results.append(make_result(METHODS[-1], "leaky-image-split"))
    comparisons = pd.DataFrame(
        {"method_a": METHODS[1:], "method_b": METHODS[:2], "difference": 0.125}
        | dict.fromkeys(["ci_low", "ci_high"], -0.0625)
        | dict.fromkeys(["p_subjects", "p_sequences", "p_folds", "p_holm"], 0.0125)
    )
    metadata = collect_metadata(
        command=f"skfer evaluate --dataset {'ckplus' * 30}",
        dataset="ckplus",
        n_images=800,
        n_subjects=100,
        classes=EXPRESSIONS,
        seed=0,
        left_out=[{"path": "S000/" + "0" * 200, "reason": "no face found"}],
    )
    path = tmp_path_factory.mktemp("report") / "report.html"
    write_report(
        path,
        results,
        metadata,
        comparisons=comparisons,
        faces=np.zeros((800, 48, 48), np.uint8),
        redistributable=True,
    )
    return path.as_uri()


@pytest.fixture
def open_page(browser, report):
    pages = []

    def open_page(size, **options):
        width, height = size
        pages.append(browser.new_page(viewport={"width": width, "height": height}, **options))
        pages[-1].goto(report)
        return pages[-1]

    yield open_page
    for page in pages:
        page.close()


@pytest.mark.parametrize("size", [PHONE, (768, 1024), DESKTOP])
def test_the_page_is_not_wider_than_the_screen(open_page, size):
    page = open_page(size)
    page.evaluate(UNFOLD)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_the_accuracy_is_on_the_first_screen(open_page, size):
    box = open_page(size).locator("td.accuracy").first.bounding_box()
    assert 0 <= box["x"] <= box["x"] + box["width"] <= size[0]
    assert box["y"] + box["height"] <= size[1]


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_no_name_of_a_method_wraps(open_page, size):
    page = open_page(size)
    page.evaluate(UNFOLD)
    n_lines = page.evaluate(
        """[...document.querySelectorAll(".name")].map((name) => {
            const range = document.createRange();
            range.selectNodeContents(name);
            return new Set([...range.getClientRects()].map((box) => box.bottom)).size; })"""
    )
    # Two tables with a row for each result, a summary each, and two pairs.
    assert n_lines == [1] * (3 * 4 + 2 * 2)


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
def test_figures_have_a_size_and_their_letters_can_be_read(open_page, size):
    page = open_page(size)
    page.evaluate(UNFOLD)
    plots = page.locator("svg.plot").all()
    assert len(plots) == 1 + 4 * 4
    for plot in plots:
        box = plot.bounding_box()
        assert box["width"] > 200 and box["height"] > 100  # noqa: PT018
    heights = page.evaluate(
        """[...document.querySelectorAll("svg.plot text")].map((text) =>
            parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a)"""
    )
    # Turned text has another a; that which is not turned is the smallest in the cells.
    assert min(height for height in heights if height > 1) > 8


def test_figures_have_the_colours_of_light_and_dark(open_page):
    def colours(scheme):
        page = open_page(DESKTOP, color_scheme=scheme)
        return page.evaluate(
            """["background-color", "color"].map((name) =>
                getComputedStyle(document.body).getPropertyValue(name)).concat(
                getComputedStyle(document.querySelector("svg.plot text")).fill)"""
        )

    (light_page, light_ink, light_text), (dark_page, dark_ink, dark_text) = (
        colours(scheme) for scheme in ("light", "dark")
    )
    assert light_text == light_ink == "rgb(31, 42, 51)"
    assert dark_text == dark_ink == "rgb(223, 230, 236)"
    assert (light_page, dark_page) == ("rgb(255, 255, 255)", "rgb(20, 25, 30)")


def test_on_paper_everything_is_unfolded(open_page):
    page = open_page(DESKTOP)
    folded = "document.querySelectorAll('details:not([open])').length"
    assert page.evaluate(folded) > 0
    page.pdf()
    assert page.evaluate(folded) == 0


def test_a_link_unfolds_its_result(open_page):
    page = open_page(PHONE)
    leaky = page.locator("details.result:not([open])")
    assert leaky.count() == 1
    page.locator("td.name a").last.click()
    assert leaky.count() == 0
