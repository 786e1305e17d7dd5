# Namen und Beschreibungen von Befehlen und Rechten, für Menüs: höchstens 100 Zeichen.

command-start = Was ich kann
command-help = So fragst du mich
command-vocals = Nur Gesang
command-instrumental = Instrumental (ohne Gesang)
command-drumless = Ohne Schlagzeug
command-bassless = Ohne Bass
command-stems = Jede Spur als eigene Datei
command-mixer = Ein Link zum Mixer
command-queue = Deinen Platz in der Warteschlange zeigen
command-cancel = Deine Songs in der Warteschlange abbrechen
command-privacy = Welche Daten ich speichere
command-separate = Einen Song in Spuren trennen
command-separate-file = Der Song: jede Audio- oder Videodatei
command-separate-want = Gesang, instrumental, ohne Schlagzeug, ohne Bass, alle Spuren …
command-separate-format = mp3, flac, wav, ogg, m4a oder stem.mp4
command-separate-quality = Wie der Song, oder 16 Bit, 24 Bit, 32 Bit float, 320, 192, 128 kbit/s
command-menu = Spuren trennen
permission-send_messages = Nachrichten senden
permission-attach_files = Dateien anhängen
permission-embed_links = Links einbetten
permission-send_messages_in_threads = in Threads schreiben
permission-view_channel = diesen Kanal sehen
permission-read_message_history = diesen Kanal lesen
