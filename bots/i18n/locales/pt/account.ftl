# Settings, recent songs, privacy, and songs that come by another way.

button-delete_all = Apagar tudo
button-confirm_delete = Sim, apagar
button-share = Compartilhar
button-upload = Enviar por lá
button-again = Enviar de novo
button-show = Mostrar
button-start = Abrir o bot
too_big_here = Deste chat não consigo baixar arquivos acima de { $limit_bytes }. Envie a música na página deste botão e eu respondo aqui. O link vale uma vez e expira em 24 horas.
already_answered = { $song }: este grupo já tem.
delete_all_confirm = Isto apaga suas músicas, as faixas e mixagens delas, seus ajustes e a lista dos seus pedidos. Músicas que outros também enviaram continuam disponíveis para eles. Não dá para desfazer.
delete_all_done = { $orders ->
    [one] Pronto. { $orders } pedido e seus ajustes foram apagados.
   *[other] Pronto. { $orders } pedidos e seus ajustes foram apagados.
}
stopping = Parando…
stop_too_late = Essa música não está mais sendo baixada.
share_help = No chat onde você quer, digite /stems e escolha a música.
recent_songs = Suas músicas recentes. Escolha uma e eu envio aqui.
recent_songs_choose = Escolha uma música
recent_songs_empty = Nada aqui ainda. Me envie uma música primeiro.
mixer_links = Suas músicas recentes no mixer ao vivo:
mixer_unavailable = O mixer não está disponível aqui: não há endereço web configurado.
choose_stems = Ou escolha faixas soltas
language-name = Português

settings-mine = Seus ajustes. Eles valem em todos os chats comigo.
settings-chat = Ajustes deste grupo. Valem para quem não escolheu os próprios.
settings-moderators = Só moderadores podem mudar os ajustes deste grupo. Para os seus, me escreva em particular.
settings-outputs = Se eu não disser o que quero
settings-outputs-usual = Me perguntar
settings-format = Formato
settings-format-usual = mp3
settings-effort = Separação
settings-effort-usual = A melhor
settings-effort-quick = Rápida
settings-language = Idioma
settings-language-usual = O mesmo do app
settings-daily = Músicas por dia
settings-daily-usual = Sem limite
error-Busy-place_day = Este grupo já usou as { $most } músicas de hoje. Tente de novo em { $ends_s }.
command-recent_songs = Suas músicas recentes, para enviar aqui de novo
command-recent_songs-song = Qual música
command-settings = Idioma, formato, qualidade e o que faço se você não disser
command-separate-effort = a melhor demora mais, a rápida sai mais crua
modal-title = Separar uma música
privacy = Guardo a música que você envia por um dia e as faixas por uma semana, para responder mais rápido se ela for pedida de novo. Também guardo seus ajustes e a lista dos seus pedidos. Só os chats onde você pede e as pessoas a quem você dá um link podem ver seus arquivos. Você pode apagar tudo agora. Quantos minutos de música você usou é esquecido depois de um dia, apague o que apagar.
command-settings-server = Para este servidor todo (só moderadores)
modal-file = Música
modal-want = O que você quer?
delete_song = Apagar uma música
delete_song_done = { $song } e tudo o que foi feito dela foram apagados. Músicas que outros também enviaram continuam disponíveis para eles.
delete_song_confirm = Apagar { $song } e tudo o que foi feito dela? Não dá para desfazer.
