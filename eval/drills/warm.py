"""Loaded once by the process from which the children of a drill are forked: the models, and the modules that answering takes."""

from __future__ import annotations

import indexer.build
import indexer.keeping  # noqa: F401
from indexer.embedding import token_model
from indexer.segment import segment

token_model()
segment("khởi động")
