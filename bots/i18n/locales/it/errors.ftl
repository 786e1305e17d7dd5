# Una frase per ogni classe di errore, con il suo nome.

error-StembotError = Qualcosa è andato storto. Riprova, per favore.
error-SongRefused = Non riesco a separare questa canzone.
error-NotAudio = In quel file non trovo nessun suono. Manda la canzone in mp3, wav, flac, m4a o ogg, oppure un video.
error-NoSound = Quel file è muto; non c'è niente da separare.
error-SongGone = La tua canzone non è più salvata perché ha aspettato troppo. Mandala di nuovo, per favore.
error-SongTooLong = Quella canzone è troppo lunga: il limite è { $limit_s }.
error-SongTooShort = È troppo corta per separarla; manda almeno { $least_s }.
error-FileTooBig = Quel file è troppo grande: il limite è { $limit_bytes }.
error-Protected = Quel file è protetto dalla copia (DRM) e non posso aprirlo. Manda una versione senza protezione.
error-UnknownWish = Questo non posso ricavarlo da questa canzone. Prova voce, base, senza batteria, senza basso o tutte le tracce.
error-Busy = In questo momento sono al limite. Riprova tra un po', per favore.
error-Busy-jobs_waiting =
    { $most ->
        [one] Hai già { $most } canzone in coda. Manda la prossima quando è pronta.
       *[other] Hai già { $most } canzoni in coda. Manda la prossima quando una è pronta.
    }
error-Busy-jobs_waiting_all =
    { $most ->
        [one] La coda adesso è piena ({ $most } canzone). Riprova tra qualche minuto, per favore.
       *[other] La coda adesso è piena ({ $most } canzoni). Riprova tra qualche minuto, per favore.
    }
error-Busy-rate = Troppo in una volta. Riprova tra { $ends_s }, per favore.
error-Busy-drafts = { $most } delle tue canzoni aspettano la tua scelta. Premi prima un pulsante sotto una di esse.
error-Busy-space = In questo momento non c'è spazio per altre canzoni. Riprova più tardi, per favore.
error-SeparationFailed = Scusa, la separazione non è riuscita. La tua canzone va bene; riprova più tardi, per favore.
error-LeaseLost = Scusa, la separazione si è interrotta. Riprova, per favore.
error-ConfigError = { $setting } non è valido: { $value }
error-ModelNotHere = I pesi di { $model } mancano o sono incompleti: stembot models pull { $model }.
error-DownloadFailed = Non sono riuscito a scaricare { $file } per intero ({ $reason }). Ciò che è arrivato resta; il prossimo tentativo riprende da lì.
error-StorageError = Non sono riuscito a salvare o leggere i tuoi file. Riprova tra un po', per favore.
error-NotStored = Quei file sono stati eliminati: tengo le tracce per una settimana. Manda di nuovo la canzone, per favore.
error-TooManyBytes = Quel file è troppo grande: il limite è { $limit_bytes }.
error-LinkError = Questo link non funziona.
error-LinkRefused = Questo link non è valido. Controlla di averlo copiato tutto.
error-LinkEnded = Questo link è scaduto. Chiedi di nuovo la canzone al bot per averne uno nuovo.
error-SongLost = Non sono riuscito a scaricare la canzone dalla chat. Mandala di nuovo, per favore.
