# Grenzen und Sperren: was Leute lesen, und was der Betreiber liest.

error-Blocked = Von hier kann ich keine Songs annehmen: Der Betreiber hat das gesperrt.
error-Blocked-until = Von hier kann ich noch { $ends_s } lang keine Songs annehmen: Der Betreiber hat das gesperrt.
error-Busy-day = Deine { $limit_s } für heute sind verbraucht. Bitte versuch es in { $ends_s } noch einmal. Ergebnisse, die ich schon habe, zählen nicht.
error-Busy-group_day = Die { $limit_s } dieser Gruppe für heute sind verbraucht. Bitte versuch es in { $ends_s } noch einmal.
error-Busy-address_day = Die { $limit_s } deines Netzes für heute sind verbraucht. Bitte versuch es in { $ends_s } noch einmal.
error-Busy-group_jobs_waiting = Diese Gruppe hat schon { $most } Songs in der Warteschlange. Bitte versuch es noch einmal, wenn einer fertig ist.
error-Busy-address_jobs_waiting = Aus deinem Netz sind schon { $most } Songs in der Warteschlange. Bitte versuch es noch einmal, wenn einer fertig ist.
quota-remaining = Heute noch übrig: { $left_s } von { $limit_s } Musik. In der Warteschlange: { $waiting } von { $most } Songs.
quota-used_up = Heute ist von { $limit_s } Musik nichts mehr übrig; in { $ends_s } gibt es wieder etwas. In der Warteschlange: { $waiting } von { $most } Songs.
quota-queue = In der Warteschlange: { $waiting } von { $most } Songs.

cli-block = von Personen, Gruppen oder Adressen keine Songs annehmen: add, remove, list
cli-block-add = eine Person, Gruppe oder Adresse sperren
cli-block-remove = eine Sperre aufheben
cli-block-list = alle Sperren auflisten
cli-block-who = wie telegram:123, discord:guild:456, telegram:chat:-100789 oder 203.0.113.7
cli-block-for = nur so lange: 90s, 15m, 2h, 7d
cli-block-why = eine Notiz für dich selbst
block-added = { $who } ist gesperrt.
block-added_until = { $who } ist für { $ends_s } gesperrt.
block-removed = { $who } ist nicht mehr gesperrt.
block-unknown = { $who } ist nicht gesperrt.
block-empty = Niemand ist gesperrt.
block-invalid = { $who } ist weder Person noch Gruppe noch Adresse: stembot block add --help
block-column-who = wer
block-column-until = endet in
block-column-why = Notiz
