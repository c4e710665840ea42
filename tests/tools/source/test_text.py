"""Bytes round trip exactly, and what is no text says why."""

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glue2lakehouse.tools.source import NotText, decode_any, decode_python

PYTHON = {
    "utf-8": "größe = 1\n".encode(),
    "mark": b"\xef\xbb\xbfa = 1\n",
    "cookie": "# -*- coding: latin-1 -*-\ngröße = 1\n".encode("latin-1"),
    "cp1252": "# coding: cp1252\na = '€'\n".encode("cp1252"),
    "windows": b"a = 1\r\nb = 2\r\n",
    "mixed": b"a = 1\r\nb = 2\nc = 3\r",
    "no end": b"a = 1",
    "empty": b"",
}


@pytest.mark.parametrize("data", PYTHON.values(), ids=PYTHON.keys())
def test_python_comes_back_byte_for_byte(data: bytes) -> None:
    assert decode_python(data).encode() == data


@given(st.binary())
def test_any_bytes_come_back_or_are_refused(data: bytes) -> None:
    for decode in (decode_python, decode_any):
        with contextlib.suppress(NotText):
            text = decode(data)
            assert text.encode() == data
            assert text.with_content(text.content).encode() == data


def test_latin_1_without_a_cookie_is_refused_at_its_line_as_python_does() -> None:
    with pytest.raises(NotText, match="byte 0xf6 is not utf-8") as caught:
        decode_python("a = 1\ngröße = 1\n".encode("latin-1"))
    assert caught.value.line == 2


def test_a_cookie_that_names_no_encoding_is_refused() -> None:
    with pytest.raises(NotText, match="unknown encoding: nonsense"):
        decode_python(b"# coding: nonsense\na = 1\n")


def test_binary_is_refused() -> None:
    with pytest.raises(NotText, match="is binary"):
        decode_python(b"a = 1\n\x00\x01")


def test_sql_in_latin_1_or_utf_16_is_read() -> None:
    assert decode_any("-- größe".encode("latin-1")).content == "-- größe"
    assert decode_any("-- größe".encode("utf-16")).content == "-- größe"


def test_new_lines_take_the_line_end_of_the_file() -> None:
    assert decode_python(b"a = 1\r\nb = 2\r\n").with_content("c = 3\nd = 4\r\n").encode() == b"c = 3\r\nd = 4\r\n"
    assert decode_python(b"a = 1\nb = 2\n").with_content("c = 3\n").encode() == b"c = 3\n"


def test_a_character_that_the_encoding_lacks_is_not_written() -> None:
    text = decode_python(b"# coding: latin-1\na = 1\n")
    with pytest.raises(UnicodeEncodeError):
        text.with_content("a = '\u20ac'\n").encode()
