# Nomi e descrizioni di comandi e permessi, per i menu: al massimo 100 caratteri.

command-start = Cosa faccio
command-help = Come chiedere
command-vocals = Solo la voce
command-instrumental = Tutto tranne la voce
command-drumless = Tutto tranne la batteria
command-bassless = Tutto tranne il basso
command-stems = Ogni traccia da sola
command-mixer = Un link al mixer
command-queue = A che punto della coda sono le tue canzoni
command-cancel = Annulla quello che hai in coda
command-privacy = Cosa conservo
command-separate = Separa una canzone in tracce
command-separate-file = La canzone: qualsiasi file audio o video
command-separate-want = voce, base, senza batteria, senza basso, tutte le tracce…
command-separate-format = mp3, flac, wav, ogg, m4a o stem.mp4
command-separate-quality = Come la canzone, oppure 16 bit, 24 bit, 32 bit float, 320, 192, 128 kbit/s
command-menu = Separa le tracce
permission-send_messages = inviare messaggi
permission-attach_files = allegare file
permission-embed_links = incorporare link
permission-send_messages_in_threads = scrivere nei thread
permission-view_channel = vedere questo canale
permission-read_message_history = leggere questo canale
