# Файлы, папки и настройки.

error-FolderUnusable = В папку { $folder } ничего нельзя записать.
error-FolderUnusable-full = В { $folder } не осталось места. Освободите место или укажите другую папку.
error-FolderUnusable-read_only = Папка { $folder } доступна этому пользователю только для чтения. Укажите другую или разрешите запись.
error-FolderUnusable-no_folder = { $folder } — не папка. Укажите папку или путь, где её можно создать.
error-FolderUnusable-missing = Папки { $folder } нет, или она исчезла. Создайте её или укажите другую.
error-NoSuchFile = Файла { $file } нет.
error-NoSuchFile-folder = { $file } — это папка. Укажите песни из неё.
error-NoSuchFile-none = Песня не указана. Например: separate song.mp3 drumless.
error-NoSuchFile-terminal = Через канал ничего не приходит. Укажите файл или передайте песню через канал.
error-NoSuchFile-device = { $file } — не файл и не канал.
error-SongRefused-unreadable = Файл { $file } не читается: { $why }.
cli-song_limit = Этот предел задаёт STEMBOT_SONG_LIMIT_S.
cli-model_replaced = Веса { $model } повреждены, поэтому работала { $by }. Заменить их: stembot models pull { $model }
cli-unknown_words = непонятно: { $words }
cli-separate-words = песни (или - для стандартного ввода) и что из них сделать: вокал, без барабанов, без баса, все дорожки … (по умолчанию: все)
cli-separate-overwrite = заменять файлы с теми же именами; иначе новые получают номер
partial = Файл неполный или повреждён: он должен длиться { $said_s }, а прочиталось только { $song_s }. Это то, что в нём было.
error-NotAudio-damaged = Этот файл повреждён: в нём нечего воспроизвести. Попробуйте другую копию.
error-ConfigError-port_taken = Порт { $value } занят другой программой. Остановите её или задайте другой порт в { $setting }.
error-ConfigError-host = { $setting } — { $value }, это не адрес этой машины.
error-ConfigError-scheme = { $setting } начинается с { $value }, это мне неизвестно. Подходят { $known }.
error-ConfigError-damaged = База данных { $value } повреждена или не моя. Восстановите её из копии или уберите, чтобы начать заново.
error-ConfigError-later_version = База данных создана более новой версией Stembot. Обновите эту установку.
