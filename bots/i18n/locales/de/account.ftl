# Settings, recent songs, privacy, and songs that come by another way.

button-delete_all = Alles löschen
button-confirm_delete = Ja, löschen
button-share = Teilen
button-upload = Dort senden
button-again = Noch mal senden
button-show = Zeigen
button-start = Zum Bot
too_big_here = Aus diesem Chat kann ich keine Dateien über { $limit_bytes } herunterladen. Schick den Song auf der Seite hinter dem Knopf, dann antworte ich hier. Der Link gilt einmal und läuft nach 24 Stunden ab.
already_answered = { $song }: Das hat diese Gruppe schon.
delete_all_confirm = Damit werden deine Songs, ihre Spuren und Mixe, deine Einstellungen und die Liste deiner Anfragen gelöscht. Songs, die auch andere geschickt haben, bleiben für sie erhalten. Das lässt sich nicht rückgängig machen.
delete_all_done = { $orders ->
    [one] Erledigt. { $orders } Anfrage und deine Einstellungen sind gelöscht.
   *[other] Erledigt. { $orders } Anfragen und deine Einstellungen sind gelöscht.
}
stopping = Wird abgebrochen…
stop_too_late = Dieser Song wird nicht mehr heruntergeladen.
share_help = Tippe in dem Chat, in dem du ihn haben willst, /stems und wähle den Song.
recent_songs = Deine letzten Songs. Wähle einen, dann schicke ich ihn hierher.
recent_songs_choose = Song wählen
recent_songs_empty = Hier ist noch nichts. Schick mir zuerst einen Song.
mixer_links = Deine letzten Songs im Live-Mixer:
mixer_unavailable = Der Mixer ist hier nicht verfügbar: Es ist keine Webadresse eingerichtet.
choose_stems = Oder einzelne Spuren
language-name = Deutsch

settings-mine = Deine Einstellungen. Sie gelten in jedem Chat mit mir.
settings-chat = Einstellungen dieser Gruppe. Sie gelten für alle, die selbst nichts gewählt haben.
settings-moderators = Nur Moderatoren können die Einstellungen dieser Gruppe ändern. Für deine eigenen schreib mir privat.
settings-outputs = Wenn ich nichts dazu schreibe
settings-outputs-usual = Nachfragen
settings-format = Format
settings-format-usual = mp3
settings-effort = Trennung
settings-effort-usual = Beste
settings-effort-quick = Schnell
settings-language = Sprache
settings-language-usual = Wie in der App
settings-daily = Songs am Tag
settings-daily-usual = Keine Grenze
error-Busy-place_day = Diese Gruppe hat ihre { $most } Songs für heute verbraucht. Bitte versuch es in { $ends_s } noch einmal.
command-recent_songs = Deine letzten Songs, um sie hier noch einmal zu senden
command-recent_songs-song = Welcher Song
command-settings = Sprache, Format, Qualität, und was ich ohne Angabe mache
command-separate-effort = Beste dauert länger, schnell klingt rauer
modal-title = Einen Song trennen
privacy = Deinen Song speichere ich einen Tag, seine Spuren eine Woche, damit ich schneller antworten kann, wenn er wieder angefragt wird. Auch deine Einstellungen und die Liste deiner Anfragen speichere ich. Deine Dateien sehen nur die Chats, in denen du fragst, und alle, denen du einen Link gibst. Du kannst jetzt alles löschen. Wie viele Minuten Musik du verbraucht hast, wird nach einem Tag vergessen, auch wenn du nichts löschst.
command-settings-server = Für den ganzen Server (nur Moderatoren)
modal-file = Song
modal-want = Was möchtest du?
delete_song = Song löschen
delete_song_done = { $song } und alles, was daraus entstanden ist, ist gelöscht. Songs, die auch andere geschickt haben, bleiben für sie erhalten.
delete_song_confirm = { $song } und alles, was daraus entstanden ist, löschen? Das lässt sich nicht rückgängig machen.
