"""The code blocks of the pages run, in their order, and what the pages name exists."""

import re
import shlex
from urllib.parse import urlsplit

import pytest

import skfer.pipelines
from benchmarks.walk import make_folder
from skfer.cli._main import _parse
from skfer.datasets import _spec
from tests.documentation.commands import check_command, check_mention
from tests.documentation.files import PLACES, name_folder, write_files
from tests.documentation.names import unknown_names
from tests.documentation.pages import PAGES, ROOT, Block, read_commands, read_page
from tests.short_runs import shorten

NOT_RUN = ("benchmarks/README.md", "RELEASING.md")
SHOWN = ("", "csv", "text", "yaml")  # files and output


def each(pages):
    return pytest.mark.parametrize("page", pages, ids=lambda page: str(page.relative_to(ROOT)))


@pytest.fixture
def home(monkeypatch, tmp_path):
    """A working directory in which what the pages run is short."""
    shorten(monkeypatch, n_subjects=8)
    small = {
        name: [{key: values[:1] for key, values in grids[0].items()}]
        for name, grids in skfer.pipelines.PARAMETER_GRIDS.items()
    }
    monkeypatch.setattr(skfer.pipelines, "PARAMETER_GRIDS", small)
    # The copies of the sets are small.
    monkeypatch.setattr(_spec, "check_counts", lambda *arguments: None)
    monkeypatch.setattr(_spec, "_check_protocol_counts", lambda *arguments: None)
    monkeypatch.chdir(tmp_path)
    return tmp_path


# What the page of the benchmarks runs takes minutes; that of releases publishes.
@each([page for page in PAGES if str(page.relative_to(ROOT)) not in NOT_RUN])
def test_blocks_run(page, home):
    if page.name == "walk.md":  # speaks of damaged files
        make_folder(home, n_subjects=6)
    namespace = {"__name__": "__main__"}
    for block in read_page(page).blocks:
        if not (block.reason or block.language in SHOWN or block.language.startswith("{")):
            try:
                _run(block, page, home, namespace)
            except (Exception, SystemExit) as error:
                raise AssertionError(f"{page.relative_to(ROOT)}:{block.line}: {error}") from error


def _run(block, page, home, namespace):
    if block.language == "python":
        code = re.sub(rf'load_(\w+)\("(?:{"|".join(PLACES)})"([^)]*)', _name_folder, block.code)
        code = re.sub(r"n_jobs=-?\d+", "n_jobs=1", code)  # other processes would train for long
        write_files(home, code)
        exec(compile("\n" * (block.line - 1) + code, page, "exec"), namespace)
    elif block.language == "toml":
        for name in ("options.toml", *re.findall(r"[\w-]+\.toml", page.read_text("utf-8"))):
            (home / name).write_text(block.code, "utf-8")
        for command in re.findall(r"^\[(\w+)\]", block.code, re.MULTILINE):
            _parse([command, "--config", "options.toml", "--out", "out"])
    else:
        assert block.language in ("console", "sh"), f"unknown language '{block.language}'"
        for words in read_commands(block):
            check_command(words, home)


def _name_folder(match):
    reader, arguments = match.groups()
    return f'load_{reader}("{name_folder(reader, arguments)}"{arguments}'


def test_few_blocks_are_not_run():
    reasons = [block.reason for page in PAGES for block in read_page(page).blocks if block.reason]
    assert len(reasons) <= 12, reasons


@each(PAGES)
def test_links_lead_somewhere(page):
    wrong = [link for link in read_page(page).links if not _resolves(link, page)]
    assert wrong == []


def _resolves(link, page):
    parts = urlsplit(link)
    if parts.scheme:
        has_host = re.fullmatch(r"[a-z0-9.-]+\.[a-z]{2,}", parts.netloc)
        is_doi = parts.netloc == "doi.org"
        return has_host and (not is_doi or re.fullmatch(r"/10\.\d{4,9}/\S+", parts.path))
    target = (page.parent / parts.path).resolve() if parts.path else page
    if ROOT / "docs" / "auto_examples" in target.parents:  # by `make docs`, of the examples
        example = re.search(r"plot_[a-z_]+[a-z]", target.stem)
        return target.stem == "index" or (ROOT / "examples" / f"{example[0]}.py").is_file()
    return target.exists() and (not parts.fragment or parts.fragment in read_page(target).anchors)


@each(PAGES)
def test_what_the_text_names_exists(page):
    blocks, _, _, words = read_page(page)
    for command in words:
        if re.match(r"(skfer|make|python -m|python examples|pip install) ", command):
            check_mention(shlex.split(command))
    if page.name != "CHANGELOG.md":  # has names of the past
        shown = re.findall(r"\w+", " ".join(block.code for block in blocks))
        assert unknown_names(words) - {*shown} == set()


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("python", "1 / 0"),
        ("pycon", ">>> 1"),
        ("sh", "skfer index nowhere"),
        ("sh", "make nothing"),
        ("sh", "sbatch folds.sh"),
        ("sh", "python -m benchmarks.speed"),
        ("sh", "python examples/nothing.py"),
        ("sh", "pip install '.[nothing]'"),
        ("toml", "[evaluate]\nno-such-option = 1"),
    ],
)
def test_a_block_that_is_wrong_is_noticed(language, code, home):
    with pytest.raises((Exception, SystemExit)):
        _run(Block(language, 1, code, ""), ROOT / "README.md", home, {})


def test_a_name_or_link_that_is_wrong_is_noticed():
    page = ROOT / "README.md"
    links = ("#nowhere", "docs/nowhere.md", "docs/results.md#nowhere", "https://doi.org/nothing")
    assert [link for link in links if _resolves(link, page)] == []
    words = ["--no-such-option 3", "make_nothing()", "GaborsDescriptor", "FaceAligner(turn=1)"]
    assert unknown_names([*words, "FaceAligner(rotate=False)", "--smooth 0.5"]) == {
        *("--no-such-option", "make_nothing", "GaborsDescriptor", "FaceAligner(turn=)")
    }
    with pytest.raises(AssertionError, match="--no-such-option"):
        check_mention(["skfer", "fit", "DATA", "--no-such-option"])
