"""Pictures drawn anew: what is seen stays, what was hidden goes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from portal.gateways.images import draw_anew, media_type
from portal.rules.attachments import JPEG, LARGEST_BYTES, PDF, PNG
from tests.support.pictures import SECRET, flag, looks, opened, saved, zipped


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"%PDF-1.7\n...", PDF),
        (saved(flag()), JPEG),
        (saved(flag(), "PNG"), PNG),
        (saved(flag(), "WEBP"), "image/webp"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "image/heic"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "image/heic"),
        (saved(flag(), "GIF"), None),
        (saved(flag(), "TIFF"), None),
        (saved(flag(), "BMP"), None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"<!doctype html>" + SECRET, None),
        (b"<html>%PDF-1.7", None),
        (zipped(), None),
        (b"MZ\x90\0", None),
        (b"", None),
        (b"\xff\xd8", None),
    ],
)
def test_the_first_bytes_say_what_a_file_is(data: bytes, kind: str | None) -> None:
    assert media_type(data) == kind


@given(st.one_of(st.binary(max_size=64), st.binary(max_size=40).map(lambda rest: b"\0\0\0\x18ftyp" + rest)))
def test_no_bytes_are_too_strange_to_be_named(data: bytes) -> None:
    media_type(data)


def test_a_photo_loses_what_its_camera_wrote() -> None:
    exif = Image.Exif()
    exif[0x010F], exif[0x8769] = "Camera of Ann", {0x9286: b"secret note"}
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)}
    data = saved(flag(), exif=exif, comment=b"by Ann", dpi=(300, 300))
    assert b"Ann" in data
    found = draw_anew(data, JPEG)
    for drawn in (found.body, found.thumbnail):
        image = opened(drawn)
        assert not {"exif", "comment", "icc_profile", "dpi"} & {*image.info}
        assert not image.getexif()
        assert b"Ann" not in drawn
        assert b"Exif" not in drawn
    assert looks(opened(found.body), (5, 10)) == "red"


@pytest.mark.parametrize(("orientation", "left", "size"), [(1, "red", (40, 20)), (3, "blue", (40, 20))])
def test_a_photo_stands_upright(orientation: int, left: str, size: tuple[int, int]) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    image = opened(draw_anew(saved(flag(), exif=exif), JPEG).body)
    assert image.size == size
    assert looks(image, (5, 10)) == left


def test_a_photo_taken_on_its_side_is_turned() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    found = draw_anew(saved(flag(), exif=exif), JPEG)
    for drawn in (found.body, found.thumbnail):
        image = opened(drawn)
        assert image.size == (20, 40)
        assert (looks(image, (10, 5)), looks(image, (10, 35))) == ("red", "blue")


def test_text_in_a_png_goes() -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", SECRET.decode())
    text.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    text.add_text("Zipped", SECRET.decode(), zip=True)
    found = draw_anew(saved(flag(), "PNG", pnginfo=text, dpi=(300, 300)), PNG)
    assert found.media_type == PNG
    assert opened(found.body).info == {}
    assert SECRET not in found.body


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (saved(flag("CMYK")), JPEG),
        (saved(flag("L")), JPEG),
        (saved(flag(), quality=1, progressive=True), JPEG),
        (saved(flag("P"), "PNG"), PNG),
        (saved(flag("1"), "PNG"), PNG),
        (saved(flag("LA"), "PNG"), PNG),
        (saved(flag("RGBA"), "PNG"), PNG),
        (saved(flag("RGBA"), "WEBP"), "image/webp"),
        (saved(flag(), "WEBP", lossless=True), "image/webp"),
        (saved(flag(), "MPO", save_all=True, append_images=[flag()]), JPEG),
        (saved(Image.new("L", (1, 1)), "PNG"), PNG),
        (saved(Image.new("L", (1, 1))), JPEG),
        (saved(Image.new("L", (70_000, 1)), "PNG"), PNG),
    ],
)
def test_every_kind_of_picture_is_drawn(data: bytes, kind: str) -> None:
    before, found = opened(data), draw_anew(data, kind)
    assert found.media_type == (PNG if kind == PNG else JPEG)
    drawn, small = opened(found.body), opened(found.thumbnail)
    assert drawn.size == before.size
    assert drawn.format == found.media_type.partition("/")[2].upper()
    assert small.format == "JPEG"
    assert max(small.size) <= 480
    if before.mode in ("RGB", "RGBA", "CMYK", "P"):
        assert (looks(drawn, (5, 10)), looks(small, (35, 10))) == ("red", "blue")


def test_sixteen_bits_become_eight_of_the_same_grey() -> None:
    deep = Image.new("I;16", (4, 4), 0x8000)
    assert opened(draw_anew(saved(deep, "PNG"), PNG).body).getpixel((1, 1)) == 0x80


def test_what_can_be_seen_through_stays_so_in_a_png_and_is_white_in_a_jpeg() -> None:
    glass = Image.new("RGBA", (10, 10), (0, 0, 0, 0))
    assert opened(draw_anew(saved(glass, "PNG"), PNG).body).getpixel((1, 1)) == (0, 0, 0, 0)
    assert opened(draw_anew(saved(glass, "WEBP"), "image/webp").body).getpixel((1, 1)) == (255, 255, 255)
    palette = flag("P")
    palette.info["transparency"] = palette.getpixel((1, 1))
    pixel = opened(draw_anew(saved(palette, "PNG"), PNG).body).getpixel((1, 1))
    assert isinstance(pixel, tuple)
    assert pixel[3] == 0


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_of_what_moves_the_first_frame_is_kept(kind: str) -> None:
    data = saved(flag(), kind, save_all=True, append_images=[Image.new("RGB", (40, 20), "blue")], duration=100)
    drawn = opened(draw_anew(data, f"image/{kind.lower()}").body)
    assert getattr(drawn, "n_frames", 1) == 1
    assert looks(drawn, (5, 10)) == "red"


def test_colours_are_what_the_profile_means() -> None:
    plain = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert looks(opened(draw_anew(saved(flag(), icc_profile=plain), JPEG).body), (5, 10)) == "red"
    broken = draw_anew(saved(flag(), icc_profile=b"no profile at all"), JPEG)
    assert looks(opened(broken.body), (5, 10)) == "red"


def test_a_large_photo_is_kept_whole_and_shown_small() -> None:
    found = draw_anew(saved(Image.new("RGB", (6_000, 4_000), "red")), JPEG)
    assert opened(found.body).size == (6_000, 4_000)
    assert opened(found.thumbnail).size == (480, 320)


def test_a_png_that_would_grow_too_large_becomes_a_jpeg() -> None:
    noise = Image.merge("RGB", [Image.effect_noise((2_400, 2_400), 200) for _ in range(3)])
    found = draw_anew(saved(noise, "WEBP", quality=90), "image/webp")
    assert found.media_type == JPEG
    large = saved(noise, "PNG")
    assert len(large) > LARGEST_BYTES
    assert draw_anew(large, PNG).media_type == JPEG
