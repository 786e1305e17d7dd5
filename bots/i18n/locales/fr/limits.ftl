# Limites et blocages : ce que lisent les gens, et ce que lit l'exploitant.

error-Blocked = Je ne peux pas accepter de morceaux d'ici : l'opérateur l'a bloqué.
error-Blocked-until = Je ne peux pas accepter de morceaux d'ici pendant encore { $ends_s } : l'opérateur l'a bloqué.
error-Busy-day = Tu as utilisé tes { $limit_s } pour aujourd'hui. Réessaie dans { $ends_s }. Les résultats que j'ai déjà ne comptent pas.
error-Busy-group_day = Ce groupe a utilisé ses { $limit_s } pour aujourd'hui. Réessaie dans { $ends_s }.
error-Busy-address_day = Ton réseau a utilisé ses { $limit_s } pour aujourd'hui. Réessaie dans { $ends_s }.
error-Busy-group_jobs_waiting = Ce groupe a déjà { $most } morceaux dans la file d'attente. Réessaie quand l'un d'eux sera prêt.
error-Busy-address_jobs_waiting = Ton réseau a déjà { $most } morceaux dans la file d'attente. Réessaie quand l'un d'eux sera prêt.
quota-remaining = Reste pour aujourd'hui : { $left_s } sur { $limit_s } de musique. Dans la file d'attente : { $waiting } sur { $most } morceaux.
quota-used_up = Reste pour aujourd'hui : rien sur { $limit_s } de musique ; à nouveau dans { $ends_s }. Dans la file d'attente : { $waiting } sur { $most } morceaux.
quota-queue = Dans la file d'attente : { $waiting } sur { $most } morceaux.

cli-block = ne plus accepter de morceaux d'une personne, d'un groupe ou d'une adresse : add, remove, list
cli-block-add = bloquer une personne, un groupe ou une adresse
cli-block-remove = lever un blocage
cli-block-list = lister les blocages
cli-block-who = comme telegram:123, discord:guild:456, telegram:chat:-100789 ou 203.0.113.7
cli-block-for = seulement pendant ce temps : 90s, 15m, 2h, 7d
cli-block-why = une note pour toi
block-added = { $who } est bloqué.
block-added_until = { $who } est bloqué pendant { $ends_s }.
block-removed = { $who } n'est plus bloqué.
block-unknown = { $who } n'est pas bloqué.
block-empty = Personne n'est bloqué.
block-invalid = { $who } n'est ni une personne, ni un groupe, ni une adresse : stembot block add --help
block-column-who = qui
block-column-until = finit dans
block-column-why = note
