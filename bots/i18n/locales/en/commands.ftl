# Names and descriptions of commands and permissions. Telegram and Discord show them in menus: at most 100 characters.

command-start = What I do
command-help = How to ask
command-vocals = Vocals only
command-instrumental = Everything but the vocals
command-drumless = Everything but the drums
command-bassless = Everything but the bass
command-stems = Every stem by itself
command-mixer = A link to the live mixer
command-queue = Where your songs are in line
command-cancel = Cancel what you have in line
command-privacy = What I keep
command-separate = Take a song apart
command-separate-file = The song: any sound or video file
command-separate-want = vocals, instrumental, drumless, bassless, all stems …
command-separate-format = mp3, flac, wav, ogg, m4a or stem.mp4
command-separate-quality = As the song has it, or 16 bit, 24 bit, 32 bit float, 320, 192, 128 kbit/s
command-menu = Separate stems
permission-send_messages = send messages
permission-attach_files = attach files
permission-embed_links = embed links
permission-send_messages_in_threads = write in threads
permission-view_channel = see this channel
permission-read_message_history = read this channel
