# Settings, recent songs, privacy, and songs that come by another way.

button-delete_all = Удалить всё
button-confirm_delete = Да, удалить
button-share = Поделиться
button-upload = Отправить там
button-again = Прислать ещё раз
button-show = Показать
button-start = Открыть бота
too_big_here = Из этого чата я не могу скачать файлы больше { $limit_bytes }. Отправь песню на странице за этой кнопкой, а отвечу я здесь. Ссылка действует один раз и истекает через 24 часа.
already_answered = { $song }: в этой группе это уже есть.
delete_all_confirm = Это удалит твои песни, их дорожки и миксы, твои настройки и список твоих запросов. Песни, которые присылали и другие, останутся доступны им. Отменить это нельзя.
delete_all_done = { $orders ->
    [one] Готово. Удалены { $orders } запрос и твои настройки.
    [few] Готово. Удалены { $orders } запроса и твои настройки.
   *[other] Готово. Удалены { $orders } запросов и твои настройки.
}
stopping = Останавливаю…
stop_too_late = Эта песня уже не скачивается.
share_help = В чате, куда её отправить, набери /stems и выбери песню.
recent_songs = Твои недавние песни. Выбери одну, и я пришлю её сюда.
recent_songs_choose = Выбери песню
recent_songs_empty = Пока ничего нет. Сначала пришли мне песню.
mixer_links = Твои недавние песни в микшере:
mixer_unavailable = Микшер здесь недоступен: не задан веб-адрес.
choose_stems = Или выбери дорожки
language-name = Русский

settings-mine = Твои настройки. Они действуют в любом чате со мной.
settings-chat = Настройки этой группы. Они действуют для всех, кто не выбрал своих.
settings-moderators = Настройки этой группы могут менять только модераторы. Свои можно изменить в личных сообщениях со мной.
settings-outputs = Если я не пишу, что нужно
settings-outputs-usual = Спросить меня
settings-format = Формат
settings-format-usual = mp3
settings-effort = Разделение
settings-effort-usual = Лучшее
settings-effort-quick = Быстрое
settings-language = Язык
settings-language-usual = Как в приложении
settings-daily = Песен в день
settings-daily-usual = Без ограничения
error-Busy-place_day = Эта группа уже использовала свои песни на сегодня ({ $most }). Попробуй ещё раз через { $ends_s }.
command-recent_songs = Твои недавние песни, чтобы прислать их сюда ещё раз
command-recent_songs-song = Какую песню
command-settings = Язык, формат, качество и что делать, если не указано
command-separate-effort = лучшее дольше, быстрое грубее
modal-title = Разделить песню
privacy = Песню, которую ты присылаешь, я храню сутки, а её дорожки неделю, чтобы быстрее ответить, если её запросят снова. Ещё я храню твои настройки и список твоих запросов. Твои файлы видны только в чатах, где ты просишь, и тем, кому ты даёшь ссылку. Всё это можно удалить прямо сейчас. Сколько минут музыки ты использовал, забывается через сутки, что бы ты ни удалил.
command-settings-server = Для всего сервера (только модераторы)
modal-file = Песня
modal-want = Что нужно сделать?
delete_song = Удалить песню
delete_song_done = { $song }: песня и всё, что из неё получено, удалены. Песни, которые присылали и другие, останутся доступны им.
delete_song_confirm = Удалить { $song } и всё, что из неё получено? Отменить это нельзя.
