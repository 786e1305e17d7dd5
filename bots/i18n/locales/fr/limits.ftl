# Limites et blocages : ce que lisent les gens, et ce que lit l'exploitant.

error-Blocked = Je ne peux pas accepter de morceaux d'ici : la personne qui me gère en a décidé ainsi.
error-Blocked-until = Je ne peux pas accepter de morceaux d'ici pendant encore { $ends_s } : la personne qui me gère en a décidé ainsi.
error-Busy-day = Tes { $limit_s } de musique pour aujourd'hui sont utilisées. Réessaie dans { $ends_s }. Les morceaux que j'ai encore ne comptent pas.
error-Busy-group_day = Ce groupe a déjà utilisé { $limit_s } de musique aujourd'hui, et c'est sa limite. Réessaie dans { $ends_s }.
error-Busy-address_day = Depuis ton réseau, { $limit_s } de musique ont déjà été séparées aujourd'hui. Réessaie dans { $ends_s }.
error-Busy-group_jobs_waiting = Ce groupe a déjà { $most } morceaux dans la file. Réessaie quand l'un d'eux sera prêt.
error-Busy-address_jobs_waiting = Depuis ton réseau, { $most } morceaux sont déjà dans la file. Réessaie quand l'un d'eux sera prêt.
quota-remaining = Reste pour aujourd'hui : { $left_s } sur { $limit_s } de musique. Dans la file : { $waiting } sur { $most } morceaux.
quota-used_up = Reste pour aujourd'hui : rien sur { $limit_s } de musique ; à nouveau dans { $ends_s }. Dans la file : { $waiting } sur { $most } morceaux.
quota-queue = Dans la file : { $waiting } sur { $most } morceaux.

cli-block = ne plus accepter de morceaux d'une personne, d'un groupe ou d'une adresse : add, remove, list
cli-block-add = ne plus accepter leurs morceaux
cli-block-remove = accepter de nouveau leurs morceaux
cli-block-list = lister ceux dont on n'accepte pas de morceaux
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
