# Nombres y descripciones de comandos y permisos, para menús: como mucho 100 caracteres.

command-start = Qué puedo hacer
command-help = Cómo pedir
command-vocals = Solo voz
command-instrumental = Instrumental (sin voz)
command-drumless = Sin batería
command-bassless = Sin bajo
command-stems = Cada pista en su propio archivo
command-mixer = Un enlace al mezclador
command-queue = Ver tu lugar en la cola
command-cancel = Cancelar tus canciones en la cola
command-privacy = Qué datos guardo
command-separate = Separar una canción en pistas
command-separate-file = La canción: cualquier archivo de audio o vídeo
command-separate-want = voz, instrumental, sin batería, sin bajo, todas las pistas…
command-separate-format = mp3, flac, wav, ogg, m4a o stem.mp4
command-separate-quality = Igual que la canción, o 16 bits, 24 bits, 32 bits float, 320, 192, 128 kbit/s
command-menu = Separar pistas
permission-send_messages = enviar mensajes
permission-attach_files = adjuntar archivos
permission-embed_links = insertar enlaces
permission-send_messages_in_threads = escribir en hilos
permission-view_channel = ver este canal
permission-read_message_history = leer este canal
