"""What the peers share: the documents of an index, our embedding model as sentence-transformers has it, and a small HTTP server."""

from __future__ import annotations

import argparse
import json
import sys
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any

from indexer.embedding import DEFAULT_MODEL, load_encoder, sentence_transformer_of
from indexer.index import Index
from indexer.segment import segment

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

CHUNK, OVERLAP = 500, 50  # characters: what an answer may paste
Passages = list[tuple[str, str]]  # document and text, the best first


class Model:
    """The embedding model of the program, computed by sentence-transformers: a list of floats a text, of length 1."""

    def __init__(self, name: str) -> None:
        encoder = load_encoder(name)
        self._vocabulary = encoder.static.vocabulary if encoder.static else None
        self._names = list(self._vocabulary.names()) if self._vocabulary else []
        self._model = sentence_transformer_of(encoder.static) if encoder.static else encoder.model

    def encode(self, texts: Sequence[str]) -> list[list[float]]:
        """Return one row a text."""
        if self._vocabulary is not None:  # its tokenizer wants segmented words
            rows_of = self._vocabulary.ids
            texts = [" ".join(self._names[row] for row in rows_of(segment(text))) for text in texts]
        rows: list[list[float]] = self._model.encode(
            list(texts), normalize_embeddings=True, show_progress_bar=False
        ).tolist()
        return rows


def serve(open_peer: Callable[[dict[str, str], Model], Callable[[str, int], Passages]], what: str) -> None:
    """
    Read the command line, index the documents with *open_peer* and answer questions over HTTP until interrupted.

    *open_peer* takes the documents by id and the model, and returns what finds the best passages for a question.
    """
    parser = argparse.ArgumentParser(description=what)
    parser.add_argument("--index", type=Path, default=Path(".index"), help="an index with the documents (.index)")
    parser.add_argument("--model", default=DEFAULT_MODEL, help="name or folder of the embedding model (our own)")
    parser.add_argument("--top", type=int, default=1, help="how many passages are pasted (1)")
    parser.add_argument("--port", type=int, default=8100, help="(8100)")
    options = parser.parse_args()
    texts = {document.id: document.text for document in Index.open(options.index).documents}
    best = open_peer(texts, Model(options.model))
    best("khởi động", 1)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # head and body leave in two packets: without this the second waits for an acknowledgement, 40 ms
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            passages = best(asked["question"], options.top)
            answer: dict[str, Any] = {
                "id": asked.get("id"),
                "answer": "\n".join(text for _, text in passages),
                "citations": [{"document": document, "quote": text} for document, text in passages],
                "declined": False,
            }
            body = json.dumps(answer, ensure_ascii=False).encode()
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Type", "application/json; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Be quiet: a line a question would be most of the time that is measured."""

    with ThreadingHTTPServer(("127.0.0.1", options.port), Handler) as server:
        sys.stderr.write(f"{len(texts)} documents; answers at http://127.0.0.1:{options.port}/\n")
        server.serve_forever()
