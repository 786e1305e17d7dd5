"""Portuguese, mostly as it is typed in Brazil."""

from bots.intents.lexicon.base import Lexicon, Player, TokenKind
from separator.core.outputs import BASSLESS, DRUMLESS, INSTRUMENTAL, VOCALS, Stem

PORTUGUESE = Lexicon(
    {
        Stem.VOCALS: "voz vozes vóz vocal vocais voçal canto voz_principal vocal_principal",
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
            faixas pistas partes stems separar separa separe separada separado separadas separados separação
            divide dividir multipista multipistas multitrack faixas_separadas canais individuais
        """,
        TokenKind.NOT: "sem sen cem nem fora_a fora_o nada_de sem_nenhum sem_nenhuma",
        TokenKind.BUT: """
            exceto tudo_menos com_exceção_de com_exceção_da com_exceção_do a_não_ser menos_a menos_o
        """,
        TokenKind.CUT: """
            tira tirar tire tirando tiro remove remover remova remoção apaga apagar apague elimina eliminar
            elimine exclui excluir corta cortar corte muta mutar mute silencia silenciar retira retire
            retirar tirado eliminado removido removida fora tiras tira_fora tires tirem tirada tiradas
            tirados removes removas removidas removidos apagas apague_a apagada apagadas eliminas elimina_a
            silencie mute_a corta_fora retiras retirada retirado desliga desligar desligue desligada
            desligado exclua excluído excluída retirados retiradas retirando desligados excluídas excluídos
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
        TokenKind.ONE: "uma outra um outro uma_vez",
        TokenKind.ASK: """
            preciso me_manda manda mande me_dá da_pra dá_pra pode poderia por_favor porfavor pfv pfvr faz
            faça favor extrair extrai extraia plis pls quero queria me_vê me_passa me_envia gostaria
        """,
        TokenKind.FOR: "para pra",
        TokenKind.PLAY: "tocar toco tocando ensaiar treinar praticar sou",
        TokenKind.VAGUE: """
            backing_vocal backing_vocals segunda_voz coro violino sax saxofone trompete cordas metais flauta
            sintetizador órgão cavaco cavaquinho sanfona bumbo caixa pratos melodia mais_baixo mais_alto
            áudio_de_voz mensagem_de_voz ao_vivo drum_and_bass que_voz que_bela_voz pandeiro
        """,
        TokenKind.FILLER: """
            o a os as de do da dos das em no na nas pro por me te se meu minha teu tua seu sua esse essa
            este isso isto desse dessa deste desta nesse nessa eh oi olá ola mano cara amigo obrigado
            obrigada obg vlw valeu música musica músicas musicas som canção áudio audio arquivo formato
            faixa pista qualidade boa melhor vc vcs aí ai aqui agora já ja então também tambem ensaio parte
            original inteira completa bot ser eu quatro cinco seis cara_aí tipo homem mulher menino menina
            ouvir ouça escutar toque_só zip pasta hoje amanhã aluno alunos aula igreja festa casamento
            ensaiar_hoje nenhum nenhuma cantar cantá desculpa desculpe quis na_verdade muito muita desde_já
            filha filho esposa namorada namorado amiga aniversário sábado domingo escola projeto vídeo
        """,
        TokenKind.NEGATION: "não nunca nem_pensar",
        TokenKind.PROTECT: """
            não_mexe não_mexa não_toque não_mexer não_mexa_na não_mexa_no não_mexe_na não_mexe_no
        """,
        TokenKind.REST: "todo_o_resto o_resto_todo os_outros_instrumentos tudo_mais",
        TokenKind.YES: "sim ligado ligada",
        TokenKind.INSTEAD: """
            em_vez_de em_vez_da em_vez_do no_lugar_de no_lugar_da no_lugar_do ao_invés_de ao_invés_da
            ao_invés_do invés_de
        """,
        TokenKind.HAVE: "tenho já_tenho eu_já_tenho já_temos já_tenho_a já_tenho_o",
        TokenKind.COUNT: "dois duas três",
        TokenKind.LEVEL: """
            por_cento porcento metade abaixa abaixar aumenta aumentar diminui diminuir volume mais_forte
            mais_fraco mais_volume menos_volume reduz reduzir menos
        """,
        TokenKind.PRONOUN: "você ti mim ela ele nós",
        TokenKind.EXCLAMATION: "que",
        TokenKind.COPULA: "está estão são soa era",
        Player(Stem.DRUMS): "baterista bateristas percussionista",
        Player(Stem.BASS): "baixista baixistas",
        Player(Stem.GUITAR): "guitarrista guitarristas",
        Player(Stem.PIANO): "pianista pianistas tecladista",
        TokenKind.QUESTION: "por_que porque onde quem quando como gosto adoro amo odeio",
        Player(Stem.VOCALS): "cantor cantora",
        TokenKind.VERSION: "versão versao versões",
        TokenKind.OFF: "sumir suma desaparecer",
        TokenKind.AMBIGUOUS: "com_ou_sem com_e_sem não_ouço não_escuto não_dá_pra_ouvir",
    }
)
