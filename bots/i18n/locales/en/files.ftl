# Files, folders and settings.

error-FolderUnusable = Nothing can be written into the folder { $folder }.
error-FolderUnusable-full = There is no room left in { $folder }. Free some space, or name another folder.
error-FolderUnusable-read_only = The folder { $folder } is read-only for this user. Name another one, or allow writing there.
error-FolderUnusable-no_folder = { $folder } is not a folder. Name one, or a path where one can be made.
error-FolderUnusable-missing = The folder { $folder } is missing or disappeared. Make it, or name another one.
error-NoSuchFile = There is no file { $file }.
error-NoSuchFile-folder = { $file } is a folder. Name the songs in it instead.
error-NoSuchFile-none = No song was named. Write, for example: separate song.mp3 drumless.
error-NoSuchFile-terminal = Nothing is piped in. Name a file, or pipe a song into this command.
error-NoSuchFile-device = { $file } is neither a file nor a pipe.
error-SongRefused-unreadable = The file { $file } can't be read: { $why }.
cli-song_limit = STEMBOT_SONG_LIMIT_S sets this limit.
cli-model_replaced = The weights of { $model } are damaged, so { $by } was used instead. To replace them: stembot models pull { $model }
cli-unknown_words = not understood: { $words }
cli-separate-words = songs (or - for standard input), and what to make of them: vocals, drumless, no bass, all stems … (default: all stems)
cli-separate-overwrite = replace files of the same names; without it the new ones get a number
partial = The file is incomplete or damaged: it should last { $said_s }, but only { $song_s } could be read. This is what was there.
error-NotAudio-damaged = That file is damaged: nothing in it can be played. Try another copy.
error-ConfigError-port_taken = Port { $value } is taken by another program. Stop that one, or set { $setting } to another port.
error-ConfigError-host = { $setting } is { $value }, which is no address of this machine.
error-ConfigError-scheme = { $setting } begins with { $value }, which I don't know. Use { $known }.
error-ConfigError-damaged = The database { $value } is damaged or is no database of mine. Restore it from a backup, or move it away to start with an empty one.
error-ConfigError-later_version = The database was made by a later version of Stembot. Update this installation.
