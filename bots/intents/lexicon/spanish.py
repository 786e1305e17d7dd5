"""Spanish, of Spain and of America."""

from bots.intents.lexicon.base import Lexicon, Player, TokenKind
from separator.core.outputs import BASSLESS, DRUMLESS, INSTRUMENTAL, VOCALS, Stem, without

SPANISH = Lexicon(
    {
        Stem.VOCALS: """
            voz voces vos vocal vocales bocal canto pista_de_voz voz_principal voz_humana pista_vocal
            parte_vocal
        """,
        VOCALS: "acapella a_capella acapela a_capela a_cappella acapelas",
        Stem.DRUMS: """
            batería baterías bateria vateria batera bateri percusión percusiones persecusión tambores tambor
            pista_de_batería
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
            separación por_separado divide dividir multipista multipistas pistas_separadas individuales
        """,
        TokenKind.NOT: "sin zin sni ni cin nada_de sin_nada_de",
        TokenKind.BUT: "excepto salvo todo_menos menos_la menos_el aparte_de a_excepción_de con_excepción_de",
        TokenKind.CUT: """
            quita quitar quite quitame quítale quítame sácale sacale sácame sacar elimina eliminar elimíname
            elimínale borra borrar bórrale remover suprime mutea mutear silencia silenciar quitando quitado
            eliminado eliminada fuera quitas quita_le quitarle quitarme quitada quitadas quitados quiten
            saca sacas sáquenle sáquele saquen elimine elimines eliminarle borres borre borrarle borrado
            borrada remueve remuevas quítenle quítele apaga apagar apagas apagado apagada suprimir silencias
            silenciado silenciada mutéalo desactiva quites saques sin_que_suene retira retirar retire
            elimínalo quítalo quítala sácala borrados borradas apagados apagadas suprimido suprimida
            retirado retirada retirados retiradas quitarles
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
        TokenKind.ONE: "una otra uno otro un una_vez",
        TokenKind.ASK: """
            quisiera necesito dame deme pásame pasame mándame mandame envíame dar haz hazme puedes podrías
            por_favor porfa porfavor porfis porfa_vor pls plis plz extrae extraer quiero querría me_gustaría
            me_das me_haces me_pasas me_puedes
        """,
        TokenKind.FOR: "para pa",
        TokenKind.PLAY: "tocar toco tocando practicar practico ensayar improvisar soy como_soy",
        TokenKind.VAGUE: """
            coros coro segundas_voces violín saxo sax saxofón trompeta trompetas cuerdas vientos
            sintetizador órgano flauta melodía bombo caja platillos acordeón más_bajo más_alto nota_de_voz
            mensaje_de_voz drum_and_bass voz_en_off qué_voz qué_buena_voz en_vivo por_debajo
        """,
        TokenKind.FILLER: """
            la los las lo le les de del al en por me te se tu su este esto esa ese eso hola buenas oye bro
            hermano amigo gracias grax canción cancion canciones tema temas rola pista rolita audio archivo
            formato calidad buena mejor sea ya aquí ahora favor puede poder ser estar también tambien ensayo
            parte original completa completo cuatro cinco seis tipo chico chica señor señora hombre mujer
            suene suena suenen escuchar escuche oír oiga se_oiga se_escuche zip carpeta hoy mañana alumno
            alumnos clase iglesia boda fiesta concierto toda_la ningún ninguna alguna por_fa cantar cantarla
            cantarle perdón quería digo disculpa muchas mucho muchísimas mil de_antemano hija hijo esposa
            novia novio amiga cumpleaños sábado domingo escuela proyecto video
        """,
        TokenKind.NEGATION: "no nunca jamás tampoco",
        TokenKind.PROTECT: "no_toques no_tocar no_toque no_cambies",
        TokenKind.REST: "todo_lo_demás todo_el_resto las_demás los_otros_instrumentos",
        TokenKind.YES: "sí si_va encendida encendido queda quedan",
        TokenKind.INSTEAD: "en_vez_de en_lugar_de en_vez_del en_lugar_del",
        TokenKind.HAVE: "tengo ya_tengo yo_ya_tengo ya_la_tengo ya_lo_tengo ya_las_tengo tenemos",
        TokenKind.COUNT: "dos tres",
        TokenKind.LEVEL: """
            más_fuerte más_suave por_ciento porciento mitad baja bájale bajale súbele subele sube subir
            bajar menos_fuerte volumen más_volumen menos_volumen bajito reduce reducir aumenta aumentar
            menos
        """,
        TokenKind.PRONOUN: "ti mí ella él ellos usted",
        TokenKind.EXCLAMATION: "qué",
        TokenKind.COPULA: "es está están son suena_a era",
        Player(Stem.DRUMS): "baterista bateristas percusionista",
        Player(Stem.BASS): "bajista bajistas",
        Player(Stem.GUITAR): "guitarrista guitarristas",
        Player(Stem.PIANO): "pianista pianistas tecladista",
        TokenKind.QUESTION: """
            por_qué porqué dónde quién cuándo cómo cuál me_gusta me_gustan me_encanta me_encantan odio amo
        """,
        Player(Stem.VOCALS): "cantante cantantes",
        TokenKind.VERSION: "versión version",
        TokenKind.OFF: "desaparecer desaparezca desaparece",
        TokenKind.AMBIGUOUS: "con_o_sin con_y_sin no_se_oye no_se_escucha no_oigo no_escucho",
    }
)
