from pathlib import Path

import pytest

from glue2lakehouse.errors import StoreError
from glue2lakehouse.graphs.texts import Texts


def test_a_text_is_found_again_by_another_process(tmp_path: Path) -> None:
    key = Texts(tmp_path / "home" / "texts.sqlite").put("print('é')\n")
    assert Texts(tmp_path / "home" / "texts.sqlite").get(key) == "print('é')\n"


def test_the_same_text_has_the_same_key_everywhere(tmp_path: Path) -> None:
    assert Texts(tmp_path / "t").put("x") == Texts().put("x")


def test_a_missing_text_says_which(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no text with key abc"):
        Texts().get("abc")


def test_a_folder_that_cannot_be_written_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot keep texts there"):
        Texts(tmp_path / "file" / "texts.sqlite")


def test_a_file_that_is_damaged_in_its_middle_says_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "texts.sqlite"
    texts = Texts(file)
    keys = [texts.put(str(number) * 3000) for number in range(20)]
    texts.close()
    data = file.read_bytes()
    file.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))
    with pytest.raises(StoreError, match="restore the file from a backup"):
        Texts(file).get(keys[-1])


def test_the_thread_that_a_person_answered_last_counts_whichever_began_first() -> None:
    texts = Texts()
    for thread in ("without a model", "with a model"):
        texts.put_draft(thread, "draft")
    texts.put_answer("with a model")
    texts.put_answer("without a model")
    assert texts.answered("draft") == "without a model"
    assert texts.answered("another draft") == ""
