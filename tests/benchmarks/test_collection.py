import json
from pathlib import Path

import jsonschema
import pytest

from benchmarks import collection

SCHEMA = json.loads(Path(collection.__file__).with_name("collection.schema.json").read_text())


def test_a_run_writes_what_the_schema_says(tmp_path, capsys, monkeypatch, here):
    make_faces = collection.make_faces
    monkeypatch.setattr(collection, "make_faces", lambda n, **options: make_faces(4, **options))
    out = tmp_path / "collection.json"
    folder = tmp_path / "collection"
    collection.main([str(folder), "--n-files", "60", "--jobs", "1", "--out", str(out)])
    written = json.loads(out.read_text())
    jsonschema.validate(written, SCHEMA)
    assert written["training"]["map_bytes"] > 60 * 60 * 60  # 60 faces of 60 x 60 pixels
    assert not folder.exists()
    assert "images/s" in capsys.readouterr().out


def test_a_folder_with_files_is_not_touched(tmp_path):
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(SystemExit):
        collection.main([str(tmp_path)])
    assert (tmp_path / "mine.txt").exists()


@pytest.mark.skipif(not collection.RESULTS.exists(), reason="no measured results in this checkout")
def test_published_results_follow_the_schema():
    jsonschema.validate(json.loads(collection.RESULTS.read_text()), SCHEMA)
