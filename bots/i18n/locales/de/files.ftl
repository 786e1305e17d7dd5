# Dateien, Ordner und Einstellungen.

error-FolderUnusable = In den Ordner { $folder } kann nichts geschrieben werden.
error-FolderUnusable-full = In { $folder } ist kein Platz mehr. Platz schaffen oder einen anderen Ordner nennen.
error-FolderUnusable-read_only = Der Ordner { $folder } ist für diesen Benutzer schreibgeschützt. Einen anderen nennen oder das Schreiben dort erlauben.
error-FolderUnusable-no_folder = { $folder } ist kein Ordner. Einen nennen oder einen Pfad, wo einer entstehen kann.
error-FolderUnusable-missing = Der Ordner { $folder } fehlt oder ist verschwunden. Ihn anlegen oder einen anderen nennen.
error-NoSuchFile = Die Datei { $file } gibt es nicht.
error-NoSuchFile-folder = { $file } ist ein Ordner. Bitte die Songs darin nennen.
error-NoSuchFile-none = Kein Song genannt. Zum Beispiel: separate song.mp3 drumless.
error-NoSuchFile-terminal = Es kommt nichts durch eine Pipe. Eine Datei nennen oder einen Song durch eine Pipe schicken.
error-NoSuchFile-device = { $file } ist weder eine Datei noch eine Pipe.
error-SongRefused-unreadable = Die Datei { $file } ist nicht lesbar: { $why }.
cli-song_limit = STEMBOT_SONG_LIMIT_S setzt diese Grenze.
cli-model_replaced = Die Gewichte von { $model } sind beschädigt, darum wurde { $by } benutzt. Ersetzen: stembot models pull { $model }
cli-unknown_words = nicht verstanden: { $words }
cli-separate-words = Songs (oder - für die Standardeingabe) und was daraus werden soll: Gesang, ohne Schlagzeug, ohne Bass, alle Spuren … (Vorgabe: alle Spuren)
cli-separate-overwrite = gleichnamige Dateien ersetzen; sonst bekommen die neuen eine Nummer
partial = Die Datei ist unvollständig oder beschädigt: Sie sollte { $said_s } dauern, aber nur { $song_s } waren lesbar. Das ist, was da war.
error-NotAudio-damaged = Diese Datei ist beschädigt: Nichts darin lässt sich abspielen. Versuche eine andere Kopie.
error-ConfigError-port_taken = Port { $value } ist von einem anderen Programm belegt. Dieses beenden oder { $setting } auf einen anderen Port setzen.
error-ConfigError-host = { $setting } ist { $value }; das ist keine Adresse dieser Maschine.
error-ConfigError-scheme = { $setting } beginnt mit { $value }, das kenne ich nicht. Möglich sind { $known }.
error-ConfigError-damaged = Die Datenbank { $value } ist beschädigt oder keine von mir. Aus einer Sicherung wiederherstellen oder beiseitelegen, um neu zu beginnen.
error-ConfigError-later_version = Die Datenbank stammt von einer neueren Version von Stembot. Diese Installation aktualisieren.
