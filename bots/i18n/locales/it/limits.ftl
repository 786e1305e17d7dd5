# Limiti e blocchi: che cosa legge la gente, e che cosa legge chi gestisce.

error-Blocked = Da qui non posso accettare canzoni: il gestore lo ha bloccato.
error-Blocked-until = Da qui non posso accettare canzoni per altri { $ends_s }: il gestore lo ha bloccato.
error-Busy-day = Per oggi hai usato i tuoi { $limit_s }. Riprova tra { $ends_s }. I risultati che ho già non contano.
error-Busy-group_day = Per oggi questo gruppo ha usato i suoi { $limit_s }. Riprova tra { $ends_s }.
error-Busy-address_day = Per oggi la tua rete ha usato i suoi { $limit_s }. Riprova tra { $ends_s }.
error-Busy-group_jobs_waiting = Questo gruppo ha già { $most } canzoni in coda. Riprova quando una è pronta.
error-Busy-address_jobs_waiting = La tua rete ha già { $most } canzoni in coda. Riprova quando una è pronta.
quota-remaining = Per oggi restano: { $left_s } di musica su { $limit_s }. In coda: { $waiting } canzoni su { $most }.
quota-used_up = Per oggi non resta nulla di { $limit_s } di musica; di nuovo tra { $ends_s }. In coda: { $waiting } canzoni su { $most }.
quota-queue = In coda: { $waiting } canzoni su { $most }.

cli-block = non accettare canzoni da una persona, un gruppo o un indirizzo: add, remove, list
cli-block-add = bloccare una persona, un gruppo o un indirizzo
cli-block-remove = togliere un blocco
cli-block-list = elencare i blocchi
cli-block-who = come telegram:123, discord:guild:456, telegram:chat:-100789 o 203.0.113.7
cli-block-for = solo per questo tempo: 90s, 15m, 2h, 7d
cli-block-why = una nota per te
block-added = { $who } è bloccato.
block-added_until = { $who } è bloccato per { $ends_s }.
block-removed = { $who } non è più bloccato.
block-unknown = { $who } non è bloccato.
block-empty = Nessuno è bloccato.
block-invalid = { $who } non è una persona, un gruppo o un indirizzo: stembot block add --help
block-column-who = chi
block-column-until = finisce tra
block-column-why = nota
