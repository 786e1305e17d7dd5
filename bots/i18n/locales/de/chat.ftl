# Was man in einem Chat liest: die Statusnachricht von Anfang bis Ende, Knöpfe, Antworten.

received = Dein Song wird heruntergeladen…
heading = { $song }: { $outputs }
choose =
    { $song }
    Was möchtest du davon?
queued = In der Warteschlange: { $before } vor dir{ $eta }.
next = Du bist als Nächstes dran{ $eta }.
starting = Es geht los…
load = Das Modell wird geladen…
decode = Dein Song wird gelesen…
separate = Wird getrennt: { $percent } %{ $eta }
encode = Die Spuren werden gespeichert…
mix = Deine Dateien werden vorbereitet…
eta = , noch etwa { $eta_s }
service-nobody = Gerade läuft kein Trennprozess. Dein Song behält seinen Platz in der Warteschlange.
service-loading = Das Modell wird noch geladen. Dein Song behält seinen Platz in der Warteschlange.
service-drained = Wegen Wartung wird gerade nichts Neues getrennt. Dein Song behält seinen Platz in der Warteschlange.
service-storage = Unser Speicher nimmt gerade keine Dateien an. Dein Song behält seinen Platz und wird wieder versucht.
ready = Fertig. Die Dateien werden gesendet…
done = Fertig: { $outputs }.
done_in_private = Fertig: { $outputs }. In diesem Chat darf ich diese Dateien nicht senden, darum habe ich sie dir privat geschickt.
done_refused = Fertig: { $outputs }. In diesem Chat darf ich diese Dateien nicht senden; hier kannst du sie anhören und herunterladen:
done_refused_no_link = Fertig: { $outputs }. In diesem Chat darf ich diese Dateien nicht senden. Schreib mir privat und wähle sie mit /stems.
done_too_big =
    Fertig: { $outputs }. { $count ->
        [one] { $count } Datei ist zu groß für diesen Chat; hier kannst du sie anhören und herunterladen:
       *[other] { $count } Dateien sind zu groß für diesen Chat; hier kannst du sie anhören und herunterladen:
    }
done_too_big_no_link =
    Fertig: { $outputs }. { $count ->
        [one] { $count } Datei ist zu groß für diesen Chat, und für Links ist keine Webadresse eingerichtet.
       *[other] { $count } Dateien sind zu groß für diesen Chat, und für Links ist keine Webadresse eingerichtet.
    }
estimated = Schlagzeug, Bass und Rest sind hier mit einer einfacheren Methode geschätzt und klingen darum unsauberer als der Gesang.
folded = In eine stem.mp4 passen vier Spuren, darum sind Gitarre und Klavier in „Rest“ enthalten.
cancelled = Abgebrochen.
cancel_too_late = Zu spät zum Abbrechen: Es ist schon fertig.
not_yours = Das kann nur, wer angefragt hat.
order_expired = Diese Anfrage ist abgelaufen. Bitte schick den Song noch einmal.

# Knöpfe: höchstens 20 Zeichen.
button-cancel = Abbrechen
button-mixer = Mixer öffnen
button-preview = Vorschau hören
output-vocals = Gesang
output-instrumental = Instrumental
output-drumless = Ohne Schlagzeug
output-bassless = Ohne Bass
output-guitarless = Ohne Gitarre
output-pianoless = Ohne Klavier
output-stems = Alle Spuren
output-drums = Schlagzeug
output-bass = Bass
output-other = Rest
output-guitar = Gitarre
output-piano = Klavier
output-accompaniment = Instrumental
# Mehreres auf einmal: `Ohne Schlagzeug und Bass`.
output-without = Ohne { $stems }
without-vocals = Gesang
without-drums = Schlagzeug
without-bass = Bass
without-other = Rest
without-guitar = Gitarre
without-piano = Klavier
without-accompaniment = Begleitung
both = { $one } und { $other }
help =
    Schick mir einen Song und sag, was du davon willst: nur Gesang, ohne Schlagzeug, instrumental, ohne Bass, alle Spuren. Schreib flac, wav, ogg, m4a oder stem.mp4 dazu, wenn du es nicht als mp3 willst.

    Bass und Schlagzeug kommen meist sauber heraus. Gesang, Gitarren und Klavier teilen sich die mittleren Frequenzen, darum bleibt manchmal etwas vom einen im anderen, vor allem bei Live-Aufnahmen und sehr dichten Mischungen. Prüf das Ergebnis, bevor du es verwendest.
queue_empty = Du hast nichts in der Warteschlange.
queue_elsewhere = { $count ->
    [one] Du hast eine Anfrage in einem anderen Chat. Schick mir dort /queue, um sie zu sehen.
   *[other] Du hast { $count } Anfragen in anderen Chats. Schick mir dort /queue, um sie zu sehen.
}
missing_permission = Hier kann ich nicht antworten, mir fehlen Rechte: { $missing }.
no_song = In dieser Nachricht finde ich keinen Song. Schick mir einen, oder antworte auf einen.

# Zahlen, wie man sie sagt.
unit-seconds = { $n } s
unit-minutes = { $n } min
unit-hours = { $n } h
unit-hours_minutes = { $hours } h { $minutes } min
unit-megabytes = { $n } MB
unit-gigabytes = { $n } GB
