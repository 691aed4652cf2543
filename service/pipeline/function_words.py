"""French words that carry grammar rather than content: articles, pronouns, prepositions, auxiliaries.

Weekdays, months and number words are content: they tell one sentence from another.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: In lower case, without apostrophes ("l'on" is "l" and "on").
FUNCTION_WORDS = _words(
    """
    le la les l un une des du de d au aux à ce cet cette ces c ça cela ceci celui celle ceux celles
    mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs
    je j tu il elle on nous vous ils elles me m te t se s moi toi lui eux soi y en
    qui que qu quoi dont où lequel laquelle lesquels lesquelles auquel duquel auxquels desquels quel quelle quels
    quelles
    et ou mais or ni car donc si comme quand lorsque lorsqu puisque puisqu quoique quoiqu parce afin tandis alors
    dans sur sous par pour avec sans entre vers chez contre depuis pendant dès après avant selon jusque jusqu
    jusquau
    lors outre parmi malgré envers hors via
    ne n pas plus moins très trop peu aussi ainsi encore déjà même mêmes tout toute tous toutes autre autres aucun
    aucune
    bien non oui ici là puis ensuite enfin également notamment plutôt environ presque assez chaque quelque quelques
    plusieurs certains certaines tel telle tels telles
    être est sont suis es sommes êtes était étaient étais étions étiez sera seront serait seraient soit soient fut
    furent
    fût été étant serai serez serons
    avoir a ai as avons avez ont avait avaient avais avions aviez aura auront aurait auraient ait aient eut eurent
    eu ayant
    faire fait font faisait faisaient fera ferait faites
    peut peuvent pouvait pouvaient pourra pourrait pourraient pu doit doivent devait devaient devra devrait
    devraient dû
    va vont allait allaient aller
    the of and
    """
)
