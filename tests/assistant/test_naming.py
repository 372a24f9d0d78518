import pytest

from assistant.naming import titled_documents
from indexer.vietnamese import fold


@pytest.mark.parametrize(
    ("question", "documents"),
    [
        ("Kế hoạch phát triển vùng trồng sen do ai ký?", ("trong-sen",)),
        ("kế hoạch về chuyển đổi số nông thôn năm 2026 gửi ai", ("nong-thon-so",)),
        # too few words that tell
        ("Kế hoạch năm 2026 do ai ký?", ()),
        # no kind of document before them
        ("Vùng trồng sen phát triển thế nào?", ()),
        # another kind
        ("Thông tư phát triển vùng trồng sen do ai ký?", ()),
    ],
)
def test_documents_are_named_by_what_they_are_called(small, question, documents):
    """
    Telling words of a title, side by side behind the kind of document, name it.
    """
    assert titled_documents(fold(question), small.corpus)[0] == documents


@pytest.mark.parametrize(
    ("question", "documents"),
    [
        ("Kế hoạch 45 do ai ký?", ("trong-sen",)),
        ("Phụ lục 45 có mấy nhiệm vụ?", ()),
        ("Quyết định 45 do ai ký?", ("trong-sen",)),  # nothing else has this figure
        ("Thửa đất số 45 ở đâu?", ()),
    ],
)
def test_a_figure_names_a_document_only_behind_its_kind(small, question, documents):
    """
    "Kế hoạch 45" names a document by its figure, "phụ lục 45" and "số 45" none.
    """
    from assistant.conversation import State
    from assistant.typed import Understood

    _, query = small.read(Understood(question, question, question), State())
    assert query.documents == documents
