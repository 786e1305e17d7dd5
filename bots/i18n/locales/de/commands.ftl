# Namen und Beschreibungen von Befehlen und Rechten, für Menüs: höchstens 100 Zeichen.

command-start = Was ich mache
command-help = So fragst du mich
command-vocals = Nur der Gesang
command-instrumental = Alles außer dem Gesang
command-drumless = Alles außer dem Schlagzeug
command-bassless = Alles außer dem Bass
command-stems = Jede Spur einzeln
command-mixer = Ein Link zum Mixer
command-queue = Wo deine Songs in der Schlange stehen
command-cancel = Abbrechen, was du in der Schlange hast
command-privacy = Was ich aufhebe
command-separate = Einen Song in Spuren trennen
command-separate-file = Der Song: irgendeine Audio- oder Videodatei
command-separate-want = Gesang, instrumental, ohne Schlagzeug, ohne Bass, alle Spuren …
command-separate-format = mp3, flac, wav, ogg, m4a oder stem.mp4
command-separate-quality = Wie im Song, oder 16 Bit, 24 Bit, 32 Bit float, 320, 192, 128 kbit/s
command-menu = Spuren trennen
permission-send_messages = Nachrichten senden
permission-attach_files = Dateien anhängen
permission-embed_links = Links einbetten
permission-send_messages_in_threads = in Threads schreiben
permission-view_channel = diesen Kanal sehen
permission-read_message_history = diesen Kanal lesen
