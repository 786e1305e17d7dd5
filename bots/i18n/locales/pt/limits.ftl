# Limites e bloqueios: o que as pessoas leem, e o que lê quem opera.

error-Blocked = Não posso aceitar músicas daqui: foi o que decidiu quem me opera.
error-Blocked-until = Não posso aceitar músicas daqui por mais { $ends_s }: foi o que decidiu quem me opera.
error-Busy-day = Você já usou os seus { $limit_s } de música de hoje. Tente de novo em { $ends_s }. Músicas que ainda tenho não contam.
error-Busy-group_day = Este grupo já usou os seus { $limit_s } de música de hoje. Tente de novo em { $ends_s }.
error-Busy-address_day = Da sua rede, { $limit_s } de música já foram separados hoje. Tente de novo em { $ends_s }.
error-Busy-group_jobs_waiting = Este grupo já tem { $most } músicas na fila. Tente de novo quando uma ficar pronta.
error-Busy-address_jobs_waiting = Da sua rede, { $most } músicas já estão na fila. Tente de novo quando uma ficar pronta.
quota-remaining = Restam hoje: { $left_s } de { $limit_s } de música. Na fila: { $waiting } de { $most } músicas.
quota-used_up = Hoje não resta nada de { $limit_s } de música; mais em { $ends_s }. Na fila: { $waiting } de { $most } músicas.
quota-queue = Na fila: { $waiting } de { $most } músicas.

cli-block = não aceitar músicas de uma pessoa, grupo ou endereço: add, remove, list
cli-block-add = não aceitar as músicas deles
cli-block-remove = voltar a aceitar as músicas deles
cli-block-list = listar de quem não se aceitam músicas
cli-block-who = como telegram:123, discord:guild:456, telegram:chat:-100789 ou 203.0.113.7
cli-block-for = só por este tempo: 90s, 15m, 2h, 7d
cli-block-why = uma nota para você
block-added = { $who } está bloqueado.
block-added_until = { $who } está bloqueado por { $ends_s }.
block-removed = { $who } não está mais bloqueado.
block-unknown = { $who } não está bloqueado.
block-empty = Ninguém está bloqueado.
block-invalid = { $who } não é uma pessoa, um grupo nem um endereço: stembot block add --help
block-column-who = quem
block-column-until = termina em
block-column-why = nota
