"""French words that news briefs put for one another, as stems: « décès » for « mort », « salarié » for « employé ».

Only for finding where an article says something. A word of a group is weak evidence of another, so this
never decides whether a statement is supported.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from service.pipeline.french_tokens import stem

# One group a line; a word may be in several. Verbs are given in the forms that briefs use.
_GROUPS = """
mort morte morts meurt mourir décès décédé décéder tué tuer tuerie péri périr succombé survécu disparu victime défunt
blessé blessure touché atteint
malade maladie patient
assassinat meurtre assassiné homicide crime tué
attentat attaque explosion fusillade
tireur assaillant agresseur suspect
arrêté arrestation interpellé interpellation appréhendé capturé
prison détention incarcéré incarcération emprisonné écroué barreaux cellule
libéré libération liberté relâché remise
condamné condamnation peine écope sanction sanctionné reconnu
relaxé relaxe acquitté acquittement innocenté blanchi
jugé jugement juge tribunal procès justice magistrat verdict audience comparaître
accusé accuse accusation reproche soupçonné poursuivi poursuite inculpé mis
plainte plaignant saisi dénonce
enquête enquêteur investigation affaire instruction
élucidé résolu
policier police gendarme gendarmerie officier
pompier secours sauveteur secouriste
incendie feu flamme brûlé
accident collision percuté heurté choc
voiture véhicule automobile auto
camion poids-lourd
avion appareil vol
bateau navire paquebot ferry
train rail ferroviaire
trajet voyage parcours
tempête ouragan cyclone dépression vent
canicule chaleur
pluie orage intempérie inondation crue
neige avalanche coulée
virus coronavirus épidémie pandémie covid
contracté contaminé contamination infecté
hospitalisé hôpital clinique réanimation
médecin docteur soignant
élection scrutin vote électoral municipales présidentielle élu
voté vote adopté approuvé
rejeté refus refusé repoussé écarté
repoussé reporté report différé décalé retardé
président dirigeant chef patron directeur leader
ministre gouvernement exécutif
maire mairie municipal municipalité commune ville
député parlementaire sénateur élu
parti formation mouvement
opposition adversaire opposant
syndicat syndical
grève mobilisation débrayage
manifestation manifestant rassemblement défilé
loi texte projet réforme
interdit interdiction proscrit banni
autorisé autorise autorisation permis feu
annoncé annonce déclaré déclare indiqué affirme affirmé assuré assure expliqué précisé révélé dit fait
critique dénonce fustige regrette déplore reproche
craint redoute inquiet inquiétude crainte peur
veut souhaite demande réclame exige
promet promis promesse engage engagement
accord entente pacte contrat
achat acheté achète acquisition racheté rachat rachète
vente vendu vend cession cédé
entreprise société groupe firme compagnie maison
salarié employé personnel travailleur ouvrier effectif collaborateur
emploi poste
embauche recrute recrutement
licenciement licencié supprimé suppression
prix tarif coût coûte coûtera billet montant facture dépense
payé paie verse versé règle réglé finance financé
argent euros somme
bénéfice profit résultat gain
déficit perte déficitaire
revenu recette chiffre
hausse augmentation augmenté progresse progression croissance grimpé bond
baisse diminué recul chute réduction réduit
début commence débute démarre lancé lancement
fin terminé achève termine
ouvert ouverture ouvre rouvre inauguré
fermé fermeture ferme
nouveau nouvelle récent
enfant mineur garçon fille fillette
adolescent jeune
femme épouse compagne
mari époux
père papa
mère maman
vieux âgé ancien
habitant riverain résident voisin
touriste vacancier visiteur vacances
spectateur public entrée fréquentation festivalier
victoire vainqueur gagné gagne remporté remporte succès sacré titre
défaite perdu battu éliminé
match rencontre finale
joueur footballeur attaquant
entraîneur coach sélectionneur
équipe club formation
course épreuve étape
champion tenant titre
film cinéma réalisateur cinéaste
chanteur artiste musicien chanteuse
écrivain romancier auteur romancière écrivaine
livre roman ouvrage
album disque
concert tournée scène récital
sort paraît publié sortira parution
étude recherche travaux
chercheur scientifique auteur biologiste
animal bête espèce individu
étudiant lycéen élève
école établissement collège lycée
professeur enseignant universitaire
logiciel programme application outil
internet réseau ligne connexion
téléphone portable smartphone mobile
attend prévu attendu prévoit
quitte quitter départ partir partira démission
remplacé remplace remplacement succède successeur suppléé
nommé nomination désigné choisi
essai essayé test testé
erreur faute coquille faux
montré preuve prouvé démontré établi
lien rapport relation corrélation
cause origine responsable responsabilité
danger risque menace
calme apaisé
renonce abandon abandonné arrête arrêt
travaux chantier rénovation
route chaussée autoroute
maison domicile logement habitation
terrain parcelle
retrouvé découvert
retiré enlevé ôté
montre révèle
aide subvention soutien
impôt taxe fiscal
jour quotidien journée
nuit nocturne
mois mensuel
année an annuel
semaine hebdomadaire
pays nation état
"""


@lru_cache(maxsize=1)
def paraphrases() -> Mapping[str, frozenset[str]]:
    """For each stem of a group the other stems of its groups."""
    others: dict[str, set[str]] = {}
    for line in _GROUPS.strip().splitlines():
        stems = {stem(word) for word in line.split()}
        for one in stems:
            others.setdefault(one, set()).update(stems - {one})
    return {one: frozenset(stems) for one, stems in others.items()}
