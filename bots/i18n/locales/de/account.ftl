# Settings, recent songs, privacy, and songs that come by another way.

button-delete_all = Alles löschen
button-confirm_delete = Ja, löschen
button-share = Teilen
button-upload = Dort senden
button-again = Noch mal senden
button-show = Zeigen
button-start = Zum Bot
too_big_here = Aus diesem Chat kann ich keine Dateien über { $limit_bytes } holen. Schick den Song auf der Seite hinter dem Knopf, und ich antworte hier. Der Link nimmt einen Song und gilt einen Tag.
already_answered = { $song }: Das gibt es in dieser Gruppe schon.
delete_all_confirm = Damit werden deine Songs, ihre Spuren und Mixe, deine Einstellungen und die Liste deiner Wünsche gelöscht. Was andere auch geschickt haben, bleibt ihnen. Rückgängig machen lässt sich das nicht.
delete_all_done = { $orders ->
    [one] Erledigt. { $orders } Auftrag von dir ist gelöscht, deine Einstellungen auch.
   *[other] Erledigt. { $orders } Aufträge von dir sind gelöscht, deine Einstellungen auch.
}
stopping = Wird abgebrochen…
stop_too_late = Dieser Song wird nicht mehr geholt.
share_help = Tippe dort, wo du ihn haben willst, /stems und wähle den Song.
recent_songs = Deine letzten Songs. Wähle einen, dann schicke ich ihn hierher.
recent_songs_choose = Song wählen
recent_songs_empty = Noch nichts da. Schick mir erst einen Song.
mixer_links = Deine letzten Songs im Live-Mixer:
mixer_unavailable = Hier ist keine Web-Adresse eingerichtet, also gibt es keinen Live-Mixer.
choose_stems = Oder einzelne Spuren
language-name = Deutsch

settings-mine = Deine Einstellungen. Sie gelten in jedem Chat mit mir.
settings-chat = Einstellungen dieser Gruppe, für alle, die selbst nichts anderes gewählt haben.
settings-moderators = Nur Moderatoren können die Einstellungen dieser Gruppe ändern. Für deine eigenen schreib mir privat.
settings-outputs = Ohne Worte
settings-outputs-usual = Nachfragen
settings-format = Format
settings-format-usual = mp3
settings-effort = Trennung
settings-effort-usual = Beste
settings-effort-quick = Schnell
settings-language = Sprache
settings-language-usual = Wie in der App
settings-daily = Songs am Tag
settings-daily-usual = Ohne Grenze
error-Busy-place_day = Diese Gruppe hatte heute schon ihre { $most } Songs. Versuch es in { $ends_s } noch einmal.
command-recent_songs = Meine letzten Songs, um sie hier noch mal zu senden
command-recent_songs-song = Welcher
command-settings = Sprache, Format, Qualität, und was ich ohne Worte mache
command-separate-effort = Beste dauert länger, schnell klingt rauer
modal-title = Song zerlegen
privacy = Deinen Song behalte ich einen Tag, seine Spuren eine Woche, um schneller zu antworten, wenn er wieder gewünscht wird. Auch deine Einstellungen und die Liste deiner Wünsche behalte ich. Deine Dateien sehen nur die Chats, in denen du fragst, und wem du einen Link gibst. Du kannst jetzt alles löschen lassen. Wie viele Minuten Musik du hattest, vergesse ich nach einem Tag, was immer du löschst.
command-settings-server = Für den ganzen Server; nur Moderatoren können das
modal-file = Song
modal-want = Was möchtest du?
delete_song = Song löschen
delete_song_done = { $song } ist gelöscht, mit allem, was ich daraus gemacht habe. Was andere auch geschickt haben, bleibt ihnen.
delete_song_confirm = { $song } löschen, mit allem, was ich daraus gemacht habe? Rückgängig machen lässt sich das nicht.
