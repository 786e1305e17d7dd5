"""German, with the compounds and the English that its musicians use."""

from bots.intents.lexicon.base import Lexicon, Player, TokenKind
from separator.core.outputs import BASSLESS, DRUMLESS, INSTRUMENTAL, VOCALS, Stem, without

GERMAN = Lexicon(
    {
        Stem.VOCALS: """
            gesang gesänge gesangs stimme stimmen vocal vocals gesangsspur gesangspur gesangsstimme
            gesangstimme vokal singstimme leadgesang hauptstimme
        """,
        VOCALS: "acapella a_capella acappella a_cappella akapella accapella akappella",
        Stem.DRUMS: """
            schlagzeug schlagzeuge schlagzeugs schlagzeugspur schlagzug schlagzeuch trommel trommeln drums
            drum drumspur drumsspur perkussion percussion schlagwerk drumset batterie
        """,
        Stem.BASS: """
            bass bässe baß basses bassgitarre baßgitarre bass_gitarre bassspur basspur basslinie e_bass
            ebass kontrabass
        """,
        Stem.GUITAR: "gitarre gitarren guitarre gitare e_gitarre e_gitarren egitarre gitarrenspur klampfe",
        Stem.PIANO: "klavier klaviere piano pianos keyboard keyboards tasten flügel klavierspur",
        TokenKind.OTHER: "rest restliche anderes andere anderen sonstiges übrige übriges",
        INSTRUMENTAL: """
            instrumental instrumentals instrumentale karaoke karaoki playback halbplayback
            instrumentalversion karaokeversion instrumentalspur begleitung gesanglos
        """,
        DRUMLESS: "schlagzeuglos schlagzeugfrei",
        BASSLESS: "basslos",
        without(Stem.GUITAR): "gitarrenlos",
        TokenKind.MUSIC: "musik instrumente instrumenten band",
        TokenKind.LYRICS: "text texte worte",
        TokenKind.ALL: "alle alles allen aller jede jedes jeden sämtliche sonst_nichts",
        TokenKind.PARTS: """
            spuren stems teile trennen trenn trenne getrennt separat separate separieren aufteilen zerlegen
            zerleg zerlege einzeln einzelne einzelnen auftrennen einzelspuren multitrack trennung teil_auf
            individuell individuelle
        """,
        TokenKind.NOT: """
            ohn one onhe ohen ohme weder kein keine keinen keiner keinem abzüglich ohne_das mit_ohne ohne
            kein_einziges minus
        """,
        TokenKind.BUT: """
            außer ausser bis_auf alles_außer alle_außer abgesehen_von ausgenommen mit_ausnahme_von
        """,
        TokenKind.CUT: """
            entfernung entfernen entfern entfernt lösche löschen lösch gelöscht schneide rausschneiden stumm
            stummschalten rausnehmen wegmachen rausmachen rausfiltern muten mute raus weg raus_machen
            weg_machen streiche entfernst entferne löschst löscht rausnimm nimmst_raus nimm_raus nehmt_raus
            nimm_weg mach_weg mach_raus tu_weg rausgenommen rausschneide schneid_raus weggelassen weglassen
            lass_weg auslassen ausblenden blende_aus ausschalten schalte_aus ausgeschaltet abschalten
            herausnehmen herausfiltern entfernt_werden gelöscht_werden wegnehmen rausgefiltert
            rausgeschnitten streichen streich schmeiß_raus rausschmeißen eliminieren eliminiere aus filtern
            filter filtere ausfiltern filtere_raus
        """,
        TokenKind.ONLY: """
            nur nue nru nurr bloß bloss lediglich ausschließlich isoliert isolierte isolieren isolier solo
            pur reine reiner
        """,
        TokenKind.ALONE: "allein alleine solistisch",
        TokenKind.AND: "und u un oder noch sowie und_auch auch",
        TokenKind.PLUS: "plus",
        TokenKind.WITH: "mit",
        TokenKind.KEEP: "behalt behalte behalten lass lasse drinlassen behältst",
        TokenKind.TOGETHER: "zusammen gemeinsam in_einer_datei zusammengemischt",
        TokenKind.ONE: "eine einmal ein einer andere_version",
        TokenKind.ASK: """
            bitte bitteschön biddö bidde will möchte moechte brauche brauch gib mach mache hätte haette gern
            gerne schick schicke kannst könntest koenntest extrahiere extrahieren pls biite
        """,
        TokenKind.FOR: "für fuer",
        TokenKind.PLAY: """
            spielen spiele spiel mitspielen dazuspielen üben ueben zum_üben jammen ich_bin_der ich_bin
            bin_der ich_bin_die
        """,
        TokenKind.VAGUE: """
            saxofon saxophon sax geige geigen streicher bläser trompete orgel flöte chor hintergrundgesang
            backgroundgesang begleitgesang background_vocals backing_vocals melodie snare becken
            sprachnachricht synth synthie akkordeon
        """,
        TokenKind.FILLER: """
            der die das den dem des ein_bisschen einen einem von vom im in zu zum zur mir du ich wir es sein
            als auf hi hallo hey moin servus danke dankeschön lied lieder song songs stück stueck titel
            track datei format qualität qualitaet gut gute guter beste mal bitte_mal doch jetzt hier so dann
            aber davon dazu daraus diesem diesen dieser dieses dies haben hab habe machen nimm nehmt nimmt
            probe original ganz ganze bot noch_mal spur ton vier fünf sechs jegliche jeglichen jeglicher
            irgendeine irgendwelche typ mann hören hörbar möglichst einfach komplett gesamte gesamten ganzes
            heute morgen auftritt schüler unterricht chorprobe anhang zip ordner kurz schnell mal_eben halt
            eben kann können könnt könnte soll sollen sollte muss müssen darf dürfen wird werden wurde
            auf_einmal rein mitsingen singen vorsingen sorry wollte meinte eigentlich äh ähm entschuldigung
            brauch_ich vielen viele sehr schön schöne im_voraus vorab tochter sohn frau freundin freund
            geburtstag samstag sonntag hochzeit kneipe bühne schule projekt video nötig
        """,
        TokenKind.NEGATION: "nicht nein nie niemals nich net",
        TokenKind.PROTECT: "nicht_anfassen finger_weg_von in_ruhe_lassen unverändert",
        TokenKind.REST: "alles_andere das_andere die_anderen der_rest den_rest der_ganze_rest",
        TokenKind.YES: "ja an drin bleibt bleiben",
        TokenKind.INSTEAD: "statt anstatt anstelle anstelle_von statt_dessen",
        TokenKind.HAVE: """
            ich_habe ich_hab habe_ich_schon hab_ich_schon ich_habe_schon ich_hab_schon wir_haben_schon
            habe_schon hab_schon habe_bereits ich_habe_bereits bereits
        """,
        TokenKind.COUNT: "zwei drei",
        TokenKind.LEVEL: """
            lauter leiser prozent halb mehr weniger lautstärke leise laut runterdrehen hochdrehen dämpfen
            verstärken reduzieren reduziere absenken anheben besser
        """,
        TokenKind.PRONOUN: "dich dir mich ihn uns euch",
        TokenKind.EXCLAMATION: "was_für_ein was_für_eine welch_eine so_ein so_eine",
        TokenKind.COPULA: "ist sind klingt klingen war",
        Player(Stem.DRUMS): "schlagzeuger schlagzeugerin drummer trommler",
        Player(Stem.BASS): "bassist bassisten bassistin bassspieler",
        Player(Stem.GUITAR): "gitarrist gitarristen gitarristin gitarrenspieler",
        Player(Stem.PIANO): "pianist pianisten pianistin klavierspieler keyboarder",
        TokenKind.QUESTION: """
            warum wieso weshalb wo wer wann wie ich_liebe ich_mag ich_finde ich_find ich_hasse
        """,
        Player(Stem.VOCALS): "sänger sängerin sängers",
        TokenKind.VERSION: "version versionen fassung cover",
        TokenKind.OFF: "verschwinden verschwindet",
        TokenKind.AMBIGUOUS: "mit_und_ohne mit_oder_ohne hört_man_nicht höre_nicht höre_ich_nicht entweder",
    }
)
