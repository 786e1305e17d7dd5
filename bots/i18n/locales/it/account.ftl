# Settings, recent songs, privacy, and songs that come by another way.

button-delete_all = Elimina tutto
button-confirm_delete = Sì, elimina
button-share = Condividi
button-upload = Inviala lì
button-again = Invia di nuovo
button-show = Mostra
button-start = Apri il bot
too_big_here = Da questa chat non posso prendere file oltre { $limit_bytes }. Invia la canzone nella pagina di questo pulsante e rispondo qui. Il link accetta una canzone e vale un giorno.
already_answered = { $song }: questo gruppo ce l'ha già.
delete_all_confirm = Questo elimina le tue canzoni, le loro tracce e i mix, le tue impostazioni e l'elenco di ciò che hai chiesto. Ciò che hanno inviato anche altri resta a loro. Non si torna indietro.
delete_all_done = { $orders ->
    [one] Fatto. { $orders } tua richiesta è eliminata, e anche le impostazioni.
   *[other] Fatto. { $orders } tue richieste sono eliminate, e anche le impostazioni.
}
stopping = Mi fermo…
stop_too_late = Quella canzone non è più in arrivo.
share_help = Nella chat dove la vuoi, scrivi /stems e scegli la canzone.
recent_songs = Le tue canzoni recenti. Scegline una e la mando qui.
recent_songs_choose = Scegli una canzone
recent_songs_empty = Ancora niente. Mandami prima una canzone.
mixer_links = Le tue canzoni recenti nel mixer:
mixer_unavailable = Qui non c'è un indirizzo web, quindi niente mixer.
choose_stems = O scegli singole tracce
language-name = Italiano

settings-mine = Le tue impostazioni. Valgono in ogni chat con me.
settings-chat = Impostazioni di questo gruppo, per chi non ha scelto altro.
settings-moderators = Solo i moderatori possono cambiare le impostazioni di questo gruppo. Per le tue, scrivimi in privato.
settings-outputs = Senza parole
settings-outputs-usual = Chiedimi
settings-format = Formato
settings-format-usual = mp3
settings-effort = Separazione
settings-effort-usual = Migliore
settings-effort-quick = Rapida
settings-language = Lingua
settings-language-usual = Come nell'app
settings-daily = Canzoni al giorno
settings-daily-usual = Nessun limite
error-Busy-place_day = Questo gruppo ha già avuto le sue { $most } canzoni di oggi. Riprova tra { $ends_s }.
command-recent_songs = Le mie canzoni recenti, da mandare di nuovo qui
command-recent_songs-song = Quale
command-settings = Lingua, formato, qualità e cosa faccio senza parole
command-separate-effort = la migliore richiede più tempo, la rapida è più grezza
modal-title = Separa una canzone
privacy = Tengo la canzone che mandi per un giorno e le sue tracce per una settimana, per rispondere prima se viene richiesta. Tengo anche le tue impostazioni e l'elenco di ciò che hai chiesto. Nessuno vede i tuoi file, tranne le chat in cui chiedi e chi riceve un link da te. Puoi far eliminare tutto adesso. Quanti minuti di musica hai avuto lo dimentico dopo un giorno, qualunque cosa tu elimini.
command-settings-server = Per tutto questo server; solo i moderatori possono
modal-file = Canzone
modal-want = Che cosa vuoi?
delete_song = Elimina una canzone
delete_song_done = { $song } è eliminata, con tutto ciò che ne ho fatto. Ciò che hanno inviato anche altri resta a loro.
delete_song_confirm = Eliminare { $song } e tutto ciò che ne ho fatto? Non si torna indietro.
