# Límites y bloqueos: lo que lee la gente y lo que lee quien opera.

error-Blocked = Desde aquí no puedo aceptar canciones: el operador lo ha bloqueado.
error-Blocked-until = Desde aquí no puedo aceptar canciones durante { $ends_s } más: el operador lo ha bloqueado.
error-Busy-day = Ya has usado tus { $limit_s } de hoy. Inténtalo de nuevo en { $ends_s }. Los resultados que ya tengo no cuentan.
error-Busy-group_day = Este grupo ya ha usado sus { $limit_s } de hoy. Inténtalo de nuevo en { $ends_s }.
error-Busy-address_day = Tu red ya ha usado sus { $limit_s } de hoy. Inténtalo de nuevo en { $ends_s }.
error-Busy-group_jobs_waiting = Este grupo ya tiene { $most } canciones en la cola. Inténtalo de nuevo cuando termine una.
error-Busy-address_jobs_waiting = Tu red ya tiene { $most } canciones en la cola. Inténtalo de nuevo cuando termine una.
quota-remaining = Te queda hoy: { $left_s } de { $limit_s } de música. En la cola: { $waiting } de { $most } canciones.
quota-used_up = Hoy no queda nada de { $limit_s } de música; habrá más en { $ends_s }. En la cola: { $waiting } de { $most } canciones.
quota-queue = En la cola: { $waiting } de { $most } canciones.

cli-block = no aceptar canciones de una persona, grupo o dirección: add, remove, list
cli-block-add = bloquear a una persona, un grupo o una dirección
cli-block-remove = quitar un bloqueo
cli-block-list = listar los bloqueos
cli-block-who = como telegram:123, discord:guild:456, telegram:chat:-100789 o 203.0.113.7
cli-block-for = solo durante este tiempo: 90s, 15m, 2h, 7d
cli-block-why = una nota para ti
block-added = { $who } está bloqueado.
block-added_until = { $who } está bloqueado durante { $ends_s }.
block-removed = { $who } ya no está bloqueado.
block-unknown = { $who } no está bloqueado.
block-empty = No hay nadie bloqueado.
block-invalid = { $who } no es una persona, un grupo ni una dirección: stembot block add --help
block-column-who = quién
block-column-until = termina en
block-column-why = nota
