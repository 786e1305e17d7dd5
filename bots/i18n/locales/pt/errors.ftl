# Uma frase para cada classe de erro, com o nome dela.

error-StembotError = Algo deu errado. Tente de novo, por favor.
error-SongRefused = Não consigo separar essa música.
error-NotAudio = Não achei som nesse arquivo. Mande a música em mp3, wav, flac, m4a ou ogg, ou um vídeo.
error-NoSound = Esse arquivo está em silêncio; não há nada para separar.
error-SongGone = Sua música não está mais guardada, porque esperou tempo demais. Mande de novo, por favor.
error-SongTooLong = Essa música é longa demais: o limite é { $limit_s }.
error-SongTooShort = É curta demais para separar; mande pelo menos { $least_s }.
error-FileTooBig = Esse arquivo é grande demais: o limite é { $limit_bytes }.
error-Protected = Esse arquivo tem proteção contra cópia (DRM) e não consigo abrir. Mande uma versão sem proteção.
error-UnknownWish = Isso eu não consigo tirar dessa música. Tente voz, instrumental, sem bateria, sem baixo ou todas as faixas.
error-Busy = Estou no meu limite agora. Tente daqui a pouco, por favor.
error-Busy-jobs_waiting =
    { $most ->
        [one] Você já tem { $most } música na fila. Mande a próxima quando ela ficar pronta.
       *[other] Você já tem { $most } músicas na fila. Mande a próxima quando uma ficar pronta.
    }
error-Busy-jobs_waiting_all =
    { $most ->
        [one] A fila está cheia agora ({ $most } música). Tente daqui a alguns minutos, por favor.
       *[other] A fila está cheia agora ({ $most } músicas). Tente daqui a alguns minutos, por favor.
    }
error-Busy-rate = Foi muita coisa de uma vez. Tente de novo em { $ends_s }, por favor.
error-Busy-drafts = { $most } das suas músicas esperam a sua escolha. Aperte primeiro um botão embaixo de uma delas.
error-Busy-space = Não há espaço para mais músicas agora. Tente de novo mais tarde, por favor.
error-SeparationFailed = Desculpe, a separação falhou. Sua música está bem; tente mais tarde, por favor.
error-LeaseLost = Desculpe, a separação foi interrompida. Tente de novo, por favor.
error-ConfigError = { $setting } não é válido: { $value }
error-ModelNotHere = Os pesos de { $model } faltam ou estão incompletos: stembot models pull { $model }.
error-DownloadFailed = Não consegui baixar { $file } inteiro ({ $reason }). O que chegou fica guardado; a próxima tentativa continua dali.
error-StorageError = Não consegui guardar ou ler seus arquivos agora. Tente daqui a pouco, por favor.
error-NotStored = Esses arquivos foram apagados: guardo as faixas por uma semana. Mande a música de novo, por favor.
error-TooManyBytes = Esse arquivo é grande demais: o limite é { $limit_bytes }.
error-LinkError = Este link não funciona.
error-LinkRefused = Este link não é válido. Veja se você copiou ele inteiro.
error-LinkEnded = Este link expirou. Peça a música de novo ao bot para receber outro.
error-SongLost = Não consegui baixar essa música do chat. Mande de novo, por favor.
