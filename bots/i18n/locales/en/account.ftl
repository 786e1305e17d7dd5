# Settings, recent songs, privacy, and songs that come by another way.

button-delete_all = Delete everything
button-confirm_delete = Yes, delete it
button-share = Share
button-upload = Send it there
button-again = Send it again
button-show = Show it
button-start = Open the bot
too_big_here = I can't download files over { $limit_bytes } from this chat. Send the song on the page behind this button, and I'll reply here. The link works once and expires in 24 hours.
already_answered = { $song }: this group already has that.
delete_all_confirm = This deletes your songs, their stems and mixes, your settings and the list of your requests. Songs that others sent too stay available to them. This can't be undone.
delete_all_done = { $orders ->
    [one] Done. { $orders } request and your settings are deleted.
   *[other] Done. { $orders } requests and your settings are deleted.
}
stopping = Stopping…
stop_too_late = That song is no longer downloading.
share_help = In the chat where you want it, type /stems and choose the song.
recent_songs = Your recent songs. Choose one and I'll send it here.
recent_songs_choose = Choose a song
recent_songs_empty = Nothing here yet. Send me a song first.
mixer_links = Your recent songs in the live mixer:
mixer_unavailable = The mixer isn't available here: no web address is set up.
choose_stems = Or choose single stems
language-name = English

settings-mine = Your settings. They apply in every chat with me.
settings-chat = Settings of this group. They apply to everyone who hasn't chosen their own.
settings-moderators = Only moderators can change the settings of this group. For your own, message me in private.
settings-outputs = If I don't say what I want
settings-outputs-usual = Ask me
settings-format = Format
settings-format-usual = mp3
settings-effort = Separation
settings-effort-usual = Best
settings-effort-quick = Quick
settings-language = Language
settings-language-usual = Same as the app
settings-daily = Songs a day
settings-daily-usual = No limit
error-Busy-place_day = This group has used its { $most } songs for today. Please try again in { $ends_s }.
command-recent_songs = Your recent songs, to send here again
command-recent_songs-song = Which song
command-settings = Language, format, quality, and what I make if you don't say
command-separate-effort = best takes longer, quick is rougher
modal-title = Separate a song
privacy = I store the song you send for a day and its stems for a week, so that I can answer faster if it's requested again. I also store your settings and the list of your requests. Only the chats you ask in and the people you give a link to can see your files. You can delete all of it now. How many minutes of music you have used is forgotten after a day, whatever you delete.
command-settings-server = For this whole server (moderators only)
modal-file = Song
modal-want = What would you like?
delete_song = Delete a song
delete_song_done = { $song } and everything made from it are deleted. Songs that others sent too stay available to them.
delete_song_confirm = Delete { $song } and everything made from it? This can't be undone.
