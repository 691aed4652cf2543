"""Planted alterations written after the thresholds were set.

On their first run 39 of 42 were caught and one of 12 true sentences was refused; the defects that
they showed (an anaphoric count, a verb that is itself a denial, « par an ») were mended afterwards.
"""

from __future__ import annotations

from planting import Planted, plant

LATER: tuple[Planted, ...] = (
    plant(
        "shipwreck",
        "Un chalutier de Lorient, le Belle-Étoile, a coulé dimanche vers 5 h 40 au large de Penmarc'h avec six "
        "marins à bord. Quatre d'entre eux ont été hélitreuillés, un cinquième est mort et le dernier reste "
        "introuvable. Le patron, Loïc Kervella, 51 ans, souffre d'hypothermie. Le navire, long de 22 mètres, avait "
        "été contrôlé en mars 2023. « La mer n'était pas mauvaise », a témoigné Erwan Tanguy, président du comité "
        "des pêches. Le parquet de Brest a confié l'enquête à la gendarmerie maritime. Les recherches, menées par "
        "deux hélicoptères et la vedette de Bénodet, ont été suspendues à la tombée de la nuit. L'armateur, Océane "
        "Pêche, a perdu un autre bateau en 2015.",
        [
            "Le chalutier Belle-Étoile, de Lorient, a coulé dimanche au large de Penmarc'h avec six marins à bord.",
            "Quatre marins ont été hélitreuillés, un cinquième est mort.",
            "Selon Erwan Tanguy, président du comité des pêches, la mer n'était pas mauvaise.",
            "Le parquet de Brest a confié l'enquête à la gendarmerie maritime.",
            "Le patron, Loïc Kervella, 51 ans, souffre d'hypothermie.",
            "Long de 22 mètres, le navire avait été contrôlé en mars 2023.",
        ],
        [
            ("name-swap", 0, "Lorient", "Brest"),
            ("name-swap", 0, "Penmarc'h", "Bénodet"),
            ("date", 0, "dimanche", "samedi"),
            ("spelled", 0, "six", "seize"),
            ("spelled", 0, "six", "quatre"),
            ("spelled", 1, "Quatre", "Cinq"),
            ("role", 1, "Quatre", "Six"),
            ("ordinal", 1, "cinquième", "sixième"),
            ("negation", 1, "un cinquième est mort", "aucun n'est mort"),
            ("name-swap", 2, "Erwan Tanguy", "Loïc Kervella"),
            ("name-swap", 2, "Erwan Tanguy", "Loïc Tanguy"),
            ("negation", 2, "n'était pas mauvaise", "était mauvaise"),
            ("name-swap", 3, "Brest", "Lorient"),
            ("name", 3, "Brest", "Rennes"),
            ("name-swap", 4, "Loïc Kervella", "Erwan Tanguy"),
            ("digit", 4, "51", "15"),
            ("unit", 5, "22 mètres", "22 milles"),
            ("date", 5, "2023", "2015"),
            ("date", 5, "mars", "mai"),
            ("digit", 5, "22", "12"),
        ],
    ),
    plant(
        "schools",
        "Le conseil départemental du Jura a voté vendredi la fermeture de deux collèges, à Morez et à Salins, malgré "
        "l'opposition des parents d'élèves. Le président du département, Gérard Pernet, invoque une chute de 18 % "
        "des effectifs en dix ans. Les 412 élèves concernés seront accueillis à Champagnole et à Poligny. "
        "L'opération doit faire économiser 1,3 million d'euros par an. La sénatrice Marie-Line Prost juge la "
        "décision « brutale ». Le rectorat n'a pas encore donné son avis. Une réunion publique aura lieu le 9 "
        "janvier à 18 h 30 à Morez. Le collège de Saint-Claude, un temps menacé, ne fermera pas. Trois professeurs "
        "sur quatre ont fait grève mardi.",
        [
            "Le département du Jura fermera deux collèges, à Morez et à Salins.",
            "Le président du département, Gérard Pernet, invoque une chute des effectifs de 18 % en dix ans.",
            "Les 412 élèves seront accueillis à Champagnole et Poligny, pour 1,3 million d'euros d'économies par an.",
            "Le rectorat n'a pas encore donné son avis et le collège de Saint-Claude ne fermera pas.",
            "La sénatrice Marie-Line Prost juge la décision « brutale ».",
            "Une réunion publique aura lieu à Morez le 9 janvier à 18 h 30.",
        ],
        [
            ("spelled", 0, "deux", "trois"),
            ("name-swap", 0, "Salins", "Poligny"),
            ("name-swap", 0, "Morez", "Saint-Claude"),
            ("name", 0, "Jura", "Doubs"),
            ("name-swap", 1, "Gérard Pernet", "Gérard Prost"),
            ("name-swap", 1, "Gérard Pernet", "Marie-Line Prost"),
            ("reversal", 1, "chute", "hausse"),
            ("digit", 1, "18 %", "81 %"),
            ("unit", 1, "dix ans", "dix mois"),
            ("digit", 2, "412", "421"),
            ("noun", 2, "412 élèves", "412 professeurs"),
            ("magnitude", 2, "million", "milliard"),
            ("name-swap", 2, "Champagnole", "Salins"),
            ("unit", 2, "par an", "par mois"),
            ("negation", 3, "n'a pas encore donné", "a donné"),
            ("negation", 3, "ne fermera pas", "fermera"),
            ("name-swap", 3, "Saint-Claude", "Champagnole"),
            ("name-swap", 4, "Marie-Line Prost", "Marie-Line Pernet"),
            ("quotation", 4, "brutale", "courageuse"),
            ("date", 5, "9 janvier", "19 janvier"),
            ("hour", 5, "18 h 30", "8 h 30"),
            ("name-swap", 5, "Morez", "Poligny"),
        ],
    ),
)
