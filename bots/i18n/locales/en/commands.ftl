# Names and descriptions of commands and permissions. Telegram and Discord show them in menus: at most 100 characters.

command-start = What I can do
command-help = How to ask
command-vocals = Vocals only
command-instrumental = Instrumental (no vocals)
command-drumless = Without drums
command-bassless = Without bass
command-stems = Every stem as a file of its own
command-mixer = A link to the live mixer
command-queue = Show your place in the queue
command-cancel = Cancel your songs in the queue
command-privacy = What data I store
command-separate = Split a song into stems
command-separate-file = The song: any audio or video file
command-separate-want = vocals, instrumental, drumless, bassless, all stems …
command-separate-format = mp3, flac, wav, ogg, m4a or stem.mp4
command-separate-quality = Same as the song, or 16 bit, 24 bit, 32 bit float, 320, 192, 128 kbit/s
command-menu = Separate stems
permission-send_messages = send messages
permission-attach_files = attach files
permission-embed_links = embed links
permission-send_messages_in_threads = write in threads
permission-view_channel = see this channel
permission-read_message_history = read this channel
