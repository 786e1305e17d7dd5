"""Italian. Articles that lost a vowel (`l'`, `dell'`) are separate words."""

from bots.intents.lexicon.base import Lexicon, Player, TokenKind
from separator.core.outputs import BASSLESS, DRUMLESS, INSTRUMENTAL, VOCALS, Stem, without

ITALIAN = Lexicon(
    {
        Stem.VOCALS: """
            voce voci vocie canto vocale vocali cantato voce_principale traccia_vocale voci_principali
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
            tracce traccie stems parti separa separare separata separate separati separato separale separami
            separazione dividi dividere scomponi multitraccia singole_tracce individuali
        """,
        TokenKind.NOT: "senza sensa senz nessuna nessun niente",
        TokenKind.BUT: "tranne eccetto fuorché salvo tutto_tranne tutto_meno a_parte ad_eccezione_di",
        TokenKind.CUT: """
            togli togliere tolgi toglimi togliendo tolta tolto elimina eliminare eliminami leva levare
            levami rimuovi rimuovere rimuovimi cancella cancellare eliminato eliminata muta mutare silenzia
            taglia tagliare via fuori toglie tolgono tolte tolti togliete togliermi togliergli levi levate
            leva_via rimuove rimuovere_la rimosso rimossa rimosse elimini cancelli cancellata tagliata
            tagli_via spegni spegnere spento spenta silenziare silenziata muti escludi escludere esclusa
            esclusi scarta togli_via rimuovete rimossi tolgano levato levata spenti spente filtra filtrare
        """,
        TokenKind.ONLY: """
            solo soltanto solamente unicamente sola soli sole isolata isolato isolate isolati isola isolare
            isolami puro pura esclusivamente
        """,
        TokenKind.ALONE: "da_sola da_solo da_soli",
        TokenKind.AND: "e ed o oppure",
        TokenKind.PLUS: "più",
        TokenKind.WITH: "con col coi",
        TokenKind.KEEP: "lascia lasciare lasciami tieni tenere mantieni mantenere",
        TokenKind.TOGETHER: "insieme in_un_unico_file in_un_file assieme",
        TokenKind.ONE: "una un uno un_altra un_altro altra una_volta",
        TokenKind.ASK: """
            mi_serve serve servirebbe dammi dai manda mandami fammi fai puoi potresti per_favore perfavore
            pls plz grazie_mille estrai estrarre passami favore perpiacere per_piacere voglio vorrei
            mi_servirebbe mi_servono servono mi_fai mi_dai mi_mandi
        """,
        TokenKind.FOR: "per",
        TokenKind.PLAY: "suonare suono suonarci esercitarmi improvvisare sono_un sono_il sono_una",
        TokenKind.VAGUE: """
            cori coro seconde_voci violino violini sassofono sax tromba trombe archi fiati organo flauto
            synth fisarmonica melodia più_piano che_voce che_bella_voce più_basso più_alto rullante cassa
            piatti messaggio_vocale nota_vocale ritmo
        """,
        TokenKind.FILLER: """
            il lo la i gli le l di del dello della dei degli delle dell d a al allo alla ai agli alle all da
            dal dalla in nel nella su sul sulla mi ti ci mio mia tuo tua suo sua questo questa questi quest
            quella quello c ciao hey grazie canzone canzoni brano brani pezzo pezzi traccia file formato
            qualità buona migliore audio qui ora adesso poi anche originale intera bot provare prove sia
            si_può parte quattro cinque sei tipo ragazzo uomo donna sentire senta sentano zip cartella oggi
            domani allievo allievi lezione concerto matrimonio festa sia_possibile alcun alcuna cantare
            cantarci cantarla cantarlo scusa volevo intendevo veramente mille molte tante in_anticipo figlia
            figlio moglie ragazza amica amico compleanno sabato domenica scuola progetto video
        """,
        TokenKind.NEGATION: "no non mai neanche nemmeno",
        TokenKind.PROTECT: "non_toccare non_toccate non_cambiare",
        TokenKind.REST: "tutto_il_resto gli_altri_strumenti",
        TokenKind.YES: "sì acceso accesa resta restano",
        TokenKind.INSTEAD: """
            invece_di invece_del invece_della al_posto_di al_posto_del al_posto_della anziché piuttosto_che
        """,
        TokenKind.HAVE: "ho ho_già ce_l_ho abbiamo_già l_ho_già già",
        TokenKind.COUNT: "due tre",
        TokenKind.LEVEL: """
            più_forte meno_forte per_cento percento metà abbassa abbassare alza alzare volume aumenta
            aumentare riduci ridurre meno_volume più_volume meno
        """,
        TokenKind.PRONOUN: "te me lei lui noi voi loro",
        TokenKind.EXCLAMATION: "che",
        TokenKind.COPULA: "sono era suona",
        Player(Stem.DRUMS): "batterista batteristi percussionista",
        Player(Stem.BASS): "bassista bassisti",
        Player(Stem.GUITAR): "chitarrista chitarristi",
        Player(Stem.PIANO): "pianista pianisti tastierista",
        TokenKind.NEITHER: "ne",
        TokenKind.QUESTION: "perché dove chi quando come mi_piace mi_piacciono adoro amo odio",
        Player(Stem.VOCALS): "cantante cantanti",
        TokenKind.VERSION: "versione versioni",
        TokenKind.OFF: "sparire sparisca",
        TokenKind.AMBIGUOUS: "con_o_senza con_e_senza non_sento non_si_sente",
    }
)
