import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from quotewise.index.encodings import decode
from quotewise.index.errors import DocumentError
from tests.index.texts import examples


@pytest.mark.parametrize(
    ("data", "codec", "text"),
    [
        ("Größe\r\n".encode(), "utf-8", "Größe\r\n"),
        ("Größe\r".encode("utf-8-sig"), "utf-8-sig", "Größe\r"),
        ("Größe\n".encode("utf-16"), "utf-16", "Größe\n"),
        (b"\xfe\xff" + "Größe".encode("utf-16-be"), "utf-16", "Größe"),
        ("Größe 👩‍👧".encode("utf-32"), "utf-32", "Größe 👩‍👧"),
    ],
)
def test_a_byte_order_mark_is_believed_and_is_no_text(data: bytes, codec: str, text: str) -> None:
    assert decode(data) == (text, codec, None)


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x10",
        b"\x7fELF\x02\x01\x01\0",
        bytes(range(256)) * 4,
        b"text with one \0 in it",
        b"\xff\xfeodd",
        b"\xff\xfe" + "lone \ud800 surrogate".encode("utf-16-le", "surrogatepass"),
    ],
)
def test_what_is_no_text_is_refused(data: bytes) -> None:
    with pytest.raises(DocumentError, match="binary"):
        decode(data)


@examples(300)
@given(st.binary())
@example(b"+/v8-caf\xe9 +2AA-")  # UTF-7 that spells a surrogate
@example(b"\xff\xfea\x41b\x41c")
def test_any_bytes_are_decoded_exactly_or_refused(data: bytes) -> None:
    try:
        text, codec, damage = decode(data)
    except DocumentError:
        return
    assert data.decode(codec, "replace") == text
    assert (damage is None) == (data.decode(codec, "ignore") == data.decode(codec, "replace"))
    assert "\0" not in text
    text.encode()


@pytest.mark.parametrize(
    "text",
    [
        "“It’s too general,” he said — and the café closed. Nobody asked why; it wasn’t in the naïve résumé.",
        "L’été dernier, nous avons mangé des crêpes près du château. Où êtes-vous allés à Noël ? Cela a coûté 5 €.",
        "Der Präsident sagte: „Wir müssen über Größe reden“ – und lächelte. Es war schön, für 5 € zu essen.",
        "La città è più bella di sera. Perché no? È già lunedì, però così non va. Più tardi pioverà.",
        "As ações da organização não são boas. Os irmãos põem o pão na mesa — “amanhã”, disse a mãe.",
        "El niño comió piñas en la montaña. ¿Dónde está la señora? ¡Qué mañana más fría! Costó 5 €.",
        "Förra året åkte vi till Åre och åt räksmörgås på en mysig krog. Det är så skönt att få vara där.",
        "The fee is €40 for adults and €20 for children.",
        "Keep the oven at 180°C for an hour, then lower it to 90°C.",
        "Parking: £40",
        "Set out in § 40 of the act",
        "It wasn’t him… – said “Zoë”",
        "Café: 5 €",
        "50 µm ± 2",
        "½ cup of sugar\r\n¼ cup of milk\r\n",
        "El Niño",
        "© 2019 Ann Brontë, São Paulo",
        "Où se trouve la clé ? Elle est à côté de la fenêtre.",
        "Für die Gebäudeprüfung sind drei Behörden zuständig.",
        "A inscrição não é obrigatória para crianças até três anos.",
    ],
)
def test_western_languages_and_short_texts_in_windows_1252_are_read_as_such(text: str) -> None:
    data = text.encode("cp1252")
    decoded = decode(data)
    assert (decoded.text, data.decode(decoded.encoding), decoded.damage) == (text, text, None)


