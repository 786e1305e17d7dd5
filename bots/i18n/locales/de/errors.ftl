# Ein Satz für jede Klasse von Fehlern, nach ihr benannt.

error-StembotError = Da ist etwas schiefgegangen. Bitte versuch es noch einmal.
error-SongRefused = Diesen Song kann ich nicht trennen.
error-NotAudio = In dieser Datei finde ich keinen Ton. Schick den Song als mp3, wav, flac, m4a oder ogg, oder ein Video.
error-NoSound = In dieser Datei ist nur Stille; da gibt es nichts zu trennen.
error-SongGone = Dein Song ist nicht mehr gespeichert, weil er zu lange gewartet hat. Bitte schick ihn noch einmal.
error-SongTooLong = Der Song ist zu lang: höchstens { $limit_s }.
error-SongTooShort = Das ist zu kurz zum Trennen; schick mindestens { $least_s }.
error-FileTooBig = Diese Datei ist zu groß: höchstens { $limit_bytes }.
error-Protected = Diese Datei ist kopiergeschützt (DRM), ich kann sie nicht öffnen. Schick eine Fassung ohne Schutz.
error-UnknownWish = Das kann ich aus diesem Song nicht machen. Versuch Gesang, instrumental, ohne Schlagzeug, ohne Bass oder alle Spuren.
error-Busy = Gerade bin ich ausgelastet. Bitte versuch es in einer Weile noch einmal.
error-Busy-jobs_waiting =
    { $most ->
        [one] Du hast schon { $most } Song in der Warteschlange. Schick den nächsten, wenn er fertig ist.
       *[other] Du hast schon { $most } Songs in der Warteschlange. Schick den nächsten, wenn einer fertig ist.
    }
error-Busy-jobs_waiting_all =
    { $most ->
        [one] Die Warteschlange ist gerade voll ({ $most } Song). Bitte versuch es in ein paar Minuten noch einmal.
       *[other] Die Warteschlange ist gerade voll ({ $most } Songs). Bitte versuch es in ein paar Minuten noch einmal.
    }
error-Busy-rate = Das war viel auf einmal. Bitte versuch es in { $ends_s } noch einmal.
error-Busy-drafts = { $most } deiner Songs warten darauf, dass du wählst. Drück zuerst einen Knopf unter einem davon.
error-Busy-space = Hier ist gerade kein Platz für weitere Songs. Bitte versuch es später noch einmal.
error-SeparationFailed = Tut mir leid, das Trennen ist fehlgeschlagen. Dein Song ist in Ordnung; bitte versuch es später noch einmal.
error-LeaseLost = Tut mir leid, das Trennen wurde unterbrochen. Bitte versuch es noch einmal.
error-ConfigError = { $setting } ist nicht richtig eingestellt: { $value }
error-ModelNotHere = Die Gewichte von { $model } fehlen oder sind unvollständig: stembot models pull { $model }.
error-DownloadFailed = Ich konnte { $file } nicht vollständig herunterladen ({ $reason }). Der Anfang bleibt gespeichert; der nächste Versuch macht dort weiter.
error-StorageError = Ich konnte deine Dateien gerade nicht speichern oder lesen. Bitte versuch es in einer Weile noch einmal.
error-NotStored = Diese Dateien sind gelöscht: Ich behalte Spuren eine Woche. Bitte schick den Song noch einmal.
error-TooManyBytes = Diese Datei ist zu groß: höchstens { $limit_bytes }.
error-LinkError = Dieser Link funktioniert nicht.
error-LinkRefused = Dieser Link ist ungültig. Prüf, ob du ihn ganz kopiert hast.
error-LinkEnded = Dieser Link ist abgelaufen. Frag den Bot noch einmal nach dem Song, dann bekommst du einen neuen.
error-SongLost = Ich konnte den Song nicht aus dem Chat herunterladen. Bitte schick ihn noch einmal.
