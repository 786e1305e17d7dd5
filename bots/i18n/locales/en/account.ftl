# Settings, recent songs, privacy, and songs that come by another way.

button-delete_all = Delete everything
button-confirm_delete = Yes, delete it
button-share = Share
button-upload = Send it there
button-again = Send it again
button-show = Show it
button-start = Open the bot
too_big_here = I can't fetch files over { $limit_bytes } from this chat. Send the song on the page behind this button, and I'll answer here. The link takes one song and lives for a day.
already_answered = { $song }: this group has that already.
delete_all_confirm = This deletes your songs, their stems and mixes, your settings and the list of what you asked for. What others sent too stays theirs. There's no way back.
delete_all_done = { $orders ->
    [one] Done. { $orders } order of yours is deleted, and your settings.
   *[other] Done. { $orders } orders of yours are deleted, and your settings.
}
stopping = Stopping…
stop_too_late = That song isn't being fetched any more.
share_help = In the chat where you want it, type /stems and pick the song.
recent_songs = Your recent songs. Pick one and I'll send it here.
recent_songs_choose = Pick a song
recent_songs_empty = Nothing here yet. Send me a song first.
mixer_links = Your recent songs in the live mixer:
mixer_unavailable = No web address is set up here, so there's no live mixer.
choose_stems = Or pick single stems
language-name = English

settings-mine = Your settings. They hold in every chat with me.
settings-chat = Settings of this group, for all who haven't chosen something else themselves.
settings-moderators = Only moderators can change the settings of this group. For your own, write to me in private.
settings-outputs = Without words
settings-outputs-usual = Ask me
settings-format = Format
settings-format-usual = mp3
settings-effort = Separation
settings-effort-usual = Best
settings-effort-quick = Quick
settings-language = Language
settings-language-usual = As in the app
settings-daily = Songs a day
settings-daily-usual = No limit
error-Busy-place_day = This group has had its { $most } songs for today. Please try again in { $ends_s }.
command-recent_songs = My recent songs, to be sent here again
command-recent_songs-song = Which one
command-settings = Language, format, quality, what I make without words
command-separate-effort = best takes longer, quick is rougher
modal-title = Separate a song
privacy = I keep the song you send for a day and its stems for a week, to answer faster when it's asked for again. I also keep your settings and the list of what you asked for. Nobody sees your files but the chats you ask in and whoever you give a link to. You can have all of it deleted now. How many minutes of music you had is forgotten after a day, whatever you delete.
command-settings-server = For this whole server; only moderators can
modal-file = Song
modal-want = What would you like?
delete_song = Delete a song
delete_song_done = { $song } is deleted, with all that I made of it. What others sent too stays theirs.
delete_song_confirm = Delete { $song } and everything I made of it? There's no way back.
