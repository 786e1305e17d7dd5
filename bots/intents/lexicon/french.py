"""French. Words that lost their last letter before a vowel (`l'`, `d'`) are separate words."""

from bots.intents.lexicon.base import Lexicon, TokenKind
from separator.core.outputs import BASSLESS, DRUMLESS, INSTRUMENTAL, VOCALS, Stem, without

FRENCH = Lexicon(
    {
        Stem.VOCALS: """
            voix voie_chantée voi chant chants vocal vocaux vocale vocals chanteur chanteuse piste_voix
            voix_principale piste_vocale voix_lead
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
        TokenKind.NOT: "sans san pas_de pas moins zéro aucun aucune ni j_veux_pas je_veux_pas",
        TokenKind.BUT: "sauf hormis excepté tout_sauf",
        TokenKind.CUT: """
            enlève enlever enlevez enlevé enlevée retire retirer retirez retiré supprime supprimer
            éliminer élimine supprimez vire virer vires coupe couper coupé efface effacer ôte oter mute
            muter dégage
        """,
        TokenKind.OFF: "dehors",
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
        TokenKind.ONE: "une un autre_version l_autre",
        TokenKind.ASK: """
            veux voudrais veut besoin donne donnez file envoie stp svp steuplait s_il_te_plaît
            s_il_vous_plaît sil_te_plait sil_vous_plait peux pourrais extrait extraire extrais fais faire
            mets plz pls
        """,
        TokenKind.FOR: "pour",
        TokenKind.PLAY: "jouer joue jouant bosser travailler improviser",
        TokenKind.VAGUE: """
            choeur choeurs chœur chœurs violon violons saxo sax saxophone trompette cordes cuivres orgue
            flûte synthé mélodie plus plus_fort moins_fort caisse_claire cymbales message_vocal
            note_vocale rythme
        """,
        TokenKind.FILLER: """
            le la les l de du des d au aux en dans sur ce cet cette ces ça ca c est j je tu me moi te
            toi mon ma mes ton ta tes son sa ses il elle on nous vous qui ne n s t m qu y a as ai avoir
            être salut coucou bonjour hey frère frérot mec merci chanson chansons morceau morceaux titre
            piste fichier format qualité bonne meilleure version versions audio maintenant ici alors aussi
            répète répétition partie partie_de original entier entière bot
        """,
    }
)
