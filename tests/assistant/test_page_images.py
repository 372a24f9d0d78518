"""Images of pages: drawn once however many ask, kept within a bound, and none where drawing failed."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from assistant.page_images import PageImages, PageKey
from indexer.errors import IndexDamagedError, ReadError

SHA, OTHER = "a" * 64, "b" * 64
SIZE = 1000


class Drawer:
    """Draws images of a thousand bytes and remembers of which pages; "fail" and "wait" as the test sets them."""

    def __init__(self):
        self.drawn = []
        self.fail = False
        self.wait = threading.Event()
        self.wait.set()

    def __call__(self, original, page, *, dpi):
        self.drawn.append(page)
        assert self.wait.wait(10)
        if self.fail:
            message = "page cannot be shown"
            raise ReadError(message)
        return f"RIFF {original} {page} {dpi}".encode().ljust(SIZE, b".")


@pytest.fixture
def drawer():
    return Drawer()


def images(folder, drawer, pages=100, **more):
    return PageImages(folder, most_bytes=pages * SIZE, render=drawer, **more)


def look(images, page, sha256=SHA, dpi=130):
    return images.image(PageKey(sha256, page, dpi), lambda: "goc.pdf")


def test_a_page_is_drawn_once(tmp_path, drawer):
    """
    The second look, also of a server that was started anew, takes the image from the disk; another size is another image.
    """
    one = images(tmp_path / "pages", drawer)
    first = look(one, 1)

    assert look(one, 1) == look(images(tmp_path / "pages", drawer), 1) == first
    assert look(one, 1, dpi=220) != first
    assert drawer.drawn == [1, 1]


def test_many_who_ask_at_once_get_one_drawing(tmp_path, drawer):
    """
    Of eight requests for the same page one draws it, and the others wait for that.
    """
    one = images(tmp_path, drawer)
    drawer.wait.clear()
    with ThreadPoolExecutor(8) as pool:
        waiting = [pool.submit(look, one, 1) for _ in range(8)]
        drawer.wait.set()
        answers = {each.result() for each in waiting}

    assert (len(answers), drawer.drawn) == (1, [1])


def test_the_folder_holds_only_so_much(tmp_path, drawer):
    """
    With room for three pages, the one not looked at for longest makes room for the fourth.
    """
    one = images(tmp_path, drawer, pages=3)
    for page in (1, 2, 3, 1, 4):
        look(one, page)

    assert sum(path.stat().st_size for path in tmp_path.iterdir()) == 3 * SIZE
    for page in (1, 3, 4):
        look(one, page)
    assert drawer.drawn == [1, 2, 3, 4]
    look(one, 2)
    assert drawer.drawn == [1, 2, 3, 4, 2]


def test_the_bound_holds_after_a_new_start(tmp_path, drawer):
    """
    What an earlier server left counts, and other files of the folder are left alone.
    """
    (tmp_path / "ghi-chu.txt").write_bytes(b"x" * 9 * SIZE)
    for page in range(5):
        look(images(tmp_path, drawer, pages=3), page)

    assert len(list(tmp_path.glob("*.webp"))) == 3
    assert (tmp_path / "ghi-chu.txt").exists()


def test_images_are_their_owners_alone(tmp_path, drawer):
    """
    Nobody else of the machine may look into the folder.
    """
    look(images(tmp_path / "pages", drawer), 1)

    assert (tmp_path / "pages").stat().st_mode & 0o777 == 0o700
    assert next((tmp_path / "pages").glob("*.webp")).stat().st_mode & 0o777 == 0o600


def test_what_failed_is_not_tried_again_at_once(tmp_path, drawer):
    """
    A page that could not be drawn is refused for a minute without a new try, and drawn then if it can be.
    """
    now = [0.0]
    one = images(tmp_path, drawer, clock=lambda: now[0])
    drawer.fail = True
    for _ in range(3):
        with pytest.raises(ReadError):
            look(one, 1)
    assert drawer.drawn == [1]

    drawer.fail, now[0] = False, 61.0
    assert look(one, 1).startswith(b"RIFF")


def test_an_original_that_is_gone_or_damaged_is_an_error(tmp_path, drawer):
    """
    Nothing is drawn of a file that is not kept, or is not what was kept.
    """

    def damaged():
        message = "goc.pdf: not what was kept"
        raise IndexDamagedError(message)

    one = images(tmp_path, drawer)
    with pytest.raises(ReadError, match="not kept"):
        one.image(PageKey(SHA, 1, 130), lambda: None)
    with pytest.raises(IndexDamagedError):
        one.image(PageKey(OTHER, 1, 130), damaged)
    assert drawer.drawn == []


@pytest.mark.parametrize("harm", [lambda path: path.unlink(), lambda path: path.write_bytes(b"")])
def test_an_image_that_was_lost_is_drawn_again(tmp_path, drawer, harm):
    """
    A file that somebody deleted, or that a power cut left empty, is none.
    """
    one = images(tmp_path, drawer)
    first = look(one, 1)
    harm(next(tmp_path.glob("*.webp")))

    assert look(one, 1) == first
    assert drawer.drawn == [1, 1]


def test_pages_are_shown_where_nothing_can_be_kept(tmp_path, drawer):
    """
    A folder that cannot be written costs time and no page.
    """
    (tmp_path / "pages").write_bytes(b"a file")
    one = images(tmp_path / "pages", drawer)

    assert look(one, 1) == look(one, 1)
    assert drawer.drawn == [1, 1]


def test_a_deleted_document_leaves_no_images(tmp_path, drawer):
    """
    ``forget`` removes the images of one original, and of no other.
    """
    one = images(tmp_path, drawer)
    look(one, 1)
    look(one, 2)
    look(one, 1, sha256=OTHER)
    one.forget(SHA)

    assert [path.name for path in tmp_path.iterdir()] == [f"{OTHER}-1-130.webp"]
