"""Tables of numbers: what is refused, and where."""

import numpy as np
import pytest

from aucgan.files.number_table import numbers, read_table, write_table


def test_columns_come_back(tmp_path):
    path = write_table(tmp_path / "t.csv", ["a", "b, c"], [["1", "x"], ["-2.5", 'say "y"']])
    table = read_table(path)
    assert table == {"a": ["1", "-2.5"], "b, c": ["x", 'say "y"']}
    np.testing.assert_array_equal(numbers(table, ["a"], path), [[1], [-2.5]])
    assert numbers(table, [], path).shape == (2, 0)
    assert numbers({"a": []}, ["a"], path).shape == (0, 1)


@pytest.mark.parametrize(
    "text, message",
    [
        ("a,b\n1,2\n\n1,2,3\n", "line 4 has not as many columns"),
        ("", "line 1 has not as many columns"),
        ("a,c\n1,2\n", "has no column b"),
        ("a,b\n1,\n", "b is '', not a number"),
        ("a,b\n1,inf\n", "b is inf, not a finite number"),
    ],
)
def test_what_is_no_table_is_refused(tmp_path, text, message):
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=message):
        numbers(read_table(tmp_path / "t.csv"), ["b"], "t.csv")


def test_a_mark_of_the_byte_order_is_no_part_of_the_name(tmp_path):
    (tmp_path / "t.csv").write_bytes("\ufeff a , b\n 1 , 2 \n".encode())
    assert read_table(tmp_path / "t.csv") == {"a": ["1"], "b": ["2"]}
