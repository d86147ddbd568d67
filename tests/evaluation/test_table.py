import pytest

from aucgan.evaluation.statistics.table import csv_table, format_cell, markdown_table, metric_rows, text_table

ROWS = [{"variant": "v1", "r2": 0.25, "n": 3}, {"variant": "v2|x", "r2": 12.0, "seconds": 7}]


def test_text_is_aligned():
    assert text_table(ROWS).splitlines() == [
        "variant      r2  n  seconds",
        "-------  ------  -  -------",
        "v1       0.2500  3        –",
        "v2|x      12.00  –        7",
    ]


def test_markdown_escapes_pipes_and_aligns_numbers():
    assert markdown_table(ROWS).splitlines() == [
        "| variant |     r2 |   n | seconds |",
        "| ------- | -----: | --: | ------: |",
        "| v1      | 0.2500 |   3 |       – |",
        "| v2\\|x   |  12.00 |   – |       7 |",
    ]


def test_csv_keeps_all_digits():
    rows = [{"name": "a,b", "x": 1 / 3}, {"name": "c", "y": 2}]
    assert csv_table(rows) == 'name,x,y\n"a,b",0.3333333333333333,\nc,,2\n'


@pytest.mark.parametrize(
    ("value", "text"), [(None, "–"), (3, "3"), ("a", "a"), (1234.0, "1234"), (float("nan"), "nan"), (0.0, "0.000")]
)
def test_cells(value, text):
    assert format_cell(value) == text


def test_metrics_become_rows():
    assert metric_rows({"r2": 0.5}) == [{"metric": "r2", "value": 0.5}]


def test_an_empty_table_is_an_error():
    with pytest.raises(ValueError, match="at least one row"):
        text_table([])
