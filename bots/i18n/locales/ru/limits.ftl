# Ограничения и блокировки: что читают люди и что читает владелец.

error-Blocked = Отсюда я песни не принимаю: так решил тот, кто мной управляет.
error-Blocked-until = Отсюда я песни пока не принимаю, осталось { $ends_s }: так решил тот, кто мной управляет.
error-Busy-day = Музыка на сегодня ({ $limit_s }) у тебя закончилась. Попробуй ещё раз через { $ends_s }. Песни, которые у меня ещё есть, не считаются.
error-Busy-group_day = У этой группы музыка на сегодня ({ $limit_s }) закончилась. Попробуйте ещё раз через { $ends_s }.
error-Busy-address_day = Из твоей сети сегодня уже разделено столько музыки, сколько можно ({ $limit_s }). Попробуй ещё раз через { $ends_s }.
error-Busy-group_jobs_waiting = У этой группы в очереди уже столько песен, сколько можно: { $most }. Попробуйте ещё раз, когда одна будет готова.
error-Busy-address_jobs_waiting = Из твоей сети в очереди уже столько песен, сколько можно: { $most }. Попробуй ещё раз, когда одна будет готова.
quota-remaining = Осталось на сегодня: { $left_s } музыки из { $limit_s }. Песен в очереди: { $waiting } из { $most }.
quota-used_up = На сегодня музыки не осталось (всего { $limit_s }); снова через { $ends_s }. Песен в очереди: { $waiting } из { $most }.
quota-queue = Песен в очереди: { $waiting } из { $most }.

cli-block = не принимать песни от человека, группы или адреса: add, remove, list
cli-block-add = не принимать от них песни
cli-block-remove = снова принимать от них песни
cli-block-list = показать, от кого песни не принимаются
cli-block-who = например telegram:123, discord:guild:456, telegram:chat:-100789 или 203.0.113.7
cli-block-for = только на это время: 90s, 15m, 2h, 7d
cli-block-why = заметка для себя
block-added = { $who }: заблокирован.
block-added_until = { $who }: заблокирован на { $ends_s }.
block-removed = { $who }: больше не заблокирован.
block-unknown = { $who }: не заблокирован.
block-empty = Никто не заблокирован.
block-invalid = { $who }: это не человек, не группа и не адрес: stembot block add --help
block-column-who = кто
block-column-until = закончится через
block-column-why = заметка
