"""
A plain RAG of LlamaIndex to be scored beside ours: its splitter, its vector index over FAISS, the same small embedding model, no language model.

    python -m venv .peer && .peer/bin/pip install -r eval/peers/requirements.txt
    .peer/bin/python -m eval.peers.llama_index_rag --index .index --port 8101
    python -m eval run --adapter http:http://127.0.0.1:8101/ --name LlamaIndex
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from eval.peers.service import serve

if TYPE_CHECKING:
    from collections.abc import Callable

    from eval.peers.service import Model, Passages

TOKENS, OVERLAP = 256, 26  # some 450 characters of Vietnamese, as its splitter counts


def open_peer(texts: dict[str, str], model: Model) -> Callable[[str, int], Passages]:
    """Return what finds the best nodes of *texts*, as LlamaIndex's guide to retrieval does."""
    import faiss  # noqa: PLC0415 - in the environment of the peers only
    from llama_index.core import Document, StorageContext, VectorStoreIndex  # noqa: PLC0415
    from llama_index.core.embeddings import BaseEmbedding  # noqa: PLC0415
    from llama_index.core.node_parser import SentenceSplitter  # noqa: PLC0415
    from llama_index.vector_stores.faiss import FaissVectorStore  # noqa: PLC0415

    class Ours(BaseEmbedding):
        def _get_text_embedding(self, text: str) -> list[float]:
            return model.encode([text])[0]

        def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
            return model.encode(texts)

        def _get_query_embedding(self, query: str) -> list[float]:
            return model.encode([query])[0]

        async def _aget_query_embedding(self, query: str) -> list[float]:
            return self._get_query_embedding(query)

    documents = [Document(text=text, id_=name) for name, text in texts.items()]
    dimension = len(model.encode(["a"])[0])
    index = VectorStoreIndex.from_documents(
        documents,
        transformations=[SentenceSplitter(chunk_size=TOKENS, chunk_overlap=OVERLAP)],
        embed_model=Ours(),
        storage_context=StorageContext.from_defaults(
            vector_store=FaissVectorStore(faiss_index=faiss.IndexFlatIP(dimension))
        ),
    )
    retrievers = {top: index.as_retriever(similarity_top_k=top) for top in range(1, 6)}

    def best(question: str, top: int) -> Passages:
        found = retrievers[top].retrieve(question)
        return [(one.node.ref_doc_id or "", one.node.get_content()) for one in found]

    return best


if __name__ == "__main__":
    serve(open_peer, "Answer questions with a plain RAG of LlamaIndex over HTTP.")
