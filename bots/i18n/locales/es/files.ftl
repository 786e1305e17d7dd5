# Archivos, carpetas y ajustes.

error-FolderUnusable = No se puede escribir nada en la carpeta { $folder }.
error-FolderUnusable-full = No queda espacio en { $folder }. Libera espacio o indica otra carpeta.
error-FolderUnusable-read_only = La carpeta { $folder } es de solo lectura para este usuario. Indica otra o permite escribir en ella.
error-FolderUnusable-no_folder = { $folder } no es una carpeta. Indica una o una ruta donde se pueda crear.
error-FolderUnusable-missing = La carpeta { $folder } no existe o ha desaparecido. Créala o indica otra.
error-NoSuchFile = No existe el archivo { $file }.
error-NoSuchFile-folder = { $file } es una carpeta. Indica las canciones que contiene.
error-NoSuchFile-none = No se indicó ninguna canción. Por ejemplo: separate song.mp3 drumless.
error-NoSuchFile-terminal = No llega nada por la tubería. Indica un archivo o envía una canción por una tubería.
error-NoSuchFile-device = { $file } no es ni un archivo ni una tubería.
error-SongRefused-unreadable = No se puede leer el archivo { $file }: { $why }.
cli-song_limit = STEMBOT_SONG_LIMIT_S fija este límite.
cli-model_replaced = Los pesos de { $model } están dañados, así que se usó { $by }. Para reemplazarlos: stembot models pull { $model }
cli-unknown_words = no se entiende: { $words }
cli-separate-words = canciones (o - para la entrada estándar) y qué hacer con ellas: voz, sin batería, sin bajo, todas las pistas … (por defecto: todas)
cli-separate-overwrite = reemplazar archivos con el mismo nombre; sin ello, los nuevos llevan un número
partial = El archivo está incompleto o dañado: debería durar { $said_s }, pero solo se pudieron leer { $song_s }. Esto es lo que había.
error-NotAudio-damaged = Ese archivo está dañado: nada de lo que contiene se puede reproducir. Prueba con otra copia.
error-ConfigError-port_taken = El puerto { $value } lo usa otro programa. Detenlo o pon otro puerto en { $setting }.
error-ConfigError-host = { $setting } es { $value }, que no es una dirección de esta máquina.
error-ConfigError-scheme = { $setting } empieza por { $value }, que no conozco. Usa { $known }.
error-ConfigError-damaged = La base de datos { $value } está dañada o no es mía. Restáurala de una copia o apártala para empezar de nuevo.
error-ConfigError-later_version = La base de datos es de una versión posterior de Stembot. Actualiza esta instalación.
