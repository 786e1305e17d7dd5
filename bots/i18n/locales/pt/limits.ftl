# Limites e bloqueios: o que as pessoas leem, e o que lê quem opera.

error-Blocked = Não posso aceitar músicas daqui: o operador bloqueou.
error-Blocked-until = Não posso aceitar músicas daqui por mais { $ends_s }: o operador bloqueou.
error-Busy-day = Você já usou os seus { $limit_s } de hoje. Tente de novo em { $ends_s }. Resultados que já tenho não contam.
error-Busy-group_day = Este grupo já usou os seus { $limit_s } de hoje. Tente de novo em { $ends_s }.
error-Busy-address_day = Sua rede já usou os seus { $limit_s } de hoje. Tente de novo em { $ends_s }.
error-Busy-group_jobs_waiting = Este grupo já tem { $most } músicas na fila. Tente de novo quando uma ficar pronta.
error-Busy-address_jobs_waiting = Sua rede já tem { $most } músicas na fila. Tente de novo quando uma ficar pronta.
quota-remaining = Restam hoje: { $left_s } de { $limit_s } de música. Na fila: { $waiting } de { $most } músicas.
quota-used_up = Hoje não resta nada de { $limit_s } de música; mais em { $ends_s }. Na fila: { $waiting } de { $most } músicas.
quota-queue = Na fila: { $waiting } de { $most } músicas.

cli-block = não aceitar músicas de uma pessoa, grupo ou endereço: add, remove, list
cli-block-add = bloquear uma pessoa, um grupo ou um endereço
cli-block-remove = remover um bloqueio
cli-block-list = listar os bloqueios
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
