"""
A plain RAG of Haystack to be scored beside ours: its splitter, its store in memory, the same small embedding model, no language model.

    python -m venv .peer && .peer/bin/pip install -r eval/peers/requirements.txt
    .peer/bin/python -m eval.peers.haystack_rag --index .index --port 8102
    python -m eval run --adapter http:http://127.0.0.1:8102/ --name Haystack
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from eval.peers.service import serve

if TYPE_CHECKING:
    from collections.abc import Callable

    from eval.peers.service import Model, Passages

WORDS, OVERLAP = 100, 10  # some 450 characters of Vietnamese, as its splitter counts


def open_peer(texts: dict[str, str], model: Model) -> Callable[[str, int], Passages]:
    """Return what finds the best pieces of *texts*, as Haystack's guide to retrieval does."""
    os.environ["HAYSTACK_TELEMETRY_ENABLED"] = (
        "False"  # read when it is imported; it would tell its makers of every start
    )
    from haystack import Document  # noqa: PLC0415 - in the environment of the peers only
    from haystack.components.preprocessors import DocumentSplitter  # noqa: PLC0415
    from haystack.components.retrievers.in_memory import InMemoryEmbeddingRetriever  # noqa: PLC0415
    from haystack.document_stores.in_memory import InMemoryDocumentStore  # noqa: PLC0415

    documents = [Document(content=text, meta={"source": name}) for name, text in texts.items()]
    splitter = DocumentSplitter(split_by="word", split_length=WORDS, split_overlap=OVERLAP)
    pieces = splitter.run(documents)["documents"]
    for piece, row in zip(pieces, model.encode([piece.content for piece in pieces]), strict=True):
        piece.embedding = row
    store = InMemoryDocumentStore(embedding_similarity_function="dot_product")
    store.write_documents(pieces)
    retriever = InMemoryEmbeddingRetriever(store)

    def best(question: str, top: int) -> Passages:
        found = retriever.run(model.encode([question])[0], top_k=top)["documents"]
        return [(one.meta["source"], one.content) for one in found]

    return best


if __name__ == "__main__":
    serve(open_peer, "Answer questions with a plain RAG of Haystack over HTTP.")