@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("cp1251", "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом."),
        ("cp1250", "Opłata wynosi 40 złotych, a dla dzieci połowę tego. Zwiedzanie możliwe jest w każdą sobotę."),
        ("cp1250", "Žádost se podává na úřadě městské části, nejpozději do konce měsíce září."),
        ("cp1250", "A belépő ára négyszáz forint, gyermekeknek ingyenes. A múzeum hétfőn zárva tart, szombaton későig."),
        ("cp1253", "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα."),
        ("cp932", "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。"),
        ("koi8_r", "Цена 40 рублей."),
        ("koi8_u", "Збори в суботу. Її ім'я Ганна, вона живе на вулиці Шевченка."),
        ("iso8859_5", "Ключ у Ивана"),
        ("cp437", "╞══════╡\n│ Größe │ 5 │\nDie Prüfung ist um 9 Uhr. Schöne Grüße.\n\x1a"),
        ("cp850", "────────\nPrisen på øl er 5 kr. Vi har åbent på lørdag."),
        ("cp852", "══════\nPříliš žluťoučký kůň úpěl. Cena je dohodou."),
        ("cp866", "────────\n│ Хлеб │ 5 │\nЦены указаны в рублях."),
        ("mac_roman", "Die Prüfung beginnt um 9 Uhr. Größe und Länge werden geprüft."),
        ("mac_roman", "Le café à côté de l’école. Déjà là-bas, où est la forêt?"),
        ("cp1254", "Kira ayda 500 liradır. Anahtar masanın üstünde. Toplantı yarın."),
        ("cp1257", "Īre ir 500 eiro mēnesī. Atslēga ir uz galda. Sapulce notiks sestdien."),
        ("euc_jp", "鍵は机の上にあります。"),
        ("iso2022_jp", "鍵は机の上にあります。"),
        ("gb18030", "钥匙在桌子上。"),
        ("utf_32_le", "Fee 7 €"),
        ("gb18030", "人人生而自由,在尊严和权利上一律平等。他们赋有理性和良心,并应以兄弟关系的精神相对待。"),
    ],
)
def test_other_scripts_are_not_taken_for_windows_1252(codec: str, text: str) -> None:
    assert decode(text.encode(codec)).text == text


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize(
    "text",
    [
        *("The fee is 70 €.\r\n", "Hi", "Fine 😀 here and there", "Пошлина 70 евро за день.", "“Größe” — 5 µm"),
        *(
            "鍵は机の上にあります。\r\n",
            "房租每月 500 元。钥匙在桌子上。\r\n",
            "월세는 500 원입니다.\n",
            "กุญแจอยู่บนโต๊ะ 500 บาท\n",
        ),
    ],
)
def test_utf_16_without_a_byte_order_mark_is_told_by_its_zero_bytes(codec: str, text: str) -> None:
    assert decode(text.encode(codec)) == (text, codec, None)


@pytest.mark.parametrize("data", [b"odd \0 length", b"\0\xff", b"some \0\0\0\0 zero \0 bytes\n"])
def test_zero_bytes_that_cannot_be_told_are_refused_with_a_word_on_utf_16(data: bytes) -> None:
    with pytest.raises(DocumentError, match=r"binary \(it holds zero bytes\), or in UTF-16"):
        decode(data)


def test_half_a_character_at_the_end_of_utf_16_is_told() -> None:
    decoded = decode("The fee is 70 €.".encode("utf-16-le") + b"\n")
    assert decoded.text == "The fee is 70 €.\ufffd"
    assert decoded.damage == "the byte 0x0A at 32, which is half of a character and is read as U+FFFD"


CAFE = "The café in Zürich charges 40 € for a table. “Fine”, he said. ".encode()


@pytest.mark.parametrize(
    ("data", "damage"),
    [
        (CAFE + b"\xd2in" + CAFE, f"the byte 0xD2 at {len(CAFE)}, which is no UTF-8 and is read as U+FFFD"),
        (b"\xef\xbb\xbfA\xff B", "the byte 0xFF at 4, which is no UTF-8 and is read as U+FFFD"),
        (
            b"The fee is 70 \xe2\x82",
            "2 bytes that are no UTF-8 and are read as U+FFFD, the first of them the byte 0xE2 at 14",
        ),
        (b"Der Caf\xc3", "the byte 0xC3 at 7, which is no UTF-8 and is read as U+FFFD"),
        (
            b"Fine \xed\xa0\xbd\xed\xb8\x80.",
            "6 bytes that are no UTF-8 and are read as U+FFFD, the first of them the byte 0xED at 5",
        ),
        (
            CAFE * 3 + b"\xe9 \xe8 \x81",
            f"3 bytes that are no UTF-8 and are read as U+FFFD, the first of them the byte 0xE9 at {3 * len(CAFE)}",
        ),
    ],
)
def test_utf_8_with_bad_bytes_is_read_but_for_them_and_they_are_named(data: bytes, damage: str) -> None:
    text, codec, found = decode(data)
    assert found == damage
    assert text == data.decode(codec, "replace")
    assert codec in ("utf-8", "utf-8-sig")


def test_no_more_memory_is_taken_than_a_few_times_the_bytes() -> None:
    data = b"Whales sing in the sea. " * 200_000 + b"\0"
    tracemalloc.start()
    with suppress(DocumentError):
        decode(data)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 6 * len(data)


@pytest.mark.parametrize(
    "text",
    [
        "Umowa obowiązuje dwa lata. Opłata wynosi 900 złotych, płatne do pięciu dni.",
        "Książka leży na półce, a klucz wisi pod żółtą łopatą w ogrodzie.",
        "Smlouva platí dva roky a nájem činí devět set korun měsíčně.",
    ],
)
def test_accented_letters_within_words_are_no_chinese(text: str) -> None:
    assert decode(text.encode("cp1250")).text == text


@pytest.mark.parametrize(
    ("text", "codec"),
    [
        ("Le loyer est de 800 € par mois. L'œuvre est achevée.", "iso8859_15"),
        ("The deposit is €50, and no more.", "iso8859_15"),
        ("שעות פתיחה: ראשון עד חמישי 9:00-17:00", "cp1255"),
        ("привет, как дела? мы будем завтра", "cp1251"),
    ],
)
def test_short_texts_with_a_euro_of_iso_8859_or_in_hebrew_are_read(text: str, codec: str) -> None:
    assert decode(text.encode(codec)).text == text
