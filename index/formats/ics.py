"""Calendars (iCalendar): each event, task or note as its summary over lines of its times, its place and its people."""

import re
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from quotewise.index.errors import DocumentError
from quotewise.index.formats.composed import Composer
from quotewise.index.formats.content_lines import Component, Property, read, read_as_text
from quotewise.index.formats.parsed import Parsed

VERSION = 2
_KINDS = {"VEVENT": "event", "VTODO": "task", "VJOURNAL": "note", "VFREEBUSY": "time"}
_LABELS = {
    "DTSTART": "Start",
    "DTEND": "End",
    "DUE": "Due",
    "DURATION": "Duration",
    "RRULE": "Repeats",
    "RDATE": "Also on",
    "EXDATE": "Not on",
    "RECURRENCE-ID": "Instead of",
    "LOCATION": "Location",
    "STATUS": "Status",
    "ORGANIZER": "Organizer",
    "ATTENDEE": "Attendee",
    "CONTACT": "Contact",
    "COMPLETED": "Completed",
    "PERCENT-COMPLETE": "Percent complete",
    "PRIORITY": "Priority",
    "CATEGORIES": "Categories",
    "RESOURCES": "Resources",
    "URL": "Website",
    "CONFERENCE": "Conference",
    "X-GOOGLE-CONFERENCE": "Conference",
    "FREEBUSY": "Busy",
    "COMMENT": "Comment",
    "ATTACH": "Attachment",
}
_TIMES = frozenset(("DTSTART", "DTEND", "DUE", "COMPLETED", "RDATE", "EXDATE", "RECURRENCE-ID", "FREEBUSY"))
_FIRST = frozenset(("DTSTART", "DTEND", "DUE", "DURATION"))
_PEOPLE = frozenset(("ORGANIZER", "ATTENDEE"))
_DATE_TIME = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:T(\d{2}):?(\d{2}):?(\d{2})?(Z)?)?")
_PERIOD = re.compile(r"[+-]?P(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,6})H)?(?:(\d{1,6})M)?(?:(\d{1,6})S)?)?")
_UNITS = ("week", "day", "hour", "minute", "second")
_FREQUENCIES = {"DAILY": "day", "WEEKLY": "week", "MONTHLY": "month", "YEARLY": "year", "HOURLY": "hour"}
_DAYS = {
    "MO": "Monday",
    "TU": "Tuesday",
    "WE": "Wednesday",
    "TH": "Thursday",
    "FR": "Friday",
    "SA": "Saturday",
    "SU": "Sunday",
}
_PLACES = {"1": "first ", "2": "second ", "3": "third ", "4": "fourth ", "5": "fifth ", "-1": "last ", "-2": "second to last "}
_YEAR = "January February March April May June July August September October November December"
_MONTHS = dict(zip(map(str, range(1, 13)), _YEAR.split(), strict=True))
_UNSAID = frozenset(("reminder", "event reminder", "this is an event reminder", "alarm", "alert", "default", "display"))
"""What programs write as the text of a reminder."""
_LONGEST_NUMBER = 4
_SHOWN = 100
_DAY = re.compile(r"([+-]?\d{1,2})?([A-Z]{2})")


def parse(data: bytes) -> Parsed:
    """Parse a calendar; text without one is read as that. Raises DocumentError when the bytes are no text or hold no entry."""
    root, damage = read(data)
    calendars = [part for part in root.parts if part.name == "VCALENDAR"] or ([root] if root.parts else [])
    entries = [part for part in root.all() if part.name in _KINDS]
    if not calendars:
        return read_as_text(data, "the file as a calendar: it has no line BEGIN:VCALENDAR, and is read as text")
    if not entries:
        raise DocumentError("is a calendar without an event, a task or a note")
    composer = Composer("ics", VERSION)
    if damage:
        composer.problems.append(damage)
    named = next((one for calendar in calendars if (one := calendar.first("X-WR-CALNAME", "NAME"))), None)
    about = next((one for calendar in calendars if (one := calendar.first("X-WR-CALDESC", "DESCRIPTION"))), None)
    if about:
        composer.add(about.text)
    for number, entry in enumerate(entries, 1):
        _add(composer, entry, number)
    for part in root.all():
        said = part.first("SUMMARY", "DESCRIPTION") if part.name not in (*_KINDS, "VCALENDAR", "VALARM", "") else None
        if said:
            composer.problems.append(f"a {part.name.removeprefix('V').lower()}: {' '.join(said.text.split())[:_SHOWN]}")
    if len(entries) > 1:
        composer.first_heading = None
    return composer.finish(named.text if named else None)


def _add(composer: Composer, entry: Component, number: int) -> None:
    summary = entry.first("SUMMARY")
    name = " ".join(summary.text.split()) if summary else _KINDS[entry.name].capitalize()
    composer.part(_KINDS[entry.name], number, name)
    composer.add(name, "heading", 1)
    composer.add_lines(dict.fromkeys(_lines(entry)))
    for one in entry.properties:
        if one.name == "DESCRIPTION":
            composer.add(one.text)
        elif one.name == "X-ALT-DESC" and not entry.first("DESCRIPTION"):
            composer.problems.append(f"the description of {name}, which is HTML")
        elif one.name == "ATTACH" and one.is_binary:
            file = one.parameters.get("FILENAME") or one.parameters.get("X-FILENAME") or "a file"
            composer.problems.append(f"{file}, which is attached to {name}")


