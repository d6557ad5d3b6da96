import json
from pathlib import Path

import jsonschema
import pytest

from benchmarks import near_duplicates

SCHEMA = json.loads(Path(near_duplicates.__file__).with_suffix(".schema.json").read_text())


def test_a_run_finds_every_copy_and_writes_what_the_schema_says(tmp_path, capsys):
    out = tmp_path / "near_duplicates.json"
    near_duplicates.main(["--images", "100", "--out", str(out)])
    written = json.loads(out.read_text())
    jsonschema.validate(written, SCHEMA)
    assert written["result"]["found"] == {kind: [1, 1] for kind in near_duplicates.COPIES}
    assert "100 faces" in capsys.readouterr().out


@pytest.mark.skipif(
    not near_duplicates.RESULTS.exists(), reason="no measured results in this checkout"
)
def test_published_results_follow_the_schema():
    jsonschema.validate(json.loads(near_duplicates.RESULTS.read_text()), SCHEMA)
