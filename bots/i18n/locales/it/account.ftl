# Settings, recent songs, privacy, and songs that come by another way.

button-delete_all = Elimina tutto
button-confirm_delete = Sì, elimina
button-share = Condividi
button-upload = Inviala lì
button-again = Invia di nuovo
button-show = Mostra
button-start = Apri il bot
too_big_here = Da questa chat non posso scaricare file oltre { $limit_bytes }. Invia la canzone nella pagina di questo pulsante e rispondo qui. Il link vale una volta sola e scade dopo 24 ore.
already_answered = { $song }: questo gruppo ce l'ha già.
delete_all_confirm = Questo elimina le tue canzoni, le loro tracce e i mix, le tue impostazioni e l'elenco delle tue richieste. Le canzoni inviate anche da altri restano disponibili per loro. Non si può annullare.
delete_all_done = { $orders ->
    [one] Fatto. { $orders } richiesta e le tue impostazioni sono eliminate.
   *[other] Fatto. { $orders } richieste e le tue impostazioni sono eliminate.
}
stopping = Mi fermo…
stop_too_late = Quella canzone non è più in download.
share_help = Nella chat dove la vuoi, scrivi /stems e scegli la canzone.
recent_songs = Le tue canzoni recenti. Scegline una e la mando qui.
recent_songs_choose = Scegli una canzone
recent_songs_empty = Ancora niente. Mandami prima una canzone.
mixer_links = Le tue canzoni recenti nel mixer:
mixer_unavailable = Il mixer qui non è disponibile: non è configurato un indirizzo web.
choose_stems = O scegli singole tracce
language-name = Italiano

settings-mine = Le tue impostazioni. Si applicano in ogni chat con me.
settings-chat = Impostazioni di questo gruppo. Si applicano a chi non ha scelto le proprie.
settings-moderators = Solo i moderatori possono cambiare le impostazioni di questo gruppo. Per le tue, scrivimi in privato.
settings-outputs = Se non dico cosa voglio
settings-outputs-usual = Chiedimi
settings-format = Formato
settings-format-usual = mp3
settings-effort = Separazione
settings-effort-usual = Migliore
settings-effort-quick = Rapida
settings-language = Lingua
settings-language-usual = Come l'app
settings-daily = Canzoni al giorno
settings-daily-usual = Nessun limite
error-Busy-place_day = Questo gruppo ha usato le sue { $most } canzoni di oggi. Riprova tra { $ends_s }.
command-recent_songs = Le tue canzoni recenti, da mandare di nuovo qui
command-recent_songs-song = Quale canzone
command-settings = Lingua, formato, qualità e cosa faccio se non lo dici
command-separate-effort = la migliore richiede più tempo, la rapida è più grezza
modal-title = Separa una canzone
privacy = Conservo la canzone che mandi per un giorno e le sue tracce per una settimana, per rispondere prima se viene richiesta di nuovo. Conservo anche le tue impostazioni e l'elenco delle tue richieste. Possono vedere i tuoi file solo le chat in cui chiedi e le persone a cui dai un link. Puoi eliminare tutto adesso. Quanti minuti di musica hai usato viene dimenticato dopo un giorno, qualunque cosa tu elimini.
command-settings-server = Per tutto questo server (solo moderatori)
modal-file = Canzone
modal-want = Che cosa vuoi?
delete_song = Elimina una canzone
delete_song_done = { $song } e tutto ciò che ne è stato ricavato sono eliminati. Le canzoni inviate anche da altri restano disponibili per loro.
delete_song_confirm = Eliminare { $song } e tutto ciò che ne è stato ricavato? Non si può annullare.