def _lines(entry: Component) -> Iterator[str]:
    """What is known of an entry, in the order of the file but for when it is, which comes first."""
    start = entry.first("DTSTART")
    begins = _value(start) if start else ""
    for one in sorted(entry.properties, key=lambda one: one.name not in _FIRST):
        label = _LABELS.get(one.name)
        if label and one.raw.strip() and not one.is_binary:
            value = " ".join(_value(one).split())
            if one.name == "DTEND" and len(value) == len(begins):  # days
                value = max(value, begins)
            yield f"{label}: {value}"
    summary = entry.first("SUMMARY")
    for alarm in (part for part in entry.parts if part.name == "VALARM"):
        trigger, said = alarm.first("TRIGGER"), alarm.first("DESCRIPTION")
        text = " ".join(said.text.split()) if said else ""
        if text.casefold().rstrip(".") in _UNSAID or (summary and text == " ".join(summary.text.split())):
            text = ""
        shown = ": ".join(filter(None, (_shown_trigger(trigger) if trigger else "", text)))
        if shown:
            yield f"Reminder: {shown}"


def _shown_trigger(trigger: Property) -> str:
    """When one is reminded, as ``15 minutes before``."""
    value = trigger.raw.strip()
    period = _PERIOD.fullmatch(value)
    if not period:
        return _shown_time(value, trigger)
    edge = "the end" if trigger.parameters.get("RELATED", "").upper() == "END" else ""
    if not any(count and int(count) for count in period.groups()):
        return f"at {edge or 'the start'}"
    return f"{_shown_period(period)} {'before' if value.startswith('-') else 'after'} {edge}".strip()


def _value(one: Property) -> str:
    if one.name in _TIMES:
        return ", ".join(_shown_time(time, one) for time in one.raw.split(","))
    if one.name in _PEOPLE:
        address = one.text.strip()
        address = address[7:] if address[:7].lower() == "mailto:" else address
        name = one.parameters.get("CN", "").strip()
        state = one.parameters.get("PARTSTAT", "").lower()
        shown = f"{name} <{address}>" if name and name != address and address else name or address
        return f"{shown} ({state.replace('-', ' ')})" if state else shown
    if one.name == "RRULE":
        return _shown_rule(one.raw)
    if one.name == "DURATION" and (period := _PERIOD.fullmatch(one.raw.strip())):
        return _shown_period(period)
    if one.name in ("CATEGORIES", "RESOURCES"):
        return ", ".join(filter(None, one.fields(",")))
    return one.text.lower().replace("-", " ") if one.name == "STATUS" else one.text


def _shown_time(time: str, one: Property) -> str:
    """A time as ``2026-03-12 14:00 (Europe/Berlin)``; the day at whose beginning an event ends is not one of its days."""
    begin, end, *_ = [*time.strip().split("/", 2), ""]
    found = _DATE_TIME.fullmatch(begin)
    if not found:
        return begin
    year, month, day, hour, minute, second, is_utc = found.groups()
    shown = f"{year}-{month}-{day}"
    if not hour:
        return _day_before(shown) if one.name == "DTEND" else shown
    shown += f" {hour}:{minute}" + (f":{second}" if second and second != "00" else "")
    zone = "UTC" if is_utc else one.parameters.get("TZID", "").strip().lstrip("/")
    until = _PERIOD.fullmatch(end)
    if end:
        ends = _shown_time(end, Property("", {}, ""))
        shown += f" for {_shown_period(until)}" if until else f" to {ends.removesuffix(' UTC') if is_utc else ends}"
    return shown if not zone else f"{shown} UTC" if is_utc else f"{shown} ({zone})"


def _day_before(day: str) -> str:
    try:
        return str(date.fromisoformat(day) - timedelta(days=1))
    except (ValueError, OverflowError):
        return day


def _shown_period(period: re.Match[str]) -> str:
    counts = [(int(count), unit) for count, unit in zip(period.groups(), _UNITS, strict=True) if count and int(count)]
    return " ".join(f"{count} {unit}{'s' * (count != 1)}" for count, unit in counts) or "0 minutes"


def _shown_rule(rule: str) -> str:
    """How an event repeats, as ``every 2 weeks on Tuesday and Friday, until 2026-06-30``; as written where it is unusual."""
    parts = dict(part.split("=", 1) for part in rule.strip().upper().split(";") if "=" in part)
    unit = _FREQUENCIES.get(parts.pop("FREQ", ""))
    every = parts.pop("INTERVAL", "1")
    parts.pop("WKST", None)
    if not unit or not every.isdecimal() or len(every) > _LONGEST_NUMBER or not int(every) or "BYSETPOS" in parts:
        return rule
    shown = f"every {unit}" if int(every) == 1 else f"every {int(every)} {unit}s"
    if days := parts.pop("BYDAY", ""):
        named = [_DAY.fullmatch(day) for day in days.split(",")]
        if not all(day and day[2] in _DAYS and (day[1] or "").lstrip("+") in ("", *_PLACES) for day in named):
            return rule
        names = [f"{_PLACES.get((day[1] or '').lstrip('+'), '')}{_DAYS[day[2]]}" for day in named if day]
        ordinal = "the " if any(day and day[1] for day in named) else ""
        shown += f" on {ordinal}{_listed(names)}"
    if day := parts.pop("BYMONTHDAY", ""):
        if "-" in day and day != "-1":
            return rule
        shown += " on the last day" if day == "-1" else f" on day {day.replace(',', ', ')}"
    if months := parts.pop("BYMONTH", ""):
        numbers = months.split(",")
        if not {*numbers} <= {*_MONTHS}:
            return rule
        shown += f" in {_listed([_MONTHS[number] for number in numbers])}"
    if until := parts.pop("UNTIL", ""):
        shown += f", until {_shown_time(until, Property('UNTIL', {}, until))}"
    if count := parts.pop("COUNT", ""):
        shown += f", {count} time{'s' * (count != '1')}"
    rest = ";".join(f"{name}={value}" for name, value in parts.items())
    return f"{shown} ({rest})" if rest else shown


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
