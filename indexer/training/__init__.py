"""Training of the models that the package ships: ``python -m indexer train --data DIR``."""

from indexer.training.command import main, train

__all__ = ["main", "train"]
