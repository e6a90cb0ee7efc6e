import pytest

from quotewise.index.languages import detect_language

TEXTS = {
    "en": "The bridge was closed in March because rust had eaten the cables that hold it over the river.",
    "de": "Die Brücken der Stadt wurden im März gesperrt, weil der Rost die Seile zerfressen hatte und niemand es sah.",
    "fr": "Le pont est fermé depuis le mois de mars, parce que la rouille avait rongé les câbles qui le tiennent.",
    "es": "El puente se cerró en marzo porque el óxido había comido los cables que lo sostienen sobre el río.",
    "it": "Il ponte è stato chiuso a marzo perché la ruggine aveva mangiato i cavi che lo tengono sopra il fiume.",
    "nl": "De brug werd in maart gesloten omdat het roest de kabels had aangetast die haar boven de rivier houden.",
    "pt": "A ponte foi fechada em março porque a ferrugem tinha comido os cabos que a seguram e não havia outra.",
    "ro": "Podul a fost închis în martie pentru că rugina a mâncat cablurile care îl țin și nu este altul.",
    "sv": "Bron stängdes i mars för att rosten hade ätit upp kablarna som håller den och det är inte bra.",
    "da": "Broen blev lukket i marts, fordi rusten havde ædt de kabler, der holder den, og det er ikke godt.",
    "no": "Broen ble stengt i mars fordi rusten hadde spist kablene som holder den, og det er ikke bra.",
    "fi": "Silta suljettiin maaliskuussa, koska ruoste oli syönyt kaapelit, ja se ei ole hyvä, mutta niin on.",
    "hu": "A hidat márciusban lezárták, mert a rozsda megette a kábeleket, és ez nem jó, de van egy másik is.",
    "tr": "Köprü mart ayında kapatıldı, çünkü pas kabloları yemişti ve bu çok kötü bir durum olarak görüldü.",
    "ru": "Мост закрыли в марте, потому что ржавчина съела тросы, которые его держат над рекой.",
    "el": "Η γέφυρα έκλεισε τον Μάρτιο επειδή η σκουριά είχε φάει τα καλώδια.",
    "ar": "أغلق الجسر في مارس لأن الصدأ أكل الكابلات التي تحمله فوق النهر.",
    "zh": "这座桥三月关闭，因为铁锈腐蚀了支撑它的缆绳。API 不变。",
    "ja": "錆がケーブルを蝕んだため、橋は三月に閉鎖された。",
    "ko": "녹이 케이블을 갉아먹어서 다리는 3월에 폐쇄되었다.",
    "ta": "துரு கம்பிகளை அரித்ததால் பாலம் மார்ச் மாதம் மூடப்பட்டது.",
}


@pytest.mark.parametrize("language", TEXTS)
def test_the_language_of_a_sentence_is_detected(language: str) -> None:
    assert detect_language([TEXTS[language]]) == language
    others = [TEXTS["de" if language == "en" else "en"]]
    assert detect_language([*others, *[TEXTS[language]] * 5]) == language


@pytest.mark.parametrize(
    "text",
    [
        "Do you ship to Iceland? No. Do you take cards? No. Is a refund possible? A month.",
        "How do I pay? Do I need a card? No, you do not.",
        "Where do I park? In a bay. Do I pay a fee? No. Can I stay a day? No, but they do if there is a bay.",
        "ann: do we do a demo? no, we can do a call. bo: no, can you do a demo? what do you need?",
    ],
)
def test_questions_in_english_with_short_answers_are_not_taken_for_portuguese(text: str) -> None:
    assert detect_language([text]) == "en"


def test_short_texts_and_code_have_no_language_and_other_languages_are_undetermined() -> None:
    assert detect_language([]) == detect_language(["def f(x): return x + 1"]) == detect_language(["Ann, Bob"]) == ""
    assert detect_language(["Міст закрили в березні, бо іржа з'їла троси."]) == "und"
    assert detect_language(["Most został zamknięty w marcu, ponieważ rdza zjadła liny nad rzeką. " * 40]) == "und"
