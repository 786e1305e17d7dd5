"""Spanish, of Spain and of America."""

from bots.intents.lexicon.base import Lexicon, TokenKind
from separator.core.outputs import BASSLESS, DRUMLESS, INSTRUMENTAL, VOCALS, Stem, without

SPANISH = Lexicon(
    {
        Stem.VOCALS: """
            voz voces vos vocal vocales bocal cantante cantantes canto pista_de_voz voz_principal
            voz_humana pista_vocal parte_vocal
        """,
        VOCALS: "acapella a_capella acapela a_capela a_cappella acapelas",
        Stem.DRUMS: """
            batería baterías bateria vateria batera bateri percusión percusiones persecusión tambores
            tambor pista_de_batería
        """,
        Stem.BASS: """
            bajo bajos vajo el_bajo bajo_eléctrico contrabajo guitarra_bajo línea_de_bajo pista_de_bajo
        """,
        Stem.GUITAR: """
            guitarra guitarras gitarra guitara guitarra_eléctrica guitarra_acústica guitarras_eléctricas
            guitarra_española
        """,
        Stem.PIANO: "piano pianos teclado teclados teclas",
        TokenKind.OTHER: "otros otras resto el_resto lo_demás los_demás demás lo_otro",
        INSTRUMENTAL: """
            instrumental instrumentales karaoke karaoque carioke caraoke base bases pista_de_karaoke
            base_instrumental pista_instrumental acompañamiento fondo_musical la_pura_pista
        """,
        DRUMLESS: "sinbateria",
        BASSLESS: "sinbajo",
        without(Stem.GUITAR): "singuitarra",
        TokenKind.MUSIC: "música musica instrumentos instrumento banda",
        TokenKind.LYRICS: "letra letras",
        TokenKind.ALL: "todo todos todas toda cada cada_una cada_uno",
        TokenKind.PARTS: """
            pistas partes stems separar separa separada separado separadas separados sepárame sepárala
            separación por_separado divide dividir multipista multipistas pistas_separadas
        """,
        TokenKind.NOT: "sin zin sni ni no no_quiero nada_de",
        TokenKind.BUT: "excepto salvo todo_menos menos_la menos_el menos",
        TokenKind.CUT: """
            quita quitar quite quitame quítale quítame sácale sacale sácame saca sacar elimina eliminar
            elimíname elimínale borra borrar bórrale remueve remover suprime mutea mutear silencia
            silenciar quitando quitada quitado eliminado eliminada fuera
        """,
        TokenKind.ONLY: """
            solo sólo solamente únicamente unicamente nada_más nomás nomas nada_mas pura puro aislada
            aislado aislados aisladas aislar aísla aisla sola solas solos
        """,
        TokenKind.ALONE: "a_solas por_sí_sola",
        TokenKind.AND: "y e o u",
        TokenKind.PLUS: "más mas",
        TokenKind.WITH: "con",
        TokenKind.KEEP: "deja dejar dejando conserva mantén manten déjame",
        TokenKind.TOGETHER: "juntos juntas junto en_un_archivo en_un_solo_archivo",
        TokenKind.ONE: "una otra uno otro un",
        TokenKind.ASK: """
            quiero quisiera necesito dame deme pásame pasame mándame mandame envíame dar haz hazme puedes
            podrías por_favor porfa porfavor porfis porfa_vor pls plis plz extrae extraer
        """,
        TokenKind.FOR: "para pa",
        TokenKind.PLAY: "tocar toco tocando practicar practico ensayar improvisar",
        TokenKind.VAGUE: """
            coros coro segundas_voces violín saxo sax saxofón trompeta trompetas cuerdas vientos
            sintetizador órgano flauta melodía bombo caja platillos acordeón más_bajo más_alto nota_de_voz
            mensaje_de_voz drum_and_bass voz_en_off qué_voz qué_buena_voz en_vivo por_debajo
        """,
        TokenKind.FILLER: """
            el la los las lo le les de del al en por que me te se mi tu su esta este esto esa ese eso
            es hola buenas oye bro hermano amigo gracias grax canción cancion canciones tema temas rola
            pista rolita versión version audio archivo formato calidad buena mejor sea si sí ya aquí ahora
            favor puede poder ser estar también tambien ensayo parte original completa
            completo
        """,
    }
)
