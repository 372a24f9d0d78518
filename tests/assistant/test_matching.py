from types import SimpleNamespace

import pytest

from assistant.matching import as_asked

CORPUS = SimpleNamespace(is_compound=lambda first, second: (first, second) in {("báo", "cáo"), ("ứng", "dụng")})


@pytest.mark.parametrize(
    ("words", "text", "said"),
    [
        # what stands between, and the other half of a word
        (["cáo", "minh", "chứng"], "Việc báo cáo kèm minh chứng cần gì?", "báo cáo kèm minh chứng"),
        (["iot", "ứng"], "Đề án IoT ứng dụng do ai làm?", "IoT ứng dụng"),
        # one word, with the comma behind it
        (["sổ"], "Việc nào có sổ, và ai làm?", "sổ"),
        # the shortest stretch that has them
        (["sổ", "đò"], "Sổ bến, sổ đò do ai giữ?", "sổ đò"),
        # far apart, and not all of them there
        (["sổ", "bến"], "Sổ nào thì phải do người trông bến ghi?", "sổ bến"),
        (["sổ", "đò"], "Việc nào có sổ?", "sổ đò"),
    ],
)
def test_words_are_said_as_they_were_asked(words, text, said):
    """
    A condition is shown in the words of the question, not in what was left of them.
    """
    assert as_asked(words, text, CORPUS) == said
