# Settings, recent songs, privacy, and songs that come by another way.

button-delete_all = Borrar todo
button-confirm_delete = Sí, bórralo
button-share = Compartir
button-upload = Enviarla allí
button-again = Enviar otra vez
button-show = Mostrar
button-start = Abrir el bot
too_big_here = Desde este chat no puedo recoger archivos de más de { $limit_bytes }. Envía la canción en la página de este botón y te respondo aquí. El enlace acepta una canción y dura un día.
already_answered = { $song }: este grupo ya lo tiene.
delete_all_confirm = Esto borra tus canciones, sus pistas y mezclas, tus ajustes y la lista de lo que pediste. Lo que otros también enviaron sigue siendo suyo. No hay vuelta atrás.
delete_all_done = { $orders ->
    [one] Listo. Se borró { $orders } pedido tuyo, y tus ajustes.
   *[other] Listo. Se borraron { $orders } pedidos tuyos, y tus ajustes.
}
stopping = Deteniendo…
stop_too_late = Esa canción ya no se está recogiendo.
share_help = En el chat donde la quieras, escribe /stems y elige la canción.
recent_songs = Tus canciones recientes. Elige una y la envío aquí.
recent_songs_choose = Elige una canción
recent_songs_empty = Aún no hay nada. Envíame primero una canción.
mixer_links = Tus canciones recientes en el mezclador:
mixer_unavailable = Aquí no hay dirección web, así que no hay mezclador.
choose_stems = O elige pistas sueltas
language-name = Español

settings-mine = Tus ajustes. Valen en todos los chats conmigo.
settings-chat = Ajustes de este grupo, para quienes no han elegido otra cosa.
settings-moderators = Solo los moderadores pueden cambiar los ajustes de este grupo. Para los tuyos, escríbeme en privado.
settings-outputs = Sin palabras
settings-outputs-usual = Preguntar
settings-format = Formato
settings-format-usual = mp3
settings-effort = Separación
settings-effort-usual = La mejor
settings-effort-quick = Rápida
settings-language = Idioma
settings-language-usual = Como en la app
settings-daily = Canciones al día
settings-daily-usual = Sin límite
error-Busy-place_day = Este grupo ya tuvo sus { $most } canciones de hoy. Inténtalo de nuevo en { $ends_s }.
command-recent_songs = Mis canciones recientes, para enviarlas aquí otra vez
command-recent_songs-song = Cuál
command-settings = Idioma, formato, calidad y qué hago sin palabras
command-separate-effort = la mejor tarda más, la rápida suena más tosca
modal-title = Separar una canción
privacy = Guardo la canción que envías un día y sus pistas una semana, para responder antes si se vuelve a pedir. También guardo tus ajustes y la lista de lo que pediste. Nadie ve tus archivos salvo los chats donde preguntas y a quien le des un enlace. Puedes hacer que lo borre todo ahora. Cuántos minutos de música has tenido lo olvido al cabo de un día, borres lo que borres.
command-settings-server = Para todo este servidor; solo pueden los moderadores
modal-file = Canción
modal-want = ¿Qué quieres?
delete_song = Borrar una canción
delete_song_done = { $song } se borró, con todo lo que hice con ella. Lo que otros también enviaron sigue siendo suyo.
delete_song_confirm = ¿Borrar { $song } y todo lo que hice con ella? No hay vuelta atrás.
