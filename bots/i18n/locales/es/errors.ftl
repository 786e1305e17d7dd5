# Una frase por cada clase de error, con su nombre.

error-StembotError = Algo ha fallado. Inténtalo otra vez, por favor.
error-SongRefused = No puedo separar esta canción.
error-NotAudio = No encuentro sonido en ese archivo. Envía la canción en mp3, wav, flac, m4a u ogg, o un vídeo.
error-NoSound = Ese archivo está en silencio; no hay nada que separar.
error-SongGone = Tu canción ya no está guardada porque esperó demasiado. Envíala otra vez, por favor.
error-SongTooLong = Esa canción es demasiado larga: el límite es { $limit_s }.
error-SongTooShort = Es demasiado corta para separarla; envía al menos { $least_s }.
error-FileTooBig = Ese archivo es demasiado grande: el límite es { $limit_bytes }.
error-Protected = Ese archivo tiene protección anticopia (DRM) y no puedo abrirlo. Envía una versión sin protección.
error-UnknownWish = Eso no puedo sacarlo de esta canción. Prueba con voz, instrumental, sin batería, sin bajo o todas las pistas.
error-Busy = Ahora mismo no doy abasto. Inténtalo dentro de un rato, por favor.
error-Busy-jobs_waiting =
    { $most ->
        [one] Ya tienes { $most } canción en la cola. Envía la siguiente cuando esté lista.
       *[other] Ya tienes { $most } canciones en la cola. Envía la siguiente cuando haya una lista.
    }
error-Busy-jobs_waiting_all =
    { $most ->
        [one] La cola está llena ({ $most } canción). Inténtalo en unos minutos, por favor.
       *[other] La cola está llena ({ $most } canciones). Inténtalo en unos minutos, por favor.
    }
error-Busy-rate = Demasiado de una vez. Inténtalo de nuevo en { $ends_s }, por favor.
error-Busy-drafts = { $most } de tus canciones esperan a que elijas. Pulsa primero un botón debajo de una de ellas.
error-Busy-space = Ahora mismo no hay sitio para más canciones. Inténtalo de nuevo más tarde, por favor.
error-SeparationFailed = Lo siento, la separación ha fallado. Tu canción está bien; inténtalo más tarde, por favor.
error-LeaseLost = Lo siento, la separación se ha interrumpido. Inténtalo otra vez, por favor.
error-ConfigError = { $setting } no es válido: { $value }
error-ModelNotHere = Los pesos de { $model } faltan o están incompletos: stembot models pull { $model }.
error-DownloadFailed = No pude descargar { $file } por completo ({ $reason }). Lo que llegó se guarda; el próximo intento sigue desde ahí.
error-StorageError = No pude guardar o leer tus archivos. Inténtalo dentro de un rato, por favor.
error-NotStored = Esos archivos se han borrado: guardo las pistas una semana. Envía la canción otra vez, por favor.
error-TooManyBytes = Ese archivo es demasiado grande: el límite es { $limit_bytes }.
error-LinkError = Este enlace no funciona.
error-LinkRefused = Este enlace no es válido. Comprueba que lo copiaste entero.
error-LinkEnded = Este enlace ha caducado. Pídele otra vez la canción al bot para tener uno nuevo.
error-SongLost = No pude descargar esa canción del chat. Envíala otra vez, por favor.
