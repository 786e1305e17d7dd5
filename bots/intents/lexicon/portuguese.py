"""Portuguese, mostly as it is typed in Brazil."""

from bots.intents.lexicon.base import Lexicon, TokenKind
from separator.core.outputs import BASSLESS, DRUMLESS, INSTRUMENTAL, VOCALS, Stem

PORTUGUESE = Lexicon(
    {
        Stem.VOCALS: "voz vozes vóz vocal vocais voçal cantor cantora canto voz_principal vocal_principal",
        VOCALS: "acapella a_capella acapela a_capela a_cappella à_capela",
        Stem.DRUMS: "bateria baterias batera batéria percussão percussões percusão tambor tambores",
        Stem.BASS: "baixo baixos contrabaixo contra_baixo baxo linha_de_baixo baixo_elétrico",
        Stem.GUITAR: "guitarra guitarras violão violões violao gitarra guitarra_elétrica",
        Stem.PIANO: "piano pianos teclado teclados teclas",
        TokenKind.OTHER: "outros outras resto o_resto demais os_demais",
        INSTRUMENTAL: """
            instrumental instrumentais karaokê karaoke caraoquê karaoque playback play_back pleibeque base
            bases base_instrumental acompanhamento
        """,
        DRUMLESS: "sembateria",
        BASSLESS: "sembaixo",
        TokenKind.MUSIC: "instrumentos instrumento banda som_instrumental",
        TokenKind.LYRICS: "letra letras",
        TokenKind.ALL: "tudo todos todas cada cada_um cada_uma",
        TokenKind.PARTS: """
            faixas pistas partes stems separar separa separe separada separado separadas separados
            separação divide dividir multipista multipistas multitrack faixas_separadas canais
        """,
        TokenKind.NOT: "sem sen cem nem fora_a fora_o não_quero nada_de não não_precisa",
        TokenKind.BUT: "exceto tudo_menos menos",
        TokenKind.CUT: """
            tira tirar tire tirando tiro remove remover remova remoção apaga apagar apague elimina
            eliminar elimine exclui excluir exclua corta cortar corte muta mutar mute silencia silenciar
            retira retire retirar tirado tirada eliminado removido removida fora
        """,
        TokenKind.ONLY: """
            só somente apenas unicamente isolada isolado isolados isoladas isolar isola isole sozinha
            sozinho puro pura
        """,
        TokenKind.ALONE: "a_sós",
        TokenKind.AND: "e ou",
        TokenKind.PLUS: "mais",
        TokenKind.WITH: "com",
        TokenKind.KEEP: "deixa deixar deixe mantém mantem mantenha manter fica fique",
        TokenKind.TOGETHER: "juntos juntas junto juntinho no_mesmo_arquivo num_arquivo_só",
        TokenKind.ONE: "uma outra um outro",
        TokenKind.ASK: """
            quero queria preciso me_manda manda mande me_dá da_pra dá_pra pode poderia por_favor porfavor
            pfv pfvr faz faça favor extrair extrai extraia plis pls gostaria
        """,
        TokenKind.FOR: "para pra",
        TokenKind.PLAY: "tocar toco tocando ensaiar treinar praticar",
        TokenKind.VAGUE: """
            backing_vocal backing_vocals segunda_voz coro violino sax saxofone trompete cordas metais
            flauta sintetizador órgão cavaco cavaquinho sanfona bumbo caixa pratos melodia mais_baixo
            mais_alto áudio_de_voz mensagem_de_voz ao_vivo drum_and_bass que_voz que_bela_voz pandeiro
        """,
        TokenKind.FILLER: """
            o a os as de do da dos das em no na nos nas pro por que me mim te se meu minha teu
            tua seu sua esse essa este esta isso isto desse dessa deste desta nesse nessa eh oi olá ola
            mano cara amigo obrigado obrigada obg vlw valeu música musica músicas musicas som canção áudio
            audio arquivo formato faixa pista qualidade boa melhor versão versao você voce vc vcs aí ai
            aqui agora já ja sim então também tambem ensaio parte original inteira
            completa bot ser eu ela ele
        """,
    }
)
