# Limits and blocks: what people are told, and what the operator reads.

error-Blocked = I can't take songs from here: whoever runs me has decided so.
error-Blocked-until = I can't take songs from here for another { $ends_s }: whoever runs me has decided so.
error-Busy-day = You've had your { $limit_s } of music for today. Please try again in { $ends_s }. Songs that I still have cost nothing.
error-Busy-group_day = This group has had its { $limit_s } of music for today. Please try again in { $ends_s }.
error-Busy-address_day = From your network, { $limit_s } of music for today have been separated. Please try again in { $ends_s }.
error-Busy-group_jobs_waiting = This group has { $most } songs in line already. Please try again when one is done.
error-Busy-address_jobs_waiting = From your network, { $most } songs are in line already. Please try again when one is done.
quota-remaining = Left for today: { $left_s } of { $limit_s } of music. In line: { $waiting } of { $most } songs.
quota-used_up = Left for today: nothing of { $limit_s } of music; more in { $ends_s }. In line: { $waiting } of { $most } songs.
quota-queue = In line: { $waiting } of { $most } songs.

cli-block = take no songs from a person, group or address: add, remove, list
cli-block-add = take no songs from them
cli-block-remove = take songs from them again
cli-block-list = list whom no songs are taken from
cli-block-who = as in telegram:123, discord:guild:456, telegram:chat:-100789 or 203.0.113.7
cli-block-for = only for so long: 90s, 15m, 2h, 7d
cli-block-why = a note for yourself
block-added = { $who } is blocked.
block-added_until = { $who } is blocked for { $ends_s }.
block-removed = { $who } is not blocked any more.
block-unknown = { $who } is not blocked.
block-empty = Nobody is blocked.
block-invalid = { $who } is no person, group or address: stembot block add --help
block-column-who = who
block-column-until = ends in
block-column-why = note
