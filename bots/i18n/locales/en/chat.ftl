# What a person reads in a chat: the status message from its first second to its last, buttons, answers.

received = Downloading your song…
heading = { $song }: { $outputs }
choose =
    { $song }
    What would you like?
queued = In the queue: { $before } ahead of you{ $eta }.
next = You're next{ $eta }.
starting = Starting…
load = Loading the model…
decode = Reading your song…
separate = Separating: { $percent } %{ $eta }
encode = Saving the stems…
mix = Preparing your files…
eta = , about { $eta_s } to go
service-nobody = The separator isn't running right now. Your song keeps its place in the queue.
service-loading = The model is still loading. Your song keeps its place in the queue.
service-drained = The separator is paused for maintenance. Your song keeps its place in the queue.
service-storage = Our storage isn't taking files right now. Your song keeps its place and is tried again.
ready = Done. Sending the files…
done = Done: { $outputs }.
done_in_private = Done: { $outputs }. I may not send these files in this chat, so I sent them to you in private.
done_refused = Done: { $outputs }. I may not send these files in this chat, so listen and download here:
done_refused_no_link = Done: { $outputs }. I may not send these files in this chat. Write to me in private and choose them with /stems.
done_too_big =
    Done: { $outputs }. { $count ->
        [one] { $count } file is too big for this chat; listen and download here:
       *[other] { $count } files are too big for this chat; listen and download here:
    }
done_too_big_no_link =
    Done: { $outputs }. { $count ->
        [one] { $count } file is too big for this chat, and no web address is set up for links.
       *[other] { $count } files are too big for this chat, and no web address is set up for links.
    }
estimated = Drums, bass and other are estimated here by a simpler method, so they sound rougher than the vocals.
folded = A stem.mp4 has room for four stems, so guitar and piano are in “other”.
cancelled = Cancelled.
cancel_too_late = Too late to cancel: it's already finished.
not_yours = Only the person who asked can do that.
order_expired = That request has expired. Please send the song again.

# Labels of buttons, for a thumb on a phone: at most 20 characters. Wishes are read in the status message too.
button-cancel = Cancel
button-mixer = Open mixer
button-preview = Hear a preview
output-vocals = Vocals
output-instrumental = Instrumental
output-drumless = Drumless
output-bassless = Bassless
output-guitarless = Guitarless
output-pianoless = Pianoless
output-stems = All stems
output-drums = Drums
output-bass = Bass
output-other = Other
output-guitar = Guitar
output-piano = Piano
output-accompaniment = Instrumental
# Several taken away at once: `Without drums and bass`.
output-without = Without { $stems }
without-vocals = vocals
without-drums = drums
without-bass = bass
without-other = the rest
without-guitar = guitar
without-piano = piano
without-accompaniment = accompaniment
both = { $one } and { $other }
help =
    Send me a song and say what you want of it: vocals only, drumless, instrumental, bassless, all stems. Add flac, wav, ogg, m4a or stem.mp4 for another format than mp3.

    Bass and drums usually come out clean. Vocals, guitars and piano share the middle of the spectrum, so expect traces of one in the other, above all in live or very dense recordings. Check the result before you use it.
queue_empty = You have nothing in the queue.
queue_elsewhere = { $count ->
    [one] You have one request in another chat. Send me /queue there to see it.
   *[other] You have { $count } requests in other chats. Send me /queue there to see them.
}
missing_permission = I can't answer here: I'm missing the permission to { $missing }.
no_song = I couldn't find a song in that message. Send me one, or reply to one.

# Numbers as people say them.
unit-seconds = { $n } s
unit-minutes = { $n } min
unit-hours = { $n } h
unit-hours_minutes = { $hours } h { $minutes } min
unit-megabytes = { $n } MB
unit-gigabytes = { $n } GB
