"""A picture file page by page: each frame upright, and how many of its dots make an inch."""

from __future__ import annotations

from PIL import Image, ImageOps

_FEWEST_DOTS, _MOST_DOTS = 60, 1200  # an inch; what a file says beyond is not meant
_LONG_SIDE = 11.7  # inches of a page of A4, which a picture is taken for that does not say


def frames_of(image: Image.Image) -> int:
    """Return how many pages the picture *image* has: a TIFF may have several."""
    return int(getattr(image, "n_frames", 1))


def upright(image: Image.Image) -> Image.Image:
    """Return the frame that *image* stands at as it is to be looked at: a camera notes how it was held."""
    return ImageOps.exif_transpose(image)


def dots_of(image: Image.Image) -> float:
    """Return how many dots of *image* make an inch, by what the file says, or as if it were a page of A4."""
    dots = float(image.info.get("dpi", (0, 0))[0])
    return dots if _FEWEST_DOTS <= dots <= _MOST_DOTS else max(image.size) / _LONG_SIDE
