# Quello che si legge in chat: il messaggio di stato dall'inizio alla fine, i pulsanti, le risposte.

received = Scarico la tua canzone…
heading = { $song }: { $outputs }
choose =
    { $song }
    Cosa vuoi da questa canzone?
queued = In coda: { $before } prima di te{ $eta }.
next = La prossima è la tua{ $eta }.
starting = Comincio…
load = Carico il modello…
decode = Leggo la tua canzone…
separate = Separo: { $percent } %{ $eta }
encode = Salvo le tracce…
mix = Preparo i tuoi file…
eta = , ancora { $eta_s } circa
service-nobody = In questo momento il separatore non è in funzione. La tua canzone mantiene il posto in coda.
service-loading = Il modello si sta ancora caricando. La tua canzone mantiene il posto in coda.
service-drained = Il separatore è in pausa per manutenzione. La tua canzone mantiene il posto in coda.
service-storage = Il nostro archivio non accetta file in questo momento. La tua canzone mantiene il posto e verrà ritentata.
ready = Fatto. Invio i file…
done = Fatto: { $outputs }.
done_in_private = Fatto: { $outputs }. Non posso inviare questi file in questa chat, quindi te li ho inviati in privato.
done_refused = Fatto: { $outputs }. Non posso inviare questi file in questa chat; ascoltali e scaricali qui:
done_refused_no_link = Fatto: { $outputs }. Non posso inviare questi file in questa chat. Scrivimi in privato e sceglili con /stems.
done_too_big =
    Fatto: { $outputs }. { $count ->
        [one] { $count } file è troppo grande per questa chat; ascoltalo e scaricalo qui:
       *[other] { $count } file sono troppo grandi per questa chat; ascoltali e scaricali qui:
    }
done_too_big_no_link =
    Fatto: { $outputs }. { $count ->
        [one] { $count } file è troppo grande per questa chat, e non c'è un indirizzo web per dare un link.
       *[other] { $count } file sono troppo grandi per questa chat, e non c'è un indirizzo web per dare un link.
    }
estimated = Batteria, basso e resto qui sono stimati con un metodo più semplice: suonano meno puliti della voce.
folded = Un stem.mp4 ha posto per quattro tracce, quindi chitarra e pianoforte sono nel resto.
cancelled = Annullato.
cancel_too_late = Troppo tardi per annullare: è già finito.
not_yours = Può farlo solo chi l'ha chiesto.
order_expired = Questa richiesta è scaduta. Manda di nuovo la canzone, per favore.

# Pulsanti: al massimo 20 caratteri.
button-cancel = Annulla
button-mixer = Apri il mixer
button-preview = Ascolta un estratto
output-vocals = Voce
output-instrumental = Base
output-drumless = Senza batteria
output-bassless = Senza basso
output-guitarless = Senza chitarra
output-pianoless = Senza piano
output-stems = Tutte le tracce
output-drums = Batteria
output-bass = Basso
output-other = Il resto
output-guitar = Chitarra
output-piano = Piano
output-accompaniment = Base
# Più cose insieme: `Senza batteria e basso`.
output-without = Senza { $stems }
without-vocals = voce
without-drums = batteria
without-bass = basso
without-other = il resto
without-guitar = chitarra
without-piano = piano
without-accompaniment = accompagnamento
both = { $one } e { $other }
help =
    Mandami una canzone e dimmi cosa vuoi: solo voce, senza batteria, base strumentale, senza basso, tutte le tracce. Aggiungi flac, wav, ogg, m4a o stem.mp4 se non la vuoi in mp3.

    Basso e batteria di solito escono puliti. Voce, chitarre e piano condividono le frequenze medie, quindi può restare qualcosa dell'una nell'altra, soprattutto dal vivo o in registrazioni molto piene. Controlla il risultato prima di usarlo.
queue_empty = Non hai niente in coda.
queue_elsewhere = { $count ->
    [one] Hai una richiesta in un'altra chat. Mandami /queue lì per vederla.
   *[other] Hai { $count } richieste in altre chat. Mandami /queue lì per vederle.
}
missing_permission = Qui non posso rispondere, mi mancano dei permessi: { $missing }.
no_song = Non trovo nessuna canzone in quel messaggio. Mandamene una, o rispondi a una.

# I numeri come si dicono.
unit-seconds = { $n } s
unit-minutes = { $n } min
unit-hours = { $n } h
unit-hours_minutes = { $hours } h { $minutes } min
unit-megabytes = { $n } MB
unit-gigabytes = { $n } GB
