# Limits and blocks: what people are told, and what the operator reads.

error-Blocked = I can't accept songs from here: the operator has blocked it.
error-Blocked-until = I can't accept songs from here for another { $ends_s }: the operator has blocked it.
error-Busy-day = You've used your { $limit_s } for today. Please try again in { $ends_s }. Results I already have don't count.
error-Busy-group_day = This group has used its { $limit_s } for today. Please try again in { $ends_s }.
error-Busy-address_day = Your network has used its { $limit_s } for today. Please try again in { $ends_s }.
error-Busy-group_jobs_waiting = This group already has { $most } songs in the queue. Please try again when one is done.
error-Busy-address_jobs_waiting = Your network already has { $most } songs in the queue. Please try again when one is done.
quota-remaining = Left for today: { $left_s } of { $limit_s } of music. In the queue: { $waiting } of { $most } songs.
quota-used_up = Left for today: nothing of { $limit_s } of music; more in { $ends_s }. In the queue: { $waiting } of { $most } songs.
quota-queue = In the queue: { $waiting } of { $most } songs.

cli-block = accept no songs from a person, group or address: add, remove, list
cli-block-add = block a person, group or address
cli-block-remove = remove a block
cli-block-list = list all blocks
cli-block-who = as in telegram:123, discord:guild:456, telegram:chat:-100789 or 203.0.113.7
cli-block-for = only for this long: 90s, 15m, 2h, 7d
cli-block-why = a note for yourself
block-added = { $who } is blocked.
block-added_until = { $who } is blocked for { $ends_s }.
block-removed = { $who } is no longer blocked.
block-unknown = { $who } is not blocked.
block-empty = Nobody is blocked.
block-invalid = { $who } is not a person, group or address: stembot block add --help
block-column-who = who
block-column-until = ends in
block-column-why = note
