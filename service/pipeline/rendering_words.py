"""The words that a value is written with in the languages of translations: the reverse of ``words_*.py``.

CLDR through babel names months, weekdays and most currencies. Its unit patterns lack months and
years in Italian and Portuguese, and no library at hand spells numbers, so the few words that a
repaired sentence needs are listed here.
"""

from __future__ import annotations

from collections.abc import Mapping

#: Spelled numbers from two on. Portuguese "dois" has a gender, so that its first is left out.
SMALL_NUMBERS: Mapping[str, tuple[str, ...]] = {
    "en": ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    "de": ("zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun", "zehn", "elf", "zwölf"),
    "es": ("dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez", "once", "doce"),
    "it": ("due", "tre", "quattro", "cinque", "sei", "sette", "otto", "nove", "dieci", "undici", "dodici"),
    "pt": ("", "três", "quatro", "cinco", "seis", "sete", "oito", "nove", "dez", "onze", "doze"),
}
#: Spelled ranks from first on, without their ending in German and the Romance languages.
RANKS: Mapping[str, tuple[str, ...]] = {
    "en": ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"),
    "de": ("erste", "zweite", "dritte", "vierte", "fünfte", "sechste", "siebte", "achte", "neunte", "zehnte"),
    "es": ("primer", "segund", "tercer", "cuart", "quint", "sext", "séptim", "octav", "noven", "décim"),
    "it": ("prim", "second", "terz", "quart", "quint", "sest", "settim", "ottav", "non", "decim"),
    "pt": ("primeir", "segund", "terceir", "quart", "quint", "sext", "sétim", "oitav", "non", "décim"),
}
#: Fractions that may follow one another in a sentence without another word changing.
FRACTIONS: Mapping[str, Mapping[str, str]] = {
    "en": {"1/3": "a third", "2/3": "two thirds", "1/4": "a quarter", "3/4": "three quarters"},
    "de": {"1/3": "ein Drittel", "2/3": "zwei Drittel", "1/4": "ein Viertel", "3/4": "drei Viertel"},
    "es": {"1/3": "un tercio", "2/3": "dos tercios", "1/4": "un cuarto", "3/4": "tres cuartos"},
    "it": {"1/3": "un terzo", "2/3": "due terzi", "1/4": "un quarto", "3/4": "tre quarti"},
    "pt": {"1/3": "um terço", "2/3": "dois terços", "1/4": "um quarto", "3/4": "três quartos"},
}
#: Scale words, largest first: factor, singular, plural. Spanish counts thousands of millions.
SCALES: Mapping[str, tuple[tuple[int, str, str], ...]] = {
    "en": ((10**9, "billion", "billion"), (10**6, "million", "million")),
    "de": ((10**9, "Milliarde", "Milliarden"), (10**6, "Million", "Millionen")),
    "es": ((10**6, "millón", "millones"),),
    "it": ((10**9, "miliardo", "miliardi"), (10**6, "milione", "milioni")),
    "pt": ((10**9, "mil milhões", "mil milhões"), (10**6, "milhão", "milhões")),
}
#: What stands between a scale word and what it counts.
LINKS: Mapping[str, str] = {"es": "de", "it": "di", "pt": "de"}

CURRENCY_SIGNS: Mapping[str, str] = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}
#: Where CLDR's name is longer than what news write or begins with a capital.
CURRENCIES: Mapping[str, Mapping[str, str]] = {
    "en": {"EUR": "euros", "USD": "dollars", "GBP": "pounds", "JPY": "yen", "CNY": "yuan", "FRF": "francs"},
    "de": {"EUR": "Euro", "USD": "Dollar", "GBP": "Pfund", "JPY": "Yen", "CNY": "Yuan", "FRF": "Francs"},
    "es": {"EUR": "euros", "USD": "dólares", "GBP": "libras", "JPY": "yenes", "CNY": "yuanes", "FRF": "francos"},
    "it": {"EUR": "euro", "USD": "dollari", "GBP": "sterline", "JPY": "yen", "CNY": "yuan", "FRF": "franchi"},
    "pt": {"EUR": "euros", "USD": "dólares", "GBP": "libras", "JPY": "ienes", "CNY": "yuan", "FRF": "francos"},
}


def _units(listed: str) -> Mapping[str, tuple[str, str]]:
    """Symbol, singular and plural, separated by bars; units separated by semicolons."""
    rows = (unit.strip().split("|") for unit in " ".join(listed.split()).split(";"))
    return {symbol: (one, many) for symbol, one, many in rows}


