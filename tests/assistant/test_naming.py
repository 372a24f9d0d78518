import pytest

from assistant.naming import titled_documents, with_kinds
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


@pytest.mark.parametrize(
    ("typed", "text", "meant"),
    [
        ("ct 21 nói gì", "chỉ tiêu 21 nói gì", "chỉ thị 21 nói gì"),
        ("ct 22 nói gì", "chỉ tiêu 22 nói gì", "chỉ tiêu 22 nói gì"),  # no such document
        ("tt 5/2026 nói gì", "tt 5/2026 nói gì", "thông tư 5/2026 nói gì"),  # which stands for nothing else
    ],
)
def test_an_abbreviation_before_a_number_may_be_a_kind_of_document(tmp_path, typed, text, meant):
    """
    "ct 21" is a directive where the documents have one of this number.
    """
    from assistant.service import Assistant
    from tests.assistant.small import FARMING, PROVINCE, index_of

    directive = FARMING.replace("45/KH-SNN", "21/CT-SNN").replace("KẾ HOẠCH", "CHỈ THỊ")
    circular = PROVINCE.replace("Số:      /KH-UBND", "Số: 5/2026/TT-UBND").replace("KẾ HOẠCH", "THÔNG TƯ")
    corpus = Assistant(index_of({"chi-thi": directive, "thong-tu": circular}, tmp_path)).corpus

    assert with_kinds(typed, text, corpus) == meant
