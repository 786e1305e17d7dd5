"""French. Words that lost their last letter before a vowel (`l'`, `d'`) are separate words."""

from bots.intents.lexicon.base import Lexicon, Player, TokenKind
from separator.core.outputs import BASSLESS, DRUMLESS, INSTRUMENTAL, VOCALS, Stem, without

FRENCH = Lexicon(
    {
        Stem.VOCALS: """
            voix voie_chantée voi chant chants vocal vocaux vocale vocals piste_voix voix_principale
            piste_vocale voix_lead
        """,
        VOCALS: "acapella a_capella a_cappella acappella accapella à_capela acapela",
        Stem.DRUMS: """
            batterie batteries baterie battrie baterrie batri percussion percussions percu percus tambour
            tambours piste_batterie drums
        """,
        Stem.BASS: "basse basses guitare_basse contrebasse ligne_de_basse basse_électrique piste_basse",
        Stem.GUITAR: "guitare guitares gratte grattes guitarre guitare_électrique guitare_acoustique",
        Stem.PIANO: "piano pianos clavier claviers",
        TokenKind.OTHER: "autre autres reste le_reste les_autres",
        INSTRUMENTAL: """
            instrumental instrumentale instrumentaux instrumentales instru instrus intru karaoké karaoke
            caraoké karaokés playback play_back bande_son accompagnement
        """,
        DRUMLESS: "sansbatterie",
        BASSLESS: "sansbasse",
        without(Stem.GUITAR): "sansguitare",
        TokenKind.MUSIC: "musique instruments instrument groupe",
        TokenKind.LYRICS: "paroles parole",
        TokenKind.ALL: "tout tous toutes toute chaque",
        TokenKind.PARTS: """
            pistes stems parties sépare séparer séparé séparée séparés séparées séparément séparation
            découpe découper multipiste multipistes isolément
        """,
        TokenKind.NOT: """
            san moins sans pas_de pas_d sans_aucun sans_aucune sans_la sans_le sans_les ni zéro aucun aucune
        """,
        TokenKind.BUT: "sauf hormis excepté tout_sauf à_part mis_à_part à_l_exception_de",
        TokenKind.CUT: """
            enlève enlever enlevez enlevé enlevée retire retirer retirez retiré supprimer éliminer supprimez
            virer coupe couper coupé efface effacer ôte mute muter dégage enlèves retires supprimes coupes
            effaces enlevées enlevés retirée retirées retirés supprimée supprimé supprimées supprimés
            vire_moi vires vire dégager dégages éteins éteindre éteint ôter ôtes éliminée éliminé
            couper_le_son rends_muet désactive désactiver coupée enlèvent filtre filtrer filtrez
        """,
        TokenKind.OFF: "dehors disparaître disparaisse",
        TokenKind.ONLY: """
            seulement juste uniquement rien_que seul seule seuls seules isolé isolée isolés isolées isole
            isoler solo purement exclusivement
        """,
        TokenKind.JUST: "que",
        TokenKind.ALONE: "à_part_entière toute_seule tout_seul",
        TokenKind.AND: "et ou ainsi_que",
        TokenKind.WITH: "avec",
        TokenKind.KEEP: "garde garder gardez laisse laisser laissez conserve conserver",
        TokenKind.TOGETHER: "ensemble dans_un_seul_fichier en_un_fichier",
        TokenKind.ONE: "une un autre_version l_autre une_fois",
        TokenKind.ASK: """
            veut besoin donne donnez file envoie stp svp steuplait s_il_te_plaît s_il_vous_plaît
            sil_te_plait sil_vous_plait peux pourrais extrait extraire extrais fais faire mets plz pls veux
            voudrais j_veux je_veux aimerais j_aimerais
        """,
        TokenKind.FOR: "pour",
        TokenKind.PLAY: "jouer joue jouant bosser travailler improviser je_suis",
        TokenKind.VAGUE: """
            choeur choeurs chœur chœurs violon violons saxo sax saxophone trompette cordes cuivres orgue
            flûte synthé mélodie caisse_claire cymbales message_vocal note_vocale rythme
        """,
        TokenKind.FILLER: """
            le la les l de du des d au aux en dans sur ce cet cette ces ça ca c j je tu me te mon ma mes ton
            ta tes son sa ses il on vous ne n s t m qu y a as ai avoir être salut coucou bonjour hey frère
            frérot merci chanson chansons morceau morceaux titre piste fichier format qualité bonne
            meilleure audio maintenant ici alors aussi répète répétition partie partie_de original entier
            entière bot quatre cinq six mec gars homme femme garçon entendre entends entend zip dossier
            juste_besoin demain soir concert cours élève élèves s_il_vous chanter pardon désolé désolée
            voulais en_fait beaucoup bcp infiniment d_avance mille fille fils copine copain amie ami
            anniversaire samedi dimanche école projet vidéo fête
        """,
        TokenKind.NEGATION: "pas non jamais ne_pas",
        TokenKind.PROTECT: "touche_pas ne_touche_pas touche_pas_à ne_touche_pas_à laisse_tranquille",
        TokenKind.REST: "tout_le_reste tout_l_autre les_autres_instruments",
        TokenKind.YES: "oui allumé reste_là",
        TokenKind.INSTEAD: """
            au_lieu_de au_lieu_du au_lieu_des au_lieu_d plutôt_que à_la_place_de à_la_place_du
        """,
        TokenKind.HAVE: "j_ai j_ai_déjà on_a_déjà je_possède_déjà j_avais_déjà déjà",
        TokenKind.COUNT: "deux trois",
        TokenKind.LEVEL: """
            plus plus_fort moins_fort pourcent pour_cent moitié baisse baisser monte monter augmente
            augmenter diminue diminuer réduis réduire volume plus_bas plus_haut moins_de
        """,
        TokenKind.PRONOUN: "toi moi lui elle eux nous",
        TokenKind.EXCLAMATION: "quelle quel quelles quels",
        TokenKind.COPULA: "est sont était sonne",
        Player(Stem.DRUMS): "batteur batteurs batteuse percussionniste",
        Player(Stem.BASS): "bassiste bassistes",
        Player(Stem.GUITAR): "guitariste guitaristes",
        Player(Stem.PIANO): "pianiste pianistes claviériste",
        TokenKind.QUESTION: "pourquoi qui quand comment j_aime j_adore je_déteste j_aimais",
        Player(Stem.VOCALS): "chanteur chanteuse chanteurs",
        TokenKind.VERSION: "version versions reprise",
        TokenKind.AMBIGUOUS: """
            avec_ou_sans avec_et_sans on_entend_pas j_entends_pas n_entends_pas n_entend_pas soit
        """,
    }
)
