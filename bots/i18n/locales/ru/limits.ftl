# Ограничения и блокировки: что читают люди и что читает владелец.

error-Blocked = Отсюда я не могу принимать песни: так решил администратор.
error-Blocked-until = Отсюда я не могу принимать песни ещё { $ends_s }: так решил администратор.
error-Busy-day = Твой лимит на сегодня ({ $limit_s }) исчерпан. Попробуй ещё раз через { $ends_s }. Готовые результаты не считаются.
error-Busy-group_day = Лимит этой группы на сегодня ({ $limit_s }) исчерпан. Попробуйте ещё раз через { $ends_s }.
error-Busy-address_day = Лимит твоей сети на сегодня ({ $limit_s }) исчерпан. Попробуй ещё раз через { $ends_s }.
error-Busy-group_jobs_waiting = У этой группы в очереди уже предельное число песен: { $most }. Попробуйте ещё раз, когда одна будет готова.
error-Busy-address_jobs_waiting = У твоей сети в очереди уже предельное число песен: { $most }. Попробуй ещё раз, когда одна будет готова.
quota-remaining = Осталось на сегодня: { $left_s } музыки из { $limit_s }. Песен в очереди: { $waiting } из { $most }.
quota-used_up = На сегодня музыки не осталось (всего { $limit_s }); снова через { $ends_s }. Песен в очереди: { $waiting } из { $most }.
quota-queue = Песен в очереди: { $waiting } из { $most }.

cli-block = не принимать песни от человека, группы или адреса: add, remove, list
cli-block-add = заблокировать человека, группу или адрес
cli-block-remove = снять блокировку
cli-block-list = показать все блокировки
cli-block-who = например telegram:123, discord:guild:456, telegram:chat:-100789 или 203.0.113.7
cli-block-for = только на это время: 90s, 15m, 2h, 7d
cli-block-why = заметка для себя
block-added = { $who }: заблокирован.
block-added_until = { $who }: заблокирован на { $ends_s }.
block-removed = { $who }: блокировка снята.
block-unknown = { $who }: не заблокирован.
block-empty = Никто не заблокирован.
block-invalid = { $who }: это не человек, не группа и не адрес: stembot block add --help
block-column-who = кто
block-column-until = закончится через
block-column-why = заметка
