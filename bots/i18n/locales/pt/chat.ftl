# O que se lê num chat: a mensagem de status do começo ao fim, botões, respostas.

received = Baixando sua música…
heading = { $song }: { $outputs }
choose =
    { $song }
    O que você quer dela?
queued = Na fila: { $before } na sua frente{ $eta }.
next = A próxima é a sua{ $eta }.
starting = Começando…
load = Carregando o modelo…
decode = Lendo sua música…
separate = Separando: { $percent } %{ $eta }
encode = Salvando as faixas…
mix = Preparando seus arquivos…
eta = , faltam cerca de { $eta_s }
service-nobody = O separador não está rodando agora. Sua música mantém o lugar na fila.
service-loading = O modelo ainda está carregando. Sua música mantém o lugar na fila.
service-drained = O separador está em pausa para manutenção. Sua música mantém o lugar na fila.
service-storage = Nosso armazenamento não está aceitando arquivos agora. Sua música mantém o lugar e será tentada de novo.
ready = Pronto. Enviando os arquivos…
done = Pronto: { $outputs }.
done_in_private = Pronto: { $outputs }. Não posso enviar estes arquivos neste chat, por isso os enviei a você em particular.
done_refused = Pronto: { $outputs }. Não posso enviar estes arquivos neste chat; ouça e baixe aqui:
done_refused_no_link = Pronto: { $outputs }. Não posso enviar estes arquivos neste chat. Escreva-me em particular e escolha-os com /stems.
done_too_big =
    Pronto: { $outputs }. { $count ->
        [one] { $count } arquivo não cabe neste chat; ouça e baixe aqui:
       *[other] { $count } arquivos não cabem neste chat; ouça e baixe aqui:
    }
done_too_big_no_link =
    Pronto: { $outputs }. { $count ->
        [one] { $count } arquivo não cabe neste chat, e não há endereço web configurado para dar um link.
       *[other] { $count } arquivos não cabem neste chat, e não há endereço web configurado para dar um link.
    }
estimated = Bateria, baixo e o resto são estimados por um método mais simples, então soam menos limpos que a voz.
folded = Um stem.mp4 só tem lugar para quatro faixas, então guitarra e piano estão no resto.
cancelled = Cancelado.
cancel_too_late = Tarde demais para cancelar: já está pronto.
not_yours = Só quem pediu pode fazer isso.
order_expired = Esse pedido expirou. Mande a música de novo, por favor.

# Botões: no máximo 20 caracteres.
button-cancel = Cancelar
button-mixer = Abrir mixer
button-preview = Ouvir uma prévia
output-vocals = Voz
output-instrumental = Instrumental
output-drumless = Sem bateria
output-bassless = Sem baixo
output-guitarless = Sem guitarra
output-pianoless = Sem piano
output-stems = Todas as faixas
output-drums = Bateria
output-bass = Baixo
output-other = O resto
output-guitar = Guitarra
output-piano = Piano
output-accompaniment = Instrumental
# Várias coisas de uma vez: `Sem bateria e baixo`.
output-without = Sem { $stems }
without-vocals = voz
without-drums = bateria
without-bass = baixo
without-other = o resto
without-guitar = guitarra
without-piano = piano
without-accompaniment = acompanhamento
both = { $one } e { $other }
help =
    Mande uma música e diga o que você quer dela: só a voz, sem bateria, instrumental, sem baixo, todas as faixas. Escreva flac, wav, ogg, m4a ou stem.mp4 se não quiser em mp3.

    Baixo e bateria costumam sair limpos. Voz, guitarras e piano dividem as frequências médias, então pode sobrar um pouco de um no outro, ainda mais em gravações ao vivo ou muito cheias. Confira o resultado antes de usar.
queue_empty = Você não tem nada na fila.
queue_elsewhere = { $count ->
    [one] Você tem um pedido em outro chat. Envie /queue lá para vê-lo.
   *[other] Você tem { $count } pedidos em outros chats. Envie /queue lá para vê-los.
}
missing_permission = Não consigo responder aqui, faltam permissões: { $missing }.
no_song = Não achei nenhuma música nessa mensagem. Mande uma ou responda a uma.

# Os números como se fala.
unit-seconds = { $n } s
unit-minutes = { $n } min
unit-hours = { $n } h
unit-hours_minutes = { $hours } h { $minutes } min
unit-megabytes = { $n } MB
unit-gigabytes = { $n } GB
