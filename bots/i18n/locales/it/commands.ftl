# Nomi e descrizioni di comandi e permessi, per i menu: al massimo 100 caratteri.

command-start = Cosa so fare
command-help = Come chiedere
command-vocals = Solo voce
command-instrumental = Base (senza voce)
command-drumless = Senza batteria
command-bassless = Senza basso
command-stems = Ogni traccia in un file a sé
command-mixer = Un link al mixer
command-queue = Mostra il tuo posto in coda
command-cancel = Annulla le tue canzoni in coda
command-privacy = Quali dati conservo
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
