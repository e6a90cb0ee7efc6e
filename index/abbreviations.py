"""Words before full stops that nupunkt mistakes, told by others: abbreviations of other languages than English, and last words.

Its model was made from texts of law and science, and has "month", "bank" and "reports" among some six thousand abbreviations.
"""

import re

_NEVER_LAST = (
    r"Hrn?|Frl|Dipl|Ing|Mmes?|Mlles?|(?:(?<=[EeAal]l )|(?<=[Uu]n ))Sr|Srta|Sras?|Dra|Avda|Exm[ao]|Sigg?|Avv|Dott|dhr|mevr"
    r"|mgr|Mgr|inż|hab|JUDr|MUDr|PhDr|ул|просп|пер|им|bzw|inkl|exkl|zzgl|abzgl|ggfs?|evtl|[Vv]gl|sog|bl\.a|f\.eks|bijv|tzw|např|tzv|cfr|[Kk]l"
)
"""Abbreviations of other languages than English before a name or a noun, which end no sentence."""
_WITHIN = (
    r"Nr|Abs|gem|Buchst|Ziff|Rn|Rdnr|lt|insb|i\.V\.m|Anl|apdo|tirs?|ons|tors?|fre|lør|søn|Mio|Mrd|Jh|geb|gest|Std|Stk|Aufl|Hrsg|Kap|Abb|Anm|Bsp|usw|Tel|T\.T\.C|aprox|ej|núm|pág|izq|dcha|pag"
    r"|jf|nr|kr|[fe]\.Kr|J\.-C|bkz|vb|tlf|osv|pkt|avd|dvs|mnd|incl|excl|blz|tel|godz|ust|odst"
    r"|гг?|д|кв|руб|коп|тел|стр|рис|млн|млрд|тыс|обл|см|ст"
)
"""Those that end no sentence before a small letter, a figure or a section sign."""
_MONTHS = (
    r"Januar|Jänner|Februar|März|Mai|Juni|Juli|Oktober|Dezember"
    r"|(?:April|August|September|November)(?=[ ]\d{4}\b)"
)
"""Those that English writes otherwise, or not before a year after a day."""
_NO_FULL_STOP = re.compile(
    rf"(?<![^\W_])(?:{_NEVER_LAST})\.(?=\s+\S)|(?<![^\W_])(?:{_WITHIN})\.(?=\s+[\da-zà-öø-ÿа-я(§])"
    rf"|[a-zäöüß]{{3}}(?:str|pl)\.(?=\s+\d)|(?<![\w.,])\d{{1,2}}\.(?=\s+(?:{_MONTHS})\b)"
    r"|(?<!\d )\b[Mm](?:ax|in)\.(?=\s+\d)"
    r"|\bul\.(?=\s+[A-ZŁŚŻ]\w+\s+\d)|\b[Dd]en \d{1,2}\.(?=\s+(?:April|August|September|November)\b)"
    r"|\b(?:(?<!I )(?<!\d )[Aa]m|[Ii]m|[Bb]eim|[Vv]om|[Zz]um|[Zz]ur|[Aa]b|[Ss]eit|[Dd]e[rms]|[Dd]as) \d{1,2}\.(?=\s+[A-ZÄÖÜ])"
)
"""Full stops of abbreviations and of ordinal numbers, as in "am 3. Tag"."""
_ABBREVIATIONS = """
    abbr abstr acad acct accts accum addl adj adjud admin adminr admr adv aero affd agcy agmt agric allegr alph amdt amend
    amer amph anal anat anim annot anon anth anthr antiq appl appro approx appt appx apts aquat arch archit arith arrond
    assem assist assn assns assoc assocs asst astr astron atmos attn atty attys auth autom avgs batt bdrm betw bibl
    bibliogr biochem biog biol bldg bldgs blks blvd bord botan boul brig brit bros buch calc capt cert certif chap chaps
    chem chron circ cits clin cmdr cmnd cmte coeff coll collab colloq coloq comd comdr comdt comm commn commr comms commw
    comp compar compl comput conc conf cong congr conj cons consol const constr cont contd contr conv coord corp corps
    corr cpds crim crit curr cust cyclo decis decl defs delegn demogr dept depts deriv dermat descr dest devel diag diam
    dict diff dioc dipl direc disc discr disp diss dist distr divs dyn eccl eccles ecol econ educ elec elect elem encl
    ency encyc engg engl engr engrs entom envir eqns eqpt equip equiv esqs estab esth eval exch excl exec exmr exms exper
    expt expts extd facs fahr famil fict figs fmly func furn gals gaz geb genl genls geog geol geom glac goth govs govt
    govts hdqrs hist histol hons horol hort hosp hous hrsg hydr hyph ichth idem illus illust incl incls incorp indef indiv
    indus infl inst instr instrs insts insur intl introd ital jour journ judg juris lang lett lexicogr libr lieut linn
    liter litt liturg ltda mach maint manuf marit masc maths mech medit meml messrs metall metaph meteor meth mfrs mgmt
    milit misc mixt mktg morph mtge mult munic myth natl natur naut neut nomin norw nucl numer objs obsd obst oceanog oper
    ophth opin orch ordn orig orn ornith orth osteo paleon para paras parl patd perf perh pers persp petro phar pharm phil
    philol philos phon phot phren phys physiol pkgs pkwy plur polit poss prec pred pref prelim prem prep pres prev prim
    prin priv prob probl proc procs prod prods prof profs prop props prosth prot prov provs prox psych psychol publ pubs
    qlty qtly quot quots recd recip redupl refs regd regs regt relig repl repr repts resp retd revd rhet sched scient
    sculp secs sect sects secy sens sept seqq serv sess sgts spec specif specs spect sqdn stat stats stds steno struct
    subj subs subst substd supp suppl supr supt surg surv syll symp symps synth syst tech techn technol telecom temp terr
    theol theor therm thur thurs topog topogr trad trans transf transl transp treas trib trop tues typog typogr univ unkn
    vars veter viet vocab vols weds whol wkly zool
"""
"""Of four letters and more; other words of that length are none."""
_NAMES = "calif cath colo conn ezek kans mass mich minn miss mont nebr penn sask tenn wash wisc yorks oxon cantab"
"""Those of places, which are words with a small letter."""
_WORDS = "or an at can all row so how add nor ad tax day low met raw saw car cow ten ago sun win pen bat me ok ill ant wed"
"""Of fewer letters: words that nupunkt takes for abbreviations."""
_SHORT_WORDS, _LONG_ABBREVIATIONS = frozenset(_WORDS.split()), frozenset((*_ABBREVIATIONS.split(), *_NAMES.title().split()))
_LONG = 4
_UNITS_WRITTEN = "min mins sec secs hr hrs km kg mg ml cl cm mm lb lbs oz tsp tbsp yr yrs mph"
_UNITS = frozenset(_UNITS_WRITTEN.split())
"""Which are the last word of a sentence after a number and before a capital."""
_NAMES_OF_PEOPLE = frozenset(("Ann", "Ben", "Dan", "Rob", "Pat", "Phil", "Al", "Mo"))
"""Which are abbreviations only before others, as in ``Ann. Phys.`` and ``Phil. Trans.``"""
_ABBREVIATED_NEXT = re.compile(r"\W*\w+\.")
_LAST_WORD = re.compile(
    r"(?<![\w.'’&@/-])([a-z]{2,}|[A-Z][a-z]{3,}|Ann|Ben|Dan|Rob|Pat|Al|Mo)(?=\.[\"'”’»)]{0,2}\s+[\"'“‘«(]?[A-Z\d])"
)


def with_abbreviations_told(text: str) -> str:
    """A text of the same length, in which nupunkt sees no abbreviation or full stop where there is none."""
    return _LAST_WORD.sub(_as_word, _NO_FULL_STOP.sub(lambda found: f"{found[0][:-1]}x", text))


def _as_word(last: re.Match[str]) -> str:
    """A word that is no abbreviation as one that nupunkt does not know."""
    word = last[0]
    if word in _NAMES_OF_PEOPLE:
        is_word = not _ABBREVIATED_NEXT.match(last.string, last.end() + 1)
    elif len(word) < _LONG:
        is_unit = word in _UNITS and last.string[max(0, last.start() - 2) : last.start()].strip().isdecimal()
        is_word = word in _SHORT_WORDS or is_unit
    else:
        is_word = word not in _LONG_ABBREVIATIONS and word.lower() not in _LONG_ABBREVIATIONS
    return ("za" * len(word))[: len(word)] if is_word else word
