"""Planted alterations: accident, court, politics, health, diplomacy, transport."""

from __future__ import annotations

from planting import Planted, plant

SOCIETY: tuple[Planted, ...] = (
    plant(
        "accident",
        "Un car de tourisme s'est renversé dans la nuit de vendredi à samedi sur l'autoroute A6, près de Beaune. "
        "Douze personnes sont mortes et trois autres ont été grièvement blessées, a annoncé la préfète Claire Morel. "
        "Le véhicule, qui transportait 48 passagers, avait quitté Lyon à 22 h 15 et devait rejoindre Dijon vers "
        "minuit. Selon le procureur Paul Girard, le conducteur, âgé de 57 ans, n'avait pas bu d'alcool. Il roulait à "
        "plus de 120 km/h alors que la vitesse était limitée à 90 km/h en raison de travaux. La circulation n'a été "
        "rétablie qu'à 11 heures samedi. Une cellule psychologique a été ouverte à Beaune.",
        [
            "Douze personnes sont mortes et trois ont été grièvement blessées dans l'accident d'un car près de Beaune.",
            "Selon le procureur Paul Girard, le conducteur de 57 ans n'avait pas bu, mais roulait à plus de 120 km/h.",
            "Le car, qui transportait 48 passagers, avait quitté Lyon à 22 h 15.",
            "La préfète Claire Morel a annoncé la mort de douze personnes.",
        ],
        [
            ("spelled", 0, "Douze", "Treize"),
            ("spelled", 0, "Douze", "Deux"),
            ("spelled", 0, "trois", "treize"),
            ("role", 0, "Douze / trois", "Trois / douze"),
            ("name", 0, "Beaune", "Mâcon"),
            ("name-swap", 0, "Beaune", "Dijon"),
            ("name", 1, "Paul Girard", "Luc Girard"),
            ("name", 1, "Girard", "Gérard"),
            ("name-swap", 1, "Paul Girard", "Paul Morel"),
            ("name-swap", 1, "Paul Girard", "Claire Morel"),
            ("digit", 1, "57", "75"),
            ("digit", 1, "57", "7"),
            ("unit", 1, "57 ans", "57 %"),
            ("negation", 1, "n'avait pas bu", "avait bu"),
            ("bound", 1, "plus de", "moins de"),
            ("digit", 1, "120", "12"),
            ("unit", 1, "120 km/h", "120 km"),
            ("role", 1, "120 km/h", "90 km/h"),
            ("digit", 2, "48", "84"),
            ("noun", 2, "48 passagers", "48 blessés"),
            ("name-swap", 2, "Lyon", "Dijon"),
            ("hour", 2, "22 h 15", "22 h 50"),
            ("hour", 2, "22 h 15", "21 h 15"),
            ("hour", 2, "22 h 15", "midi"),
            ("name-swap", 3, "Claire Morel", "Claire Girard"),
            ("name", 3, "Morel", "Moreau"),
        ],
    ),
    plant(
        "court",
        "Le tribunal correctionnel de Lille a condamné jeudi l'ancien notaire Bernard Lemaire à quatre ans de "
        "prison, dont deux avec sursis, pour avoir détourné 1,8 million d'euros entre 2011 et 2016. Son épouse, "
        "Sylvie Lemaire, a été relaxée. Le parquet avait requis six ans. L'ancien notaire devra aussi verser 50.000 "
        "euros d'amende et rembourser dix-sept victimes, pour la plupart des personnes âgées. Son avocat, Me Karim "
        "Haddad, n'a pas fait appel, mais se réserve le droit de le faire avant le 30 avril. « Je ne suis pas un "
        "voleur », a répété le prévenu à la barre. L'étude de Roubaix a fermé en 2017.",
        [
            "L'ancien notaire Bernard Lemaire a été condamné à quatre ans de prison, dont deux avec sursis.",
            "Il avait détourné 1,8 million d'euros entre 2011 et 2016 et devra rembourser dix-sept victimes.",
            "Son épouse, Sylvie Lemaire, a été relaxée.",
            "Son avocat, Me Karim Haddad, n'a pas fait appel.",
            "Il devra verser 50.000 euros d'amende ; le parquet avait requis six ans.",
        ],
        [
            ("name-swap", 0, "Bernard Lemaire", "Sylvie Lemaire"),
            ("name-swap", 0, "Bernard Lemaire", "Karim Haddad"),
            ("name", 0, "Lemaire", "Lemoine"),
            ("spelled", 0, "quatre ans", "quatorze ans"),
            ("role", 0, "quatre ans", "six ans"),
            ("unit", 0, "quatre ans", "quatre mois"),
            ("role", 0, "quatre / deux", "deux / quatre"),
            ("negation", 0, "avec sursis", "sans sursis"),
            ("negation", 0, "a été condamné", "n'a pas été condamné"),
            ("digit", 1, "1,8", "1,9"),
            ("magnitude", 1, "million", "milliard"),
            ("currency", 1, "d'euros", "de francs"),
            ("date", 1, "2011", "2012"),
            ("date", 1, "2016", "2015"),
            ("role", 1, "2011 / 2016", "2016 / 2017"),
            ("spelled", 1, "dix-sept", "dix-huit"),
            ("spelled", 1, "dix-sept", "sept"),
            ("noun", 1, "dix-sept victimes", "dix-sept notaires"),
            ("name", 2, "Sylvie", "Sophie"),
            ("reversal", 2, "a été relaxée", "n'a pas été relaxée"),
            ("name-swap", 2, "Sylvie Lemaire", "Sylvie Haddad"),
            ("negation", 3, "n'a pas fait appel", "a fait appel"),
            ("name", 3, "Karim Haddad", "Karim Hamdi"),
            ("magnitude", 4, "50.000", "500.000"),
            ("digit", 4, "50.000", "15.000"),
            ("role", 4, "six", "quatre"),
            ("unit", 4, "six ans", "six mois"),
        ],
    ),
    plant(
        "politics",
        "L'Assemblée nationale a adopté mardi 4 juin, en première lecture, la proposition de loi sur les déserts "
        "médicaux, par 229 voix contre 147 et 58 abstentions. Le texte, porté par le député socialiste Guillaume "
        "Garrec, crée une taxe de 2 % sur les mutuelles. La ministre de la Santé, Catherine Valla, s'y est opposée : "
        "« Cette taxe n'aidera personne », a-t-elle lancé. Le Sénat examinera le texte à partir du 17 septembre. Les "
        "élus du groupe Renouveau n'ont pas voté. Selon l'Insee, 6,7 millions de Français n'ont pas de médecin "
        "traitant. L'Ordre des médecins, présidé par François Arnaud, demande au contraire une baisse des charges de "
        "12 milliards d'euros d'ici à 2030.",
        [
            "L'Assemblée nationale a adopté mardi 4 juin une loi sur les déserts médicaux, par 229 voix contre 147.",
            "La ministre Catherine Valla s'est opposée au texte du député Guillaume Garrec.",
            "Le Sénat examinera le texte à partir du 17 septembre.",
            "Les élus du groupe Renouveau n'ont pas voté.",
            "Selon l'Insee, 6,7 millions de Français n'ont pas de médecin traitant.",
            "L'Ordre des médecins demande une baisse des charges de 12 milliards d'euros d'ici à 2030.",
        ],
        [
            ("date", 0, "4 juin", "14 juin"),
            ("date", 0, "4 juin", "4 juillet"),
            ("date", 0, "mardi", "mercredi"),
            ("role", 0, "229 / 147", "147 / 229"),
            ("digit", 0, "229", "292"),
            ("role", 0, "147", "58"),
            ("name-swap", 0, "Assemblée nationale", "Ordre des médecins"),
            ("negation", 0, "a adopté", "n'a pas adopté"),
            ("name", 1, "Catherine Valla", "Catherine Vidal"),
            ("name-swap", 1, "Catherine Valla", "Catherine Garrec"),
            ("role", 1, "Catherine Valla / Guillaume Garrec", "Guillaume Garrec / Catherine Valla"),
            ("name-swap", 1, "Guillaume Garrec", "François Arnaud"),
            ("negation", 1, "s'est opposée", "ne s'est pas opposée"),
            ("date", 2, "17 septembre", "7 septembre"),
            ("date", 2, "17 septembre", "17 décembre"),
            ("name-swap", 2, "Sénat", "Insee"),
            ("negation", 3, "n'ont pas voté", "ont voté"),
            ("name", 3, "Renouveau", "Horizons"),
            ("digit", 4, "6,7", "7,6"),
            ("magnitude", 4, "6,7 millions", "6,7 milliards"),
            ("negation", 4, "n'ont pas de médecin", "ont un médecin"),
            ("name-swap", 4, "Insee", "Ordre des médecins"),
            ("noun", 4, "6,7 millions de Français", "6,7 millions d'élus"),
            ("reversal", 5, "baisse", "hausse"),
            ("magnitude", 5, "12 milliards", "12 millions"),
            ("currency", 5, "d'euros", "de dollars"),
            ("date", 5, "2030", "2035"),
        ],
    ),
    plant(
        "health",
        "Le nombre de cas de rougeole a triplé en Bretagne, avec 214 malades depuis janvier contre 71 un an plus "
        "tôt, a indiqué vendredi l'agence régionale de santé. Trente-deux patients ont été hospitalisés, dont cinq "
        "en réanimation. Aucun décès n'est à déplorer. Neuf malades sur dix n'étaient pas vaccinés. La couverture "
        "vaccinale atteint 86 % dans le Finistère et 93 % en Ille-et-Vilaine, loin des 95 % recommandés par l'OMS. "
        "Le docteur Yann Le Goff, pédiatre à Quimper, appelle les parents à vérifier les carnets de santé. Deux "
        "doses suffisent, la première à douze mois et la seconde entre seize et dix-huit mois. Le vaccin est "
        "remboursé à 100 %.",
        [
            "La Bretagne compte 214 malades de la rougeole depuis janvier, contre 71 un an plus tôt.",
            "Trente-deux patients ont été hospitalisés, dont cinq en réanimation ; aucun décès n'est à déplorer.",
            "La couverture vaccinale atteint 86 % dans le Finistère et 93 % en Ille-et-Vilaine.",
            "Le pédiatre Yann Le Goff, de Quimper, appelle les parents à vérifier les carnets de santé.",
            "Neuf malades sur dix n'étaient pas vaccinés, alors que l'OMS recommande une couverture de 95 %.",
        ],
        [
            ("digit", 0, "214", "241"),
            ("digit", 0, "214", "2.140"),
            ("role", 0, "214 / 71", "71 / 214"),
            ("date", 0, "janvier", "février"),
            ("name", 0, "Bretagne", "Normandie"),
            ("name-swap", 0, "Bretagne", "Quimper"),
            ("unit", 0, "un an", "un mois"),
            ("spelled", 1, "Trente-deux", "Vingt-deux"),
            ("spelled", 1, "Trente-deux", "Trente-trois"),
            ("spelled", 1, "cinq", "quinze"),
            ("role", 1, "Trente-deux / cinq", "Cinq / trente-deux"),
            ("negation", 1, "aucun décès n'est à déplorer", "un décès est à déplorer"),
            ("role", 2, "86 % / 93 %", "93 % / 86 %"),
            ("role", 2, "Finistère / Ille-et-Vilaine", "Ille-et-Vilaine / Finistère"),
            ("digit", 2, "86 %", "68 %"),
            ("role", 2, "93 %", "95 %"),
            ("unit", 2, "86 %", "86 cas"),
            ("name", 2, "Finistère", "Morbihan"),
            ("name", 3, "Le Goff", "Le Guen"),
            ("name", 3, "Quimper", "Brest"),
            ("negation", 3, "appelle", "n'appelle pas"),
            ("negation", 4, "n'étaient pas vaccinés", "étaient vaccinés"),
            ("spelled", 4, "Neuf", "Six"),
            ("name", 4, "OMS", "ONU"),
            ("digit", 4, "95", "59"),
            ("role", 4, "95 %", "100 %"),
        ],
    ),
    plant(
        "diplomacy",
        "Le président turc Selim Aydin et le premier ministre grec Nikos Doukas se sont rencontrés dimanche à "
        "Genève, pour la première fois depuis sept ans. Les deux dirigeants ont signé un accord sur la pêche, qui ne "
        "règle pas le différend sur le plateau continental. L'Union européenne versera 300 millions d'euros à la "
        "Turquie pour accueillir 1,9 million de réfugiés. La Grèce a promis de rouvrir la frontière avant le 15 mai. "
        "Chypre, qui n'a pas été invitée, dénonce « un marché de dupes ». Le secrétaire général de l'ONU, Rafael "
        "Ortiz, a salué un « premier pas ». La prochaine réunion aura lieu à Athènes à l'automne. Au XXe siècle, les "
        "deux pays se sont affrontés à trois reprises.",
        [
            "Selim Aydin et Nikos Doukas se sont rencontrés à Genève pour la première fois depuis sept ans.",
            "L'Union européenne versera 300 millions d'euros à la Turquie, qui accueille 1,9 million de réfugiés.",
            "Chypre, qui n'a pas été invitée, dénonce « un marché de dupes ».",
            "La Grèce a promis de rouvrir la frontière avant le 15 mai.",
            "Le secrétaire général de l'ONU, Rafael Ortiz, a salué un « premier pas ».",
            "Les deux pays se sont affrontés à trois reprises au XXe siècle.",
        ],
        [
            ("name", 0, "Selim Aydin", "Selim Aydogan"),
            ("name-swap", 0, "Selim Aydin", "Rafael Ortiz"),
            ("name-swap", 0, "Genève", "Athènes"),
            ("name", 0, "Genève", "Berlin"),
            ("ordinal", 0, "première", "deuxième"),
            ("spelled", 0, "sept ans", "dix-sept ans"),
            ("unit", 0, "sept ans", "sept mois"),
            ("negation", 0, "se sont rencontrés", "ne se sont pas rencontrés"),
            ("digit", 1, "300", "30"),
            ("magnitude", 1, "300 millions", "300 milliards"),
            ("currency", 1, "d'euros", "de dollars"),
            ("name-swap", 1, "Turquie", "Grèce"),
            ("name-swap", 1, "Turquie", "Chypre"),
            ("digit", 1, "1,9", "1,8"),
            ("negation", 2, "n'a pas été invitée", "a été invitée"),
            ("quotation", 2, "un marché de dupes", "un accord de dupes"),
            ("name-swap", 2, "Chypre", "Genève"),
            ("name-swap", 3, "Grèce", "Turquie"),
            ("date", 3, "15 mai", "5 mai"),
            ("date", 3, "15 mai", "15 mars"),
            ("reversal", 3, "avant", "après"),
            ("reversal", 3, "rouvrir", "fermer"),
            ("name", 4, "ONU", "Otan"),
            ("name-swap", 4, "Rafael Ortiz", "Nikos Doukas"),
            ("quotation", 4, "premier pas", "grand pas"),
            ("spelled", 5, "trois reprises", "treize reprises"),
            ("ordinal", 5, "XXe", "XIXe"),
            ("ordinal", 5, "XXe", "XXIe"),
        ],
    ),
    plant(
        "transport",
        "La ligne à grande vitesse entre Bordeaux et Toulouse ne sera pas mise en service avant 2033, a reconnu "
        "lundi la SNCF. Longue de 222 kilomètres, elle ramènera le trajet Paris-Toulouse à 3 h 10, contre 4 h 15 "
        "aujourd'hui. Son coût est passé de 10,3 à 14,3 milliards d'euros. L'État prendra en charge 40 % de la "
        "facture, les collectivités 40 % et l'Europe 20 %. La présidente de l'Occitanie, Carole Delmas, se félicite "
        "de l'avancée du chantier. Le maire de Bordeaux, Pierre Hermant, refuse de verser sa part, soit 24 millions. "
        "Une cinquantaine de communes ont déposé un recours. Le Conseil d'État doit se prononcer le 3 décembre.",
        [
            "La ligne à grande vitesse Bordeaux-Toulouse ne sera pas mise en service avant 2033.",
            "Le trajet Paris-Toulouse durera 3 h 10, contre 4 h 15 aujourd'hui.",
            "Le coût est passé de 10,3 à 14,3 milliards d'euros, dont 20 % pour l'Europe.",
            "Le maire de Bordeaux, Pierre Hermant, refuse de verser sa part de 24 millions.",
            "Le Conseil d'État se prononcera le 3 décembre sur le recours d'une cinquantaine de communes.",
            "La ligne, longue de 222 kilomètres, satisfait la présidente de l'Occitanie, Carole Delmas.",
        ],
        [
            ("negation", 0, "ne sera pas mise", "sera mise"),
            ("date", 0, "2033", "2030"),
            ("name", 0, "Toulouse", "Bayonne"),
            ("hour", 1, "3 h 10", "3 h 20"),
            ("role", 1, "3 h 10 / 4 h 15", "4 h 15 / 3 h 10"),
            ("name", 1, "Paris-Toulouse", "Lyon-Toulouse"),
            ("role", 2, "10,3 / 14,3", "14,3 / 10,3"),
            ("digit", 2, "14,3", "13,4"),
            ("magnitude", 2, "milliards", "millions"),
            ("role", 2, "20 %", "40 %"),
            ("digit", 2, "20 %", "2 %"),
            ("name", 2, "Europe", "Espagne"),
            ("name-swap", 3, "Pierre Hermant", "Carole Delmas"),
            ("name-swap", 3, "Pierre Hermant", "Pierre Delmas"),
            ("name-swap", 3, "Bordeaux", "Toulouse"),
            ("negation", 3, "refuse", "accepte"),
            ("digit", 3, "24", "42"),
            ("magnitude", 3, "millions", "milliards"),
            ("date", 4, "3 décembre", "13 décembre"),
            ("date", 4, "3 décembre", "3 novembre"),
            ("spelled", 4, "cinquantaine", "quarantaine"),
            ("name", 4, "Conseil d'État", "Conseil constitutionnel"),
            ("noun", 4, "communes", "maires"),
            ("unit", 5, "222 kilomètres", "222 mètres"),
            ("digit", 5, "222", "22"),
            ("name", 5, "Occitanie", "Aquitaine"),
            ("name-swap", 5, "Carole Delmas", "Pierre Hermant"),
        ],
    ),
)
