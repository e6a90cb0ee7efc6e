"""The formulas of Word in one line, as they are typed into it."""

from typing import Any

M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
Element = Any


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


def _sign(node: Element, properties: str, name: str, otherwise: str) -> str:
    found = node.find(f"{properties}/{M}{name}")
    return otherwise if found is None else found.get(f"{M}val") or ""


def _grouped(text: str) -> str:
    return text if len(text) == 1 else f"({text})"
