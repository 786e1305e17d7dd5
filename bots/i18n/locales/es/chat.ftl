# Lo que se lee en un chat: el mensaje de estado de principio a fin, botones, respuestas.

received = Descargando tu canción…
heading = { $song }: { $outputs }
choose =
    { $song }
    ¿Qué quieres de ella?
queued = En la cola: { $before } por delante{ $eta }.
next = La siguiente es la tuya{ $eta }.
starting = Empezando…
load = Cargando el modelo…
decode = Leyendo tu canción…
separate = Separando: { $percent } %{ $eta }
encode = Guardando las pistas…
mix = Preparando tus archivos…
eta = , quedan aprox. { $eta_s }
service-nobody = El separador no está en marcha ahora mismo. Tu canción conserva su lugar en la cola.
service-loading = El modelo todavía se está cargando. Tu canción conserva su lugar en la cola.
service-drained = El separador está en pausa por mantenimiento. Tu canción conserva su lugar en la cola.
service-storage = Nuestro almacenamiento no acepta archivos ahora mismo. Tu canción conserva su lugar y se volverá a intentar.
ready = Listo. Enviando los archivos…
done = Listo: { $outputs }.
done_in_private = Listo: { $outputs }. No puedo enviar estos archivos en este chat, así que te los he enviado en privado.
done_refused = Listo: { $outputs }. No puedo enviar estos archivos en este chat; escúchalos y descárgalos aquí:
done_refused_no_link = Listo: { $outputs }. No puedo enviar estos archivos en este chat. Escríbeme en privado y elígelos con /stems.
done_too_big =
    Listo: { $outputs }. { $count ->
        [one] { $count } archivo no cabe en este chat; escúchalo y descárgalo aquí:
       *[other] { $count } archivos no caben en este chat; escúchalos y descárgalos aquí:
    }
done_too_big_no_link =
    Listo: { $outputs }. { $count ->
        [one] { $count } archivo no cabe en este chat, y no hay una dirección web para darte un enlace.
       *[other] { $count } archivos no caben en este chat, y no hay una dirección web para darte un enlace.
    }
estimated = Batería, bajo y el resto son estimaciones de un método más simple, así que suenan menos limpios que la voz.
folded = Un stem.mp4 solo tiene sitio para cuatro pistas, así que la guitarra y el piano están en el resto.
cancelled = Cancelado.
cancel_too_late = Ya es tarde para cancelar: está terminado.
not_yours = Solo puede hacerlo quien lo pidió.
order_expired = Esa petición ha caducado. Envía la canción otra vez, por favor.

# Botones: como mucho 20 caracteres.
button-cancel = Cancelar
button-mixer = Abrir mezclador
button-preview = Oír un adelanto
output-vocals = Voz
output-instrumental = Instrumental
output-drumless = Sin batería
output-bassless = Sin bajo
output-guitarless = Sin guitarra
output-pianoless = Sin piano
output-stems = Todas las pistas
output-drums = Batería
output-bass = Bajo
output-other = El resto
output-guitar = Guitarra
output-piano = Piano
output-accompaniment = Instrumental
# Varias cosas a la vez: `Sin batería y bajo`.
output-without = Sin { $stems }
without-vocals = voz
without-drums = batería
without-bass = bajo
without-other = el resto
without-guitar = guitarra
without-piano = piano
without-accompaniment = acompañamiento
both = { $one } y { $other }
help =
    Envíame una canción y dime qué quieres de ella: solo voz, sin batería, instrumental, sin bajo, todas las pistas. Añade flac, wav, ogg, m4a o stem.mp4 si no lo quieres en mp3.

    El bajo y la batería suelen salir limpios. La voz, las guitarras y el piano comparten las frecuencias medias, así que puede quedar algo de uno en el otro, sobre todo en directos o grabaciones muy densas. Comprueba el resultado antes de usarlo.
queue_empty = No tienes nada en la cola.
queue_elsewhere = { $count ->
    [one] Tienes una petición en otro chat. Envíame /queue allí para verla.
   *[other] Tienes { $count } peticiones en otros chats. Envíame /queue allí para verlas.
}
missing_permission = Aquí no puedo responder, me faltan permisos: { $missing }.
no_song = No encuentro ninguna canción en ese mensaje. Envíame una o responde a una.

# Los números como se dicen.
unit-seconds = { $n } s
unit-minutes = { $n } min
unit-hours = { $n } h
unit-hours_minutes = { $hours } h { $minutes } min
unit-megabytes = { $n } MB
unit-gigabytes = { $n } GB
