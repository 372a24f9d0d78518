import pytest

from indexer.codec import dumps, from_json, loads, to_json
from indexer.types import Metadata, ParsedDocument, Path, Step, StepKind, Table
from tests.indexer.samples import annex, plan


@pytest.mark.parametrize("parsed", [plan(), annex()], ids=["plan", "annex"])
def test_values_come_back_equal(parsed):
    """
    A whole parsed document goes through JSON and back unchanged, to the kind of every number.
    """
    assert from_json(ParsedDocument, to_json(parsed)) == parsed
    assert loads(ParsedDocument, dumps(parsed)) == parsed


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        # a field that no version of ours wrote
        (Metadata, '{"colour":null}'),
        # a number where a word must stand
        (Path, '[{"kind":"row","number":9}]'),
        # a list in the place of an object
        (Table, "[]"),
    ],
)
def test_json_of_another_shape_is_refused(kind, text):
    """
    What is not the JSON of the kind raises TypeError and gives no half-filled value.
    """
    with pytest.raises(TypeError):
        loads(kind, text)


def test_enums_are_written_by_their_value():
    """
    A step is readable JSON with the tag of its kind.
    """
    assert dumps((Step(StepKind.ROW, "9", "nhiệm vụ"),)) == (
        '[{"kind":"row","number":"9","name":"nhiệm vụ","occurrence":1}]'
    )


def test_what_is_no_value_of_ours_is_not_written():
    """
    An object without a JSON form raises TypeError; nothing is pickled instead.
    """
    with pytest.raises(TypeError, match="set"):
        dumps({1, 2})
