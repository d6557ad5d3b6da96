"""Whatever files and CSVs are called and hold: the right label and subject, or a clear error."""

import csv
import io
import tempfile
import unicodedata
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from skfer._subjects import subject_ids
from skfer.datasets import EXPRESSIONS, canonical_expression, load_image_folder
from skfer.datasets._labels import is_expression
from tests.image_files import write_image

FUZZ = settings(
    max_examples=50,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
SPELLINGS = [*EXPRESSIONS, "Angry", "HAPPINESS", "scared"]
letters = st.characters(exclude_categories=["Cs"], exclude_characters="/\0")
names = st.text(letters, min_size=1, max_size=12).filter(lambda name: not name.startswith("."))
expressions = st.sampled_from(SPELLINGS) | names
cells = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)


@pytest.mark.filterwarnings("ignore::UserWarning")  # of ids that are doubtful
@FUZZ
@given(
    st.lists(
        st.tuples(names, expressions, names),
        min_size=1,
        max_size=5,
        unique_by=lambda parts: "/".join(parts).casefold(),
    )
)
def test_names_of_folders(files):
    with tempfile.TemporaryDirectory() as folder:
        truth = {}
        for value, (subject, expression, name) in enumerate(files):
            path = Path(folder, subject, expression, f"{name}.png")
            write_image(path, value)
            label = unicodedata.normalize("NFC", expression).strip()
            truth[str(path)] = subject_ids([subject])[0], label
        try:
            data = load_image_folder(folder)
        except ValueError as error:
            if not all(subject.strip() and expression.strip() for subject, expression, _ in files):
                assert "not matched: " in str(error)
                return
            assert "Unknown expression" in str(error)
            assert not all(is_expression(expression) for _, expression, _ in files)
            data = load_image_folder(folder, canonical_labels=False)
        else:
            truth = {
                path: (subject, canonical_expression(expression))
                for path, (subject, expression) in truth.items()
            }
        found = zip(data.frame["path"], zip(data.subjects, data.target, strict=True), strict=True)
        assert dict(found) == truth
        assert data.faces["subject"].tolist() == data.subjects.tolist()


@pytest.mark.filterwarnings("ignore:Possible nested set:FutureWarning")
@FUZZ
@given(st.text(st.sampled_from("(?P<subject>expression)[^/]+\\d.*|{}"), max_size=40) | cells)
def test_patterns(pattern):
    with tempfile.TemporaryDirectory() as folder:
        write_image(Path(folder, "anna/happy/1.png"), 0)
        try:
            data = load_image_folder(folder, pattern=pattern)
        except ValueError as error:
            assert "pattern=" in str(error) or "1.png" in str(error)
        else:
            assert data.subjects[0] in "anna/happy/1.png"


@pytest.mark.filterwarnings("ignore::UserWarning")  # of ids that are doubtful
@FUZZ
@given(
    st.lists(
        st.tuples(st.sampled_from(["a.png", "b.png", "c.png", "ä.png"]), cells, expressions, cells),
        max_size=4,
    ),
    st.sampled_from([",", ";", "\t"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    st.booleans(),
)
def test_contents_of_a_csv(rows, delimiter, encoding, add_field):
    with tempfile.TemporaryDirectory() as folder:
        for value, name in enumerate(["a.png", "b.png", "c.png", "ä.png"]):
            write_image(Path(folder, name), value)
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=delimiter)
        writer.writerow(["file", "subject", "expression", "note"])
        writer.writerows((*row, "more") if add_field else row for row in rows)
        Path(folder, "labels.csv").write_bytes(text.getvalue().encode(encoding))
        try:
            data = load_image_folder(folder, csv="labels.csv", canonical_labels=False)
        except ValueError as error:
            assert "labels.csv'" in str(error)
            clean = all(
                subject.strip() and expression.strip() and "\0" not in subject + note
                for _, subject, expression, note in rows
            )
            distinct = len({row[0] for row in rows}) == len(rows) > 0
            assert not clean or not distinct or add_field
        else:
            truth = {
                row[0]: (subject_ids([row[1]])[0], unicodedata.normalize("NFC", row[2]).strip())
                for row in rows
            }
            files = [Path(path).name for path in data.frame["path"]]
            found = zip(files, zip(data.subjects, data.target, strict=True), strict=True)
            assert dict(found) == truth


@FUZZ
@given(
    st.binary(max_size=200) | cells.map(lambda text: b"file,subject,expression\n" + text.encode())
)
def test_any_bytes_as_a_csv(content):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "labels.csv").write_bytes(content)
        try:
            load_image_folder(folder, csv="labels.csv")
        except (ValueError, FileNotFoundError) as error:
            assert "labels.csv'" in str(error)
        else:
            raise AssertionError("there is no image to load")
