"""The control words of RTF (Rich Text Format Specification 1.9.1) by what they do to a text."""

from quotewise.index.formats.parsed import BlockKind

SKIPPED = frozenset(
    b"fonttbl colortbl stylesheet pict info xmlnstbl rsidtbl generator listtable listoverridetable themedata "
    b"datastore latentstyles nonshppict shpinst sp bkmkstart bkmkend filetbl revtbl pgdsctbl mmathPr atnid atnref atntime "
    b"atndate factoidname template ftnsep ftnsepc aftnsep private xe tc "
    b"objdata objclass objname objalias objsect nonesttables".split()
)
KEPT = frozenset(
    b"shptxt listtext pntext field fldrslt footnote header headerl headerr headerf footer footerl footerr footerf".split()
)
KEPT_UNKNOWN = frozenset(b"annotation shptxt listtext pntext shppict shpinst shp atnauthor moMath moMathPara".split())
SIGNS = {
    **{b"tab": "\t", b"line": "\n", b"lquote": "‘", b"rquote": "’", b"ldblquote": "“", b"rdblquote": "”", b"bullet": "•"},
    **{b"endash": "–", b"emdash": "—", b"enspace": "\u2002", b"emspace": "\u2003", b"page": "\n", b"softline": "\n"},
    **{b"lbr": "\n", b"column": "\n", b"qmspace": " "},
}
MARGINS: dict[bytes, BlockKind] = {
    **dict.fromkeys((b"header", b"headerl", b"headerr", b"headerf"), "header"),
    **dict.fromkeys((b"footer", b"footerl", b"footerr", b"footerf"), "footer"),
}
FORMULA_SIGNS = {b"mden": "/", b"msup": "^", b"msub": "_", b"mrad": "√"}
"""What stands before a part of a formula in one line; its properties, whose words end so, hold no text."""
TABLE_WORDS = frozenset(b"cell nestcell row nestrow trowd trleft trhdr cellx clmrg clvmrg".split())
NOTES = frozenset((b"footnote", b"annotation"))
