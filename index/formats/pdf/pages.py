"""A page with all of its text: the segments that are drawn, the contents of notes and the values of form fields."""

import ctypes
from typing import Any

import numpy as np
import pypdfium2.raw as pdfium

from quotewise.index.formats.pdf.document import Frame, address, opened_page, wide_string
from quotewise.index.formats.pdf.glyphs import characters_of, with_tex_characters
from quotewise.index.formats.pdf.segments import Page, Reading, Segment

_LITTLE_TEXT = 400
_OBJECTS = 2000
_NOTES = {1, *range(3, 16)}
"""The kinds of annotations whose contents somebody wrote, by pdfium's number; links and pop-ups have none of their own."""
_WIDGET = 20


def read_page(document: Any, form: Any, number: int) -> Page | None:
    """A page, from 1, or None where it is damaged."""
    with opened_page(document, number) as (page, text):
        if page is None:
            return None
        frame = Frame.of(page)
        width, height = frame.size
        read = Page(number, width, height, [], set(), pdfium.FPDFPage_CountObjects(page) <= 0)
        count = pdfium.FPDFText_CountChars(text)
        if count > 0:
            characters = characters_of(text, count)
            shown = with_tex_characters(address(text), characters)
            read.respelt = shown != characters
            Reading(address(text), shown, frame, read).run()
        if sum(len(s.text) for s in read.segments if not s.kind) < _LITTLE_TEXT or any(s.kind for s in read.segments):
            read.pictured = _pictured(page, frame)
        _annotations(page, form, frame, read)
        return read


def _pictured(page: Any, frame: Frame) -> float:
    largest = 0.0
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    for number in range(min(pdfium.FPDFPage_CountObjects(page), _OBJECTS)):
        drawn = pdfium.FPDFPage_GetObject(page, number)
        if pdfium.FPDFPageObj_GetType(drawn) in (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_FORM):
            pdfium.FPDFPageObj_GetBounds(drawn, left, bottom, right, top)
            across = min(right.value, frame.right) - max(left.value, frame.left)
            up = min(top.value, frame.top) - max(bottom.value, frame.bottom)
            largest = max(largest, max(across, 0) * max(up, 0))
    return largest / max((frame.right - frame.left) * (frame.top - frame.bottom), 0.01)


def _annotations(page: Any, form: Any, frame: Frame, read: Page) -> None:
    """The contents of notes and the values of form fields, which are drawn but are no text of the page."""
    for number in range(min(pdfium.FPDFPage_GetAnnotCount(page), 5000)):
        annotation = pdfium.FPDFPage_GetAnnot(page, number)
        if not annotation:
            continue
        try:
            subtype = pdfium.FPDFAnnot_GetSubtype(annotation)
            hidden = pdfium.FPDFAnnot_GetFlags(annotation) & 2
            if hidden or (subtype not in _NOTES and subtype != _WIDGET):
                continue
            text = _field(form, annotation) if subtype == _WIDGET else _annotation_string(annotation, b"Contents")
            box = pdfium.FS_RECTF()
            if text and pdfium.FPDFAnnot_GetRect(annotation, box):
                left, top, right, bottom = frame.shown(np.array([[box.left, box.top, box.right, box.bottom]]))[0].tolist()
                kind = "field" if subtype == _WIDGET else "note"
                segment = Segment(read.number, len(read.segments), text, (), left, top, right, bottom, kind=kind)
                segment.box = (left, top, right, bottom)
                read.segments.append(segment)
        finally:
            pdfium.FPDFPage_CloseAnnot(annotation)


def _field(form: Any, annotation: Any) -> str:
    """The name and value of a form field, also of one that the form of the file does not list."""
    kind = pdfium.FPDFAnnot_GetFormFieldType(form, annotation)
    named = wide_string(pdfium.FPDFAnnot_GetFormFieldAlternateName, form, annotation)
    name = named or wide_string(pdfium.FPDFAnnot_GetFormFieldName, form, annotation) or _annotation_string(annotation, b"T")
    if kind in (pdfium.FPDF_FORMFIELD_CHECKBOX, pdfium.FPDF_FORMFIELD_RADIOBUTTON):
        value = "yes" if pdfium.FPDFAnnot_IsChecked(form, annotation) else ""
    elif kind in (pdfium.FPDF_FORMFIELD_COMBOBOX, pdfium.FPDF_FORMFIELD_LISTBOX, pdfium.FPDF_FORMFIELD_TEXTFIELD):
        value = wide_string(pdfium.FPDFAnnot_GetFormFieldValue, form, annotation)
    else:
        value = _annotation_string(annotation, b"V") if kind <= 0 else ""
    return _line(f"{name}: {value}" if name else value) if value else ""


def _annotation_string(annotation: Any, key: bytes) -> str:
    return _line(wide_string(pdfium.FPDFAnnot_GetStringValue, annotation, key))


def _line(text: str) -> str:
    return " ".join("".join(c for c in text if c.isspace() or c.isprintable()).split())
