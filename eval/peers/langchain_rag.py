"""
A plain RAG of LangChain to be scored beside ours: its splitter, its FAISS store, the same small embedding model, no language model.

    python -m venv .peer && .peer/bin/pip install -r eval/peers/requirements.txt
    .peer/bin/python -m eval.peers.langchain_rag --index .index --port 8100
    python -m eval run --adapter http:http://127.0.0.1:8100/ --name LangChain
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eval.peers.service import CHUNK, OVERLAP, serve

if TYPE_CHECKING:
    from collections.abc import Callable

    from eval.peers.service import Model, Passages


def open_peer(texts: dict[str, str], model: Model) -> Callable[[str, int], Passages]:
    """Return what finds the best pieces of *texts*, as LangChain's guide to retrieval does."""
    from langchain_community.vectorstores import FAISS  # noqa: PLC0415 - in the environment of the peers only
    from langchain_core.documents import Document  # noqa: PLC0415
    from langchain_core.embeddings import Embeddings  # noqa: PLC0415
    from langchain_text_splitters import RecursiveCharacterTextSplitter  # noqa: PLC0415

    class Ours(Embeddings):
        def embed_documents(self, texts: list[str]) -> list[list[float]]:
            return model.encode(texts)

        def embed_query(self, text: str) -> list[float]:
            return model.encode([text])[0]

    documents = [Document(text, metadata={"source": name}) for name, text in texts.items()]
    splitter = RecursiveCharacterTextSplitter(chunk_size=CHUNK, chunk_overlap=OVERLAP)
    store = FAISS.from_documents(splitter.split_documents(documents), Ours())

    def best(question: str, top: int) -> Passages:
        return [(one.metadata["source"], one.page_content) for one in store.similarity_search(question, k=top)]

    return best


if __name__ == "__main__":
    serve(open_peer, "Answer questions with a plain RAG of LangChain over HTTP.")
