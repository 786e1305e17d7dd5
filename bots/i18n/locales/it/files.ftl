# File, cartelle e impostazioni.

error-FolderUnusable = Nella cartella { $folder } non si può scrivere nulla.
error-FolderUnusable-full = Non c'è più spazio in { $folder }. Libera spazio o indica un'altra cartella.
error-FolderUnusable-read_only = La cartella { $folder } è di sola lettura per questo utente. Indicane un'altra o consenti la scrittura.
error-FolderUnusable-no_folder = { $folder } non è una cartella. Indicane una, o un percorso in cui crearla.
error-FolderUnusable-missing = La cartella { $folder } manca o è sparita. Creala o indicane un'altra.
error-NoSuchFile = Il file { $file } non esiste.
error-NoSuchFile-folder = { $file } è una cartella. Indica invece i brani che contiene.
error-NoSuchFile-none = Nessun brano indicato. Per esempio: separate song.mp3 drumless.
error-NoSuchFile-terminal = Dalla pipe non arriva nulla. Indica un file o invia un brano con una pipe.
error-NoSuchFile-device = { $file } non è né un file né una pipe.
error-SongRefused-unreadable = Il file { $file } non si può leggere: { $why }.
cli-song_limit = STEMBOT_SONG_LIMIT_S imposta questo limite.
cli-model_replaced = I pesi di { $model } sono danneggiati, quindi è stato usato { $by }. Per sostituirli: stembot models pull { $model }
cli-unknown_words = non compreso: { $words }
cli-separate-words = brani (o - per lo standard input) e che cosa farne: voce, senza batteria, senza basso, tutte le tracce … (predefinito: tutte)
cli-separate-overwrite = sostituire i file con lo stesso nome; altrimenti i nuovi ricevono un numero
partial = Il file è incompleto o danneggiato: dovrebbe durare { $said_s }, ma si sono potuti leggere solo { $song_s }. Questo è ciò che c'era.
error-NotAudio-damaged = Quel file è danneggiato: non contiene nulla che si possa riprodurre. Prova un'altra copia.
error-ConfigError-port_taken = La porta { $value } è usata da un altro programma. Fermalo o imposta un'altra porta in { $setting }.
error-ConfigError-host = { $setting } è { $value }, che non è un indirizzo di questa macchina.
error-ConfigError-scheme = { $setting } comincia con { $value }, che non conosco. Usa { $known }.
error-ConfigError-damaged = Il database { $value } è danneggiato o non è mio. Ripristinalo da una copia o spostalo per ricominciare.
error-ConfigError-later_version = Il database è di una versione più recente di Stembot. Aggiorna questa installazione.
