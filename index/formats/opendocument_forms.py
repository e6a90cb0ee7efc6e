"""The controls of forms in OpenDocument, whose values stand apart from the text that they are in."""

from typing import Any

Element = Any
_FORM = "{urn:oasis:names:tc:opendocument:xmlns:form:1.0}"
_ID = "{http://www.w3.org/XML/1998/namespace}id"
_CHECKED, _UNCHECKED = "☒", "☐"
_UNSHOWN = frozenset(("password", "hidden", "file", "image", "image-frame"))


def read_controls(root: Element) -> dict[str, str]:
    """What each control of a document shows, by its id: its label, and its value, its state or the chosen entries."""
    found: dict[str, str] = {}
    for control in root.iter(f"{_FORM}*"):
        name, kind = control.get(_ID) or control.get(f"{_FORM}id"), control.tag.removeprefix(_FORM)
        if name and kind not in _UNSHOWN:
            found[name] = " ".join(filter(None, _shown(control, kind))).strip()
    return found


def _shown(control: Element, kind: str) -> tuple[str, str]:
    label = control.get(f"{_FORM}label") or ""
    if kind == "checkbox":
        return _CHECKED if _now(control, "state") == "checked" else _UNCHECKED, label
    if kind == "radio":
        return _CHECKED if _now(control, "selected") == "true" else _UNCHECKED, label
    if kind == "listbox":
        chosen = (option for option in control.iterfind(f"{_FORM}option") if _now(option, "selected") == "true")
        return label, ", ".join(option.get(f"{_FORM}label") or "" for option in chosen)
    return label, _now(control, "value")


def _now(control: Element, name: str) -> str:
    return control.get(f"{_FORM}current-{name}") or control.get(f"{_FORM}{name}") or ""
