"""Subsets of the fonts that tools/vendor-fonts has fetched: `subset_fonts.py FETCHED TARGET`."""

import shutil
import sys
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import AxisTriple, instantiateVariableFont

LATIN = [*range(0x20, 0x7F), *range(0xA0, 0x180), *range(0x2010, 0x2028), 0x2030, 0x2032, 0x2033, 0x2212, 0x2215]
GREEK = [*range(0x391, 0x3CA), 0x3D1, 0x3D5, 0x3F5]
SIGNS = [
    *range(0x2070, 0x208F),  # superscripts and subscripts
    *range(0x2190, 0x219A),  # arrows
    *(0x2202, 0x2207, 0x2208, 0x221A, 0x221E, 0x2211, 0x2248, 0x2260, 0x2264, 0x2265, 0x22C5, 0x25CF, 0x25CB),
]
MATHEMATICS = [
    *range(0x20, 0x7F),
    *(0xA0, 0xAC, 0xB1, 0xB2, 0xB3, 0xB7, 0xD7, 0xF7, 0x302, 0x303, 0x304, 0x305, 0x307, 0x20D7),
    *(0x393, 0x394, 0x3A3, 0x3A9, 0x3C0),
    *range(0x2010, 0x2016),
    *(0x2016, 0x2026, 0x2032, 0x2033, 0x2061, 0x2062, 0x2063, 0x210E, 0x2113, 0x211D),
    *(0x2190, 0x2192, 0x21A6, 0x2200, 0x2202, 0x2203, 0x2207, 0x2208, 0x220F, 0x2211, 0x2212, 0x2213, 0x2215, 0x2218),
    *(0x2219, 0x221A, 0x221E, 0x2225, 0x222B, 0x223C, 0x2248, 0x2260, 0x2264, 0x2265, 0x226A, 0x226B, 0x2299),
    *(0x22A4, 0x22C5, 0x22EE, 0x22EF, 0x2308, 0x2309, 0x230A, 0x230B, 0x27E8, 0x27E9),
    *range(0x1D434, 0x1D468),  # italic letters, which MathML uses for a name of one letter
    *range(0x1D6FC, 0x1D71C),  # italic Greek
]


@dataclass(frozen=True)
class Font:
    """Where a font comes from, what is kept, and the licence that goes with it."""

    target: str
    source: str
    characters: list[int]
    licence: str
    axes: dict[str, float | tuple[float, float]]
    family: str | None = None  # a new name where the licence reserves the old one for the unchanged font


FONTS = [
    Font(
        "inter.woff2",
        "node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2",
        LATIN,
        "node_modules/@fontsource-variable/inter/LICENSE",
        {"wght": (400, 600)},
    ),
    Font(
        "inter-signs.woff2",
        "debian/usr/share/fonts/truetype/inter-vf/Inter-roman.var.ttf",
        GREEK + SIGNS,
        "node_modules/@fontsource-variable/inter/LICENSE",
        {"wght": (400, 600)},
    ),
    Font(
        "serif.woff2",
        "node_modules/@fontsource-variable/source-serif-4/files/source-serif-4-latin-opsz-normal.woff2",
        LATIN,
        "node_modules/@fontsource-variable/source-serif-4/LICENSE",
        {"wght": (400, 600), "opsz": 28},
        "Steepest Serif",
    ),
    Font(
        "serif-italic.woff2",
        "node_modules/@fontsource-variable/source-serif-4/files/source-serif-4-latin-opsz-italic.woff2",
        list(range(0x20, 0x7F)),
        "node_modules/@fontsource-variable/source-serif-4/LICENSE",
        {"wght": 400, "opsz": 16},
        "Steepest Serif",
    ),
    Font(
        "serif-greek-italic.woff2",
        "node_modules/@fontsource-variable/source-serif-4/files/source-serif-4-greek-opsz-italic.woff2",
        GREEK,
        "node_modules/@fontsource-variable/source-serif-4/LICENSE",
        {"wght": 400, "opsz": 16},
        "Steepest Serif",
    ),
    Font(
        "mono.woff2",
        "node_modules/@fontsource/ibm-plex-mono/files/ibm-plex-mono-latin-400-normal.woff2",
        LATIN,
        "node_modules/@fontsource/ibm-plex-mono/LICENSE",
        {},
        "Steepest Mono",
    ),
    Font(
        "mathematics.woff2",
        "debian/usr/share/texmf/fonts/opentype/public/lm-math/latinmodern-math.otf",
        MATHEMATICS,
        "debian/usr/share/doc/fonts-lmodern/copyright",
        {},
        "Steepest Mathematics",
    ),
]


def only_digits(font: TTFont) -> None:
    """Tabular figures shall change figures alone: a wide hyphen tears words apart."""
    if "GSUB" not in font:
        return
    table = font["GSUB"].table
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag != "tnum":
            continue
        for index in record.Feature.LookupListIndex:
            for part in table.LookupList.Lookup[index].SubTable:
                mapping = getattr(getattr(part, "ExtSubTable", part), "mapping", {})
                for name in [name for name in mapping if name.split(".")[0] in {"hyphen", "space", "uni00A0"}]:
                    del mapping[name]


def subset(font: Font, fetched: Path, target: Path) -> None:
    """Write one font, smaller."""
    loaded = TTFont(fetched / font.source)
    if font.axes:
        limits = {tag: AxisTriple(v[0], None, v[1]) if isinstance(v, tuple) else v for tag, v in font.axes.items()}
        narrowed = BytesIO()  # the subsetter wants a font that was written and read again
        instantiateVariableFont(loaded, limits).save(narrowed)
        loaded = TTFont(narrowed)
    options = Options(
        layout_features=["*"], flavor="woff2", notdef_outline=True, name_IDs=[0, 1, 2, 3, 4, 5, 6, 13, 14]
    )
    if font.target.startswith("inter"):
        wanted = ["kern", "calt", "ccmp", "mark", "mkmk", "locl", "tnum", "cv05", "ss03", "sups", "subs"]
        options.layout_features = wanted
    if font.target.startswith("math"):
        options.layout_features = ["ssty", "ccmp", "flac", "dtls"]
    if font.target.startswith("serif"):
        options.layout_features = ["kern", "ccmp", "liga", "lnum", "tnum", "mark", "locl"]
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=font.characters)
    subsetter.subset(loaded)
    only_digits(loaded)
    if font.family:
        for record in loaded["name"].names:
            if record.nameID in {1, 3, 4, 6, 16}:
                record.string = font.family.replace(" ", "") if record.nameID == 6 else font.family
    loaded.flavor = "woff2"
    loaded.save(target / font.target)
    licence = Path(font.licence).parent.name
    shutil.copyfile(fetched / font.licence, target / f"LICENSE-{licence}.txt")
    print(f"{font.target:24} {(target / font.target).stat().st_size / 1024:6.1f} kB")


if __name__ == "__main__":
    for each in FONTS:
        subset(each, Path(sys.argv[1]), Path(sys.argv[2]))
