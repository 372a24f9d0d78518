"""
Our exceptions; each message gives place, fact and next step.

    HoiVanBanError
    ├── InputError            a file, a catalogue or a question is not what it should be
    │   ├── ReadError         a file cannot be read
    │   ├── CatalogueError    catalogue.toml is wrong
    │   └── UnknownDocumentError
    ├── StoreError
    │   ├── IndexMissingError   there is no index in the folder
    │   ├── IndexMismatchError  built with another model, format or segmenter
    │   ├── IndexDamagedError   a file of the index is not what was written
    │   ├── IndexBusyError      another program is writing the index
    │   └── DatabaseUnreachableError  the database that holds the index does not answer
    └── LanguageModelError      the language model's server gave nothing that can be used; never leaves the assistant
"""

from __future__ import annotations


class HoiVanBanError(Exception):
    """Base of all our exceptions."""


class InputError(HoiVanBanError):
    """What was given to us is at fault."""


class ReadError(InputError):
    """A file cannot be read."""


class CatalogueError(InputError):
    """The catalogue is wrong."""


class UnknownDocumentError(InputError):
    """No document of the index has this id."""


class StoreError(HoiVanBanError):
    """The index cannot serve."""


class IndexMissingError(StoreError):
    """There is no index in the folder."""


class IndexMismatchError(StoreError):
    """The index was built with another model, format or segmenter."""


class IndexDamagedError(StoreError):
    """A file of the index is not what was written."""


class IndexBusyError(StoreError):
    """Another program is writing the index."""


class DatabaseUnreachableError(StoreError):
    """The database that holds the index does not answer."""


class LanguageModelError(HoiVanBanError):
    """The language model's server gave nothing that can be used."""
