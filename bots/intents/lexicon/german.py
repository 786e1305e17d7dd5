"""German, with the compounds and the English that its musicians use."""

from bots.intents.lexicon.base import Lexicon, TokenKind
from separator.core.outputs import BASSLESS, DRUMLESS, INSTRUMENTAL, VOCALS, Stem, without

GERMAN = Lexicon(
    {
        Stem.VOCALS: """
            gesang gesänge gesangs stimme stimmen sänger sängerin vocal vocals gesangsspur gesangspur
            gesangsstimme gesangstimme vokal singstimme leadgesang hauptstimme
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
        TokenKind.OTHER: "rest der_rest den_rest restliche anderes andere anderen sonstiges übrige übriges",
        INSTRUMENTAL: """
            instrumental instrumentals instrumentale karaoke karaoki playback halbplayback
            instrumentalversion karaokeversion instrumentalspur begleitung gesanglos
        """,
        DRUMLESS: "schlagzeuglos schlagzeugfrei",
        BASSLESS: "basslos",
        without(Stem.GUITAR): "gitarrenlos",
        TokenKind.MUSIC: "musik instrumente instrumenten band",
        TokenKind.LYRICS: "text texte worte",
        TokenKind.ALL: "alle alles allen aller jede jedes jeden sämtliche",
        TokenKind.PARTS: """
            spuren stems teile trennen trenn trenne getrennt separat separate separieren aufteilen
            zerlegen zerleg zerlege einzeln einzelne einzelnen auftrennen einzelspuren multitrack trennung
            teil_auf
        """,
        TokenKind.NOT: """
            ohne ohn one onhe ohen ohme weder kein keine keinen keiner keinem minus nicht abzüglich
            ohne_das mit_ohne
        """,
        TokenKind.BUT: "außer ausser bis_auf alles_außer alle_außer",
        TokenKind.CUT: """
            entfernung entferne entfernen entfern entfernt lösche löschen lösch gelöscht schneide
            rausschneiden stumm stummschalten rausnehmen wegnehmen wegmachen rausmachen rausfiltern muten
            mute raus weg raus_machen weg_machen streiche
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
            bitte bitteschön biddö bidde will möchte moechte brauche brauch gib mach mache hätte haette
            gern gerne schick schicke kannst könntest koenntest extrahiere extrahieren pls biite
        """,
        TokenKind.FOR: "für fuer",
        TokenKind.PLAY: "spielen spiele spiel mitspielen dazuspielen üben ueben zum_üben jammen",
        TokenKind.VAGUE: """
            saxofon saxophon sax geige geigen streicher bläser trompete orgel flöte chor hintergrundgesang
            backgroundgesang begleitgesang background_vocals backing_vocals melodie lauter leiser snare
            becken sprachnachricht was_für_eine was_für_ein synth synthie akkordeon
        """,
        TokenKind.FILLER: """
            der die das den dem des ein_bisschen einen einem von vom im in zu zum zur mir mich
            dir dich du ich wir uns es ist sind sein war als an auf aus hi hallo hey moin servus danke
            dankeschön lied lieder song songs stück stueck titel track version versionen datei format
            qualität qualitaet gut gute guter beste mal bitte_mal doch ja jetzt hier so dann aber davon
            dazu daraus diesem diesen dieser dieses dies haben hab habe machen nimm nehmt nimmt probe original
            ganz ganze bot noch_mal spur ton
        """,
    }
)