UNITS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "en": _units(
        """s|second|seconds; min|minute|minutes; h|hour|hours; day|day|days; week|week|weeks; month|month|months;
        year|year|years; decade|decade|decades; mm|millimetre|millimetres; cm|centimetre|centimetres; m|metre|metres;
        km|kilometre|kilometres; m2|square metre|square metres; km2|square kilometre|square kilometres;
        m3|cubic metre|cubic metres; ha|hectare|hectares; g|gram|grams; kg|kilogram|kilograms; t|tonne|tonnes;
        l|litre|litres; °C|degree|degrees; km/h|kilometre per hour|kilometres per hour; mi|mile|miles; ft|foot|feet;
        kWh|kilowatt-hour|kilowatt-hours; MW|megawatt|megawatts; GW|gigawatt|gigawatts"""
    ),
    "de": _units(
        """s|Sekunde|Sekunden; min|Minute|Minuten; h|Stunde|Stunden; day|Tag|Tage; week|Woche|Wochen;
        month|Monat|Monate; year|Jahr|Jahre; mm|Millimeter|Millimeter; cm|Zentimeter|Zentimeter; m|Meter|Meter;
        km|Kilometer|Kilometer; m2|Quadratmeter|Quadratmeter; km2|Quadratkilometer|Quadratkilometer;
        m3|Kubikmeter|Kubikmeter; ha|Hektar|Hektar; g|Gramm|Gramm; kg|Kilogramm|Kilogramm; t|Tonne|Tonnen;
        l|Liter|Liter; °C|Grad|Grad; km/h|Kilometer pro Stunde|Kilometer pro Stunde; mi|Meile|Meilen; ft|Fuß|Fuß;
        kWh|Kilowattstunde|Kilowattstunden; MW|Megawatt|Megawatt; GW|Gigawatt|Gigawatt"""
    ),
    "es": _units(
        """s|segundo|segundos; min|minuto|minutos; h|hora|horas; day|día|días; week|semana|semanas; month|mes|meses;
        year|año|años; mm|milímetro|milímetros; cm|centímetro|centímetros; m|metro|metros; km|kilómetro|kilómetros;
        m2|metro cuadrado|metros cuadrados; km2|kilómetro cuadrado|kilómetros cuadrados;
        m3|metro cúbico|metros cúbicos; ha|hectárea|hectáreas; g|gramo|gramos; kg|kilogramo|kilogramos;
        t|tonelada|toneladas; l|litro|litros; °C|grado|grados; km/h|kilómetro por hora|kilómetros por hora;
        mi|milla|millas; ft|pie|pies; kWh|kilovatio-hora|kilovatios-hora; MW|megavatio|megavatios;
        GW|gigavatio|gigavatios"""
    ),
    "it": _units(
        """s|secondo|secondi; min|minuto|minuti; h|ora|ore; day|giorno|giorni; week|settimana|settimane;
        month|mese|mesi; year|anno|anni; mm|millimetro|millimetri; cm|centimetro|centimetri; m|metro|metri;
        km|chilometro|chilometri; m2|metro quadrato|metri quadrati; km2|chilometro quadrato|chilometri quadrati;
        m3|metro cubo|metri cubi; ha|ettaro|ettari; g|grammo|grammi; kg|chilogrammo|chilogrammi;
        t|tonnellata|tonnellate; l|litro|litri; °C|grado|gradi; km/h|chilometro all’ora|chilometri all’ora;
        mi|miglio|miglia; ft|piede|piedi; kWh|chilowattora|chilowattora; MW|megawatt|megawatt; GW|gigawatt|gigawatt"""
    ),
    "pt": _units(
        """s|segundo|segundos; min|minuto|minutos; h|hora|horas; day|dia|dias; week|semana|semanas; month|mês|meses;
        year|ano|anos; mm|milímetro|milímetros; cm|centímetro|centímetros; m|metro|metros;
        km|quilómetro|quilómetros; m2|metro quadrado|metros quadrados; km2|quilómetro quadrado|quilómetros quadrados;
        m3|metro cúbico|metros cúbicos; ha|hectare|hectares; g|grama|gramas; kg|quilograma|quilogramas;
        t|tonelada|toneladas; l|litro|litros; °C|grau|graus; km/h|quilómetro por hora|quilómetros por hora;
        mi|milha|milhas; ft|pé|pés; kWh|quilowatt-hora|quilowatts-hora; MW|megawatt|megawatts;
        GW|gigawatt|gigawatts"""
    ),
}
