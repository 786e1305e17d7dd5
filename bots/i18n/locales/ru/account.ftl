# Settings, recent songs, privacy, and songs that come by another way.

button-delete_all = Удалить всё
button-confirm_delete = Да, удалить
button-share = Поделиться
button-upload = Отправить там
button-again = Прислать ещё раз
button-show = Показать
button-start = Открыть бота
too_big_here = Из этого чата я не могу забрать файлы больше { $limit_bytes }. Отправь песню на странице за этой кнопкой, а отвечу я здесь. Ссылка принимает одну песню и живёт сутки.
already_answered = { $song }: в этой группе это уже есть.
delete_all_confirm = Это удалит твои песни, их дорожки и миксы, твои настройки и список того, что ты просил. То, что присылали и другие, останется им. Вернуть будет нельзя.
delete_all_done = { $orders ->
    [one] Готово. Удалён { $orders } заказ и твои настройки.
    [few] Готово. Удалены { $orders } заказа и твои настройки.
   *[other] Готово. Удалено { $orders } заказов и твои настройки.
}
stopping = Останавливаю…
stop_too_late = Эту песню я уже не забираю.
share_help = В чате, где она нужна, набери /stems и выбери песню.
recent_songs = Твои недавние песни. Выбери, и я пришлю сюда.
recent_songs_choose = Выбери песню
recent_songs_empty = Пока ничего нет. Сначала пришли мне песню.
mixer_links = Твои недавние песни в живом микшере:
mixer_unavailable = Здесь не задан веб-адрес, поэтому микшера нет.
choose_stems = Или выбери дорожки
language-name = Русский

settings-mine = Твои настройки. Они действуют в любом чате со мной.
settings-chat = Настройки этой группы, для всех, кто не выбрал своё.
settings-moderators = Настройки этой группы меняют только модераторы. Для своих напиши мне в личку.
settings-outputs = Без слов
settings-outputs-usual = Спросить
settings-format = Формат
settings-format-usual = mp3
settings-effort = Разделение
settings-effort-usual = Лучшее
settings-effort-quick = Быстро
settings-language = Язык
settings-language-usual = Как в приложении
settings-daily = Песен в день
settings-daily-usual = Без предела
error-Busy-place_day = Сегодня в этой группе уже было { $most } песен. Попробуй через { $ends_s }.
command-recent_songs = Мои недавние песни, чтобы прислать сюда ещё раз
command-recent_songs-song = Какую
command-settings = Язык, формат, качество и что делать без слов
command-separate-effort = лучшее дольше, быстрое грубее
modal-title = Разделить песню
privacy = Песню, которую ты присылаешь, я храню сутки, её дорожки неделю, чтобы быстрее ответить, если её попросят снова. Ещё храню твои настройки и список того, что ты просил. Твои файлы видят только чаты, где ты просишь, и те, кому ты дашь ссылку. Всё это можно удалить прямо сейчас. Сколько минут музыки у тебя было, я забываю через сутки, что бы ты ни удалил.
command-settings-server = Для всего сервера; только для модераторов
modal-file = Песня
modal-want = Что сделать?
delete_song = Удалить песню
delete_song_done = { $song }: удалено вместе со всем, что я из неё сделал. То, что присылали и другие, останется им.
delete_song_confirm = Удалить { $song } и всё, что я из неё сделал? Вернуть будет нельзя.
