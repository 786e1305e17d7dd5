"""Italian. Articles that lost a vowel (`l'`, `dell'`) are separate words."""

from bots.intents.lexicon.base import Lexicon, TokenKind
from separator.core.outputs import BASSLESS, DRUMLESS, INSTRUMENTAL, VOCALS, Stem, without

ITALIAN = Lexicon(
    {
        Stem.VOCALS: """
            voce voci vocie canto vocale vocali cantante cantanti cantato voce_principale traccia_vocale
            voci_principali
        """,
        VOCALS: "acapella a_capella a_cappella acappella acapela",
        Stem.DRUMS: """
            batteria batterie bateria battteria batteri percussioni percussione percusioni tamburi tamburo
        """,
        Stem.BASS: "basso bassi baso contrabbasso basso_elettrico linea_di_basso chitarra_basso",
        Stem.GUITAR: "chitarra chitarre chitara chittarra chitarra_elettrica chitarra_acustica",
        Stem.PIANO: "piano pianoforte pianoforti tastiera tastiere pianola",
        TokenKind.OTHER: "altro altri altre resto il_resto restante",
        INSTRUMENTAL: """
            strumentale strumentali instrumentale karaoke caraoke base basi base_musicale basi_musicali
            base_strumentale accompagnamento versione_strumentale sottofondo
        """,
        DRUMLESS: "senzabatteria",
        BASSLESS: "senzabasso",
        without(Stem.GUITAR): "senzachitarra",
        TokenKind.MUSIC: "musica strumenti strumento banda",
        TokenKind.LYRICS: "testo parole",
        TokenKind.ALL: "tutto tutti tutte tutta ogni ciascuna ciascuno",
        TokenKind.PARTS: """
            tracce traccie stems parti separa separare separata separate separati separato separale
            separami separazione dividi dividere scomponi multitraccia singole_tracce
        """,
        TokenKind.NOT: "senza sensa senz no non_voglio nessuna nessun niente",
        TokenKind.BUT: "tranne eccetto fuorché salvo tutto_tranne tutto_meno meno",
        TokenKind.CUT: """
            togli togliere tolgi toglimi togliendo tolta tolto elimina eliminare eliminami leva levare
            levami rimuovi rimuovere rimuovimi cancella cancellare eliminato eliminata muta mutare
            silenzia taglia tagliare via fuori
        """,
        TokenKind.ONLY: """
            solo soltanto solamente unicamente sola soli sole isolata isolato isolate isolati isola
            isolare isolami puro pura esclusivamente
        """,
        TokenKind.ALONE: "da_sola da_solo da_soli",
        TokenKind.AND: "e ed o oppure",
        TokenKind.PLUS: "più",
        TokenKind.WITH: "con col coi",
        TokenKind.KEEP: "lascia lasciare lasciami tieni tenere mantieni mantenere",
        TokenKind.TOGETHER: "insieme in_un_unico_file in_un_file assieme",
        TokenKind.ONE: "una un uno un_altra un_altro altra",
        TokenKind.ASK: """
            voglio vorrei mi_serve serve servirebbe dammi dai manda mandami fammi fai puoi potresti
            per_favore perfavore pls plz grazie_mille estrai estrarre passami favore perpiacere
            per_piacere
        """,
        TokenKind.FOR: "per",
        TokenKind.PLAY: "suonare suono suonarci esercitarmi improvvisare",
        TokenKind.VAGUE: """
            cori coro seconde_voci violino violini sassofono sax tromba trombe archi fiati organo flauto
            synth fisarmonica melodia più_piano che_voce che_bella_voce più_basso più_alto rullante cassa
            piatti messaggio_vocale nota_vocale ritmo
        """,
        TokenKind.FILLER: """
            il lo la i gli le l di del dello della dei degli delle dell d a al allo alla ai agli alle all
            da dal dalla in nel nella su sul sulla che mi ti si ci ne mio mia tuo tua suo sua questo
            questa questi quest quella quello c ciao hey grazie canzone canzoni brano brani pezzo pezzi
            traccia file formato qualità buona migliore versione versioni audio qui ora adesso poi anche
            originale intera bot provare prove sia si_può parte
        """,
    }
)
