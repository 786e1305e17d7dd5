# Settings, recent songs, privacy, and songs that come by another way.

button-delete_all = Borrar todo
button-confirm_delete = Sí, bórralo
button-share = Compartir
button-upload = Enviarla allí
button-again = Enviar otra vez
button-show = Mostrar
button-start = Abrir el bot
too_big_here = Desde este chat no puedo descargar archivos de más de { $limit_bytes }. Envía la canción en la página de este botón y te respondo aquí. El enlace sirve una vez y caduca en 24 horas.
already_answered = { $song }: este grupo ya lo tiene.
delete_all_confirm = Esto borra tus canciones, sus pistas y mezclas, tus ajustes y la lista de tus peticiones. Las canciones que otros también enviaron siguen disponibles para ellos. No se puede deshacer.
delete_all_done = { $orders ->
    [one] Listo. Se han borrado { $orders } petición y tus ajustes.
   *[other] Listo. Se han borrado { $orders } peticiones y tus ajustes.
}
stopping = Deteniendo…
stop_too_late = Esa canción ya no se está descargando.
share_help = En el chat donde la quieras, escribe /stems y elige la canción.
recent_songs = Tus canciones recientes. Elige una y la envío aquí.
recent_songs_choose = Elige una canción
recent_songs_empty = Aún no hay nada. Envíame primero una canción.
mixer_links = Tus canciones recientes en el mezclador:
mixer_unavailable = El mezclador no está disponible aquí: no hay una dirección web configurada.
choose_stems = O elige pistas sueltas
language-name = Español

settings-mine = Tus ajustes. Se aplican en todos los chats conmigo.
settings-chat = Ajustes de este grupo. Se aplican a quienes no han elegido los suyos.
settings-moderators = Solo los moderadores pueden cambiar los ajustes de este grupo. Para los tuyos, escríbeme en privado.
settings-outputs = Si no digo qué quiero
settings-outputs-usual = Preguntarme
settings-format = Formato
settings-format-usual = mp3
settings-effort = Separación
settings-effort-usual = La mejor
settings-effort-quick = Rápida
settings-language = Idioma
settings-language-usual = El de la app
settings-daily = Canciones al día
settings-daily-usual = Sin límite
error-Busy-place_day = Este grupo ya ha usado sus { $most } canciones de hoy. Inténtalo de nuevo en { $ends_s }.
command-recent_songs = Tus canciones recientes, para enviarlas aquí otra vez
command-recent_songs-song = Qué canción
command-settings = Idioma, formato, calidad y qué hago si no lo dices
command-separate-effort = la mejor tarda más, la rápida suena más tosca
modal-title = Separar una canción
privacy = Guardo la canción que envías un día y sus pistas una semana, para responder antes si se vuelve a pedir. También guardo tus ajustes y la lista de tus peticiones. Solo pueden ver tus archivos los chats donde preguntas y las personas a las que das un enlace. Puedes borrarlo todo ahora. Cuántos minutos de música has usado se olvida al cabo de un día, borres lo que borres.
command-settings-server = Para todo este servidor (solo moderadores)
modal-file = Canción
modal-want = ¿Qué quieres?
delete_song = Borrar una canción
delete_song_done = Se han borrado { $song } y todo lo que salió de ella. Las canciones que otros también enviaron siguen disponibles para ellos.
delete_song_confirm = ¿Borrar { $song } y todo lo que salió de ella? No se puede deshacer.
