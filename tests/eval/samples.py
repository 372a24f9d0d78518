"""Questions, citations and records that default everything a test is not about."""

from __future__ import annotations

import json

from eval.measures import Score
from eval.question_set import Gold, Question

ROW = "9.  \nXây dựng đề án ứng dụng \n\nIoT\n\nSở Khoa học và \n\nCông nghệ\n\nTháng \n\n10/2025"


def gold(quote="Sở Khoa học và \n\nCông nghệ", *, document="phu-luc", beside=""):
    return Gold(document=document, label="Phụ lục II, nhiệm vụ 9", quote=quote, beside=beside)


def question(**given):
    values = {
        "id": "q1",
        "category": "table_lookup",
        "text": "Ai chủ trì nhiệm vụ 9?",
        "must": (("Sở Khoa học và Công nghệ", "Sở KH&CN"),),
        "gold": (gold(),),
    }
    return Question(**{**values, **given})


def unanswerable(**given):
    return question(**{"answerable": False, "must": (), "gold": (), "category": "unanswerable", **given})


def citation(quote="Sở Khoa học và \n\nCông nghệ", *, text=ROW, document="phu-luc", **given):
    start = max(0, text.find(quote))
    return {"document": document, "quote": quote, "text": text, "start": start, "end": start + len(quote), **given}


def record(answer="Nhiệm vụ 9 do Sở Khoa học và Công nghệ chủ trì [1].", *, status="answered", citations=None, **given):
    found = [citation()] if citations is None else citations
    return {"id": "q1", "status": status, "answer": answer, "citations": found, "elapsed_ms": 1.0, **given}


def score(id_="q1", *, right=True, category="table_lookup", answerable=True, declined=False):
    facts = right if answerable else None
    return Score(id_, category, answerable, facts, facts, declined, right)


def line(**given):
    values = {
        "id": "q1",
        "category": "table_lookup",
        "question": "Ai chủ trì nhiệm vụ 9?",
        "history": [],
        "answerable": True,
        "must": [["Sở Khoa học và Công nghệ"]],
        "must_not": [],
        "gold": [{"document": "phu-luc", "label": "nhiệm vụ 9", "quote": "Sở Khoa học và \n\nCông nghệ"}],
        "any_gold": False,
    }
    return json.dumps({**values, **given}, ensure_ascii=False)
