"""The formulas of Word, and those in MathML, in one line, as they are typed into Word."""

from typing import Any

M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
Element = Any
_TOKENS = frozenset(("mi", "mn", "mo", "mtext", "ms"))
_NOTES = frozenset(("annotation", "annotation-xml", "mphantom"))
_UNSEEN = dict.fromkeys(range(0x2061, 0x2065))
"""Operators of MathML that are not displayed, such as that of a product without a sign."""


def formula(node: Element) -> str:
    """A formula in one line, as it is typed into Word."""
    tag = node.tag.rpartition("}")[2] if isinstance(node.tag, str) else ""
    if tag == "t":
        return node.text or ""
    parts = {child.tag.rpartition("}")[2]: child for child in node if isinstance(child.tag, str)}
    written: dict[str, str] = {name: formula(parts[name]) for name in ("num", "den", "e", "sup", "sub", "deg") if name in parts}
    if tag == "f" and "num" in written and "den" in written:
        return f"({written['num']})/({written['den']})"
    if tag in ("sSup", "sSub", "sSubSup"):
        lower = f"_{_grouped(written['sub'])}" if "sub" in written else ""
        upper = f"^{_grouped(written['sup'])}" if "sup" in written else ""
        return written.get("e", "") + lower + upper
    if tag == "rad":
        return f"√({written.get('e', '')})"
    if tag == "d":
        begin, separator, end = (
            _sign(node, f"{M}dPr", name, sign) for name, sign in (("begChr", "("), ("sepChr", "|"), ("endChr", ")"))
        )
        return begin + separator.join(map(formula, node.iterfind(f"{M}e"))) + end
    if tag == "nary":
        lower, upper = (
            f"{sign}{_grouped(written[name])}" if written.get(name) else "" for sign, name in (("_", "sub"), ("^", "sup"))
        )
        return f"{_sign(node, f'{M}naryPr', 'chr', '∫')}{lower}{upper} {written.get('e', '')}"
    return "".join(map(formula, node)) + ("\n" if tag == "oMath" and node.getparent().tag == f"{M}oMathPara" else "")


def math_formula(node: Element) -> str:
    """A formula in MathML (of pages, e-books and OpenDocument files) in one line, as it is typed into Word."""
    tag = node.tag.rpartition("}")[2].lower() if isinstance(node.tag, str) else ""
    if tag in _TOKENS:
        text = " ".join("".join(node.itertext()).split()).translate(_UNSEEN)
        return f" {text} " if tag == "mtext" and text else text
    parts = [child for child in node if isinstance(child.tag, str) and child.tag.rpartition("}")[2].lower() not in _NOTES]
    if tag == "semantics":
        return "".join(map(math_formula, parts[:1]))
    written = [math_formula(part).strip() for part in parts]
    if tag == "mfrac" and len(written) == 2:
        return f"({written[0]})/({written[1]})"
    if tag in ("msup", "mover") and len(written) == 2:
        return f"{written[0]}^{_grouped(written[1])}"
    if tag in ("msub", "munder") and len(written) == 2:
        return f"{written[0]}_{_grouped(written[1])}"
    if tag in ("msubsup", "munderover") and len(written) == 3:
        return f"{written[0]}_{_grouped(written[1])}^{_grouped(written[2])}"
    if tag == "msqrt":
        return f"√({''.join(written)})"
    if tag == "mroot" and len(written) == 2:
        return f"√({written[1]}&{written[0]})"
    if tag == "mfenced":
        return f"{node.get('open', '(')}{', '.join(written)}{node.get('close', ')')}"
    if tag in ("mtable", "mtr", "mlabeledtr"):
        return ("; " if tag == "mtable" else " ").join(written)
    return "".join(math_formula(part) for part in parts)


def _sign(node: Element, properties: str, name: str, otherwise: str) -> str:
    found = node.find(f"{properties}/{M}{name}")
    return otherwise if found is None else found.get(f"{M}val") or ""


def _grouped(text: str) -> str:
    return text if len(text) == 1 else f"({text})"
