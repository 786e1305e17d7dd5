# Названия и описания команд и прав, для меню: не больше 100 знаков.

command-start = Что я умею
command-help = Как просить
command-vocals = Только вокал
command-instrumental = Минусовка (без вокала)
command-drumless = Без ударных
command-bassless = Без баса
command-stems = Каждая дорожка отдельным файлом
command-mixer = Ссылка на микшер
command-queue = Показать твоё место в очереди
command-cancel = Отменить твои песни в очереди
command-privacy = Какие данные я храню
command-separate = Разделить песню на дорожки
command-separate-file = Песня: любой аудио- или видеофайл
command-separate-want = вокал, минусовка, без ударных, без баса, все дорожки…
command-separate-format = mp3, flac, wav, ogg, m4a или stem.mp4
command-separate-quality = Как у песни или 16 бит, 24 бита, 32 бита float, 320, 192, 128 кбит/с
command-menu = Разделить на дорожки
permission-send_messages = отправлять сообщения
permission-attach_files = прикреплять файлы
permission-embed_links = встраивать ссылки
permission-send_messages_in_threads = писать в ветках
permission-view_channel = видеть этот канал
permission-read_message_history = читать этот канал
