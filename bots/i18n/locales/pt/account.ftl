# Settings, recent songs, privacy, and songs that come by another way.

button-delete_all = Apagar tudo
button-confirm_delete = Sim, apagar
button-share = Compartilhar
button-upload = Enviar por lá
button-again = Enviar de novo
button-show = Mostrar
button-start = Abrir o bot
too_big_here = Deste chat não consigo buscar arquivos acima de { $limit_bytes }. Envie a música na página deste botão e eu respondo aqui. O link aceita uma música e vale por um dia.
already_answered = { $song }: este grupo já tem.
delete_all_confirm = Isto apaga suas músicas, as faixas e mixagens delas, seus ajustes e a lista do que você pediu. O que outros também enviaram continua deles. Não tem volta.
delete_all_done = { $orders ->
    [one] Pronto. { $orders } pedido seu foi apagado, e seus ajustes também.
   *[other] Pronto. { $orders } pedidos seus foram apagados, e seus ajustes também.
}
stopping = Parando…
stop_too_late = Essa música não está mais sendo buscada.
share_help = No chat onde você quer, digite /stems e escolha a música.
recent_songs = Suas músicas recentes. Escolha uma e eu envio aqui.
recent_songs_choose = Escolha uma música
recent_songs_empty = Nada aqui ainda. Me envie uma música primeiro.
mixer_links = Suas músicas recentes no mixer ao vivo:
mixer_unavailable = Não há endereço web configurado aqui, então não há mixer.
choose_stems = Ou escolha faixas soltas
language-name = Português

settings-mine = Seus ajustes. Valem em todos os chats comigo.
settings-chat = Ajustes deste grupo, para quem não escolheu outra coisa.
settings-moderators = Só moderadores podem mudar os ajustes deste grupo. Para os seus, me escreva em particular.
settings-outputs = Sem palavras
settings-outputs-usual = Perguntar
settings-format = Formato
settings-format-usual = mp3
settings-effort = Separação
settings-effort-usual = A melhor
settings-effort-quick = Rápida
settings-language = Idioma
settings-language-usual = Como no app
settings-daily = Músicas por dia
settings-daily-usual = Sem limite
error-Busy-place_day = Este grupo já teve as { $most } músicas de hoje. Tente de novo em { $ends_s }.
command-recent_songs = Minhas músicas recentes, para enviar aqui de novo
command-recent_songs-song = Qual
command-settings = Idioma, formato, qualidade e o que faço sem palavras
command-separate-effort = a melhor demora mais, a rápida sai mais crua
modal-title = Separar uma música
privacy = Guardo a música que você envia por um dia e as faixas por uma semana, para responder mais rápido se pedirem de novo. Também guardo seus ajustes e a lista do que você pediu. Ninguém vê seus arquivos além dos chats onde você pede e de quem recebe um link seu. Você pode mandar apagar tudo agora. Quantos minutos de música você teve eu esqueço depois de um dia, apague o que apagar.
command-settings-server = Para este servidor todo; só moderadores podem
modal-file = Música
modal-want = O que você quer?
delete_song = Apagar uma música
delete_song_done = { $song } foi apagada, com tudo o que fiz dela. O que outros também enviaram continua deles.
delete_song_confirm = Apagar { $song } e tudo o que fiz dela? Não tem volta.
