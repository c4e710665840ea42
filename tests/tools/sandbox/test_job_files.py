"""A script's modules are found wherever the project keeps them: Glue puts them on the path in ways that no file tells."""

from pathlib import Path

from glue2lakehouse.tools.sandbox.job_files import module_folders


def test_a_module_is_looked_for_in_the_project_and_taken_where_most_of_its_imports_are(tmp_path: Path) -> None:
    for name, text in {
        "src/jobs/load.py": "import json\nfrom shared.paths import landing\nimport missing_library\n",
        "layers/common/python/shared/paths.py": "from names import BUCKET\nlanding = BUCKET\n",
        "layers/common/python/shared/__init__.py": "",
        "layers/constants/names.py": "BUCKET = 'b'\n",
        "src/shared/other.py": "",
        "src/json.py": "",
    }.items():
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    folders = module_folders(tmp_path / "src/jobs/load.py", tmp_path)
    found = [folder.relative_to(tmp_path).as_posix() for folder in folders]
    assert found == ["src/jobs", ".", "layers/common/python", "layers/constants"]
