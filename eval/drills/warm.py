"""Loaded once by the process from which the children of a drill are forked: the models, and the modules that answering takes."""

from __future__ import annotations

import assistant.service  # noqa: F401
import indexer.build
import indexer.keeping
import indexer.scan_repair  # noqa: F401
from assistant.answering import AnsweringModel
from indexer.channel import Confusions
from indexer.embedding import token_model
from indexer.reranker import Reranker
from indexer.segment import segment
from indexer.syllable_model import SyllableModel

for load in (token_model, SyllableModel.load, Confusions.load, Reranker.load, AnsweringModel.load):
    load()
segment("khởi động")
