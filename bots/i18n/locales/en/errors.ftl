# One sentence for each class of the error tree, named after it; `…-limit` where an error names a limit.

error-StembotError = Something went wrong here. Please try again.
error-SongRefused = I can't separate this song.
error-NotAudio = I can't find any sound in that file. Send a song as mp3, wav, flac, m4a, ogg, or a video.
error-NoSound = That file is silent; there is nothing to separate.
error-SongGone = Your song isn't stored any more, because it waited too long. Please send it again.
error-SongTooLong = That song is too long: the limit is { $limit_s }.
error-SongTooShort = That is too short to separate; send at least { $least_s }.
error-FileTooBig = That file is too big: the limit is { $limit_bytes }.
error-Protected = That file is copy-protected (DRM), so I can't open it. Send a version without protection.
error-UnknownWish = I can't make that from this song. Try vocals, instrumental, drumless, bassless, or all stems.
error-Busy = I'm at my limit right now. Please try again in a while.
error-Busy-jobs_waiting = You already have { $most } songs in the queue. Send the next one when one of them is done.
error-Busy-jobs_waiting_all = The queue is full right now ({ $most } songs). Please try again in a few minutes.
error-Busy-rate = That was a lot at once. Please try again in { $ends_s }.
error-SeparationFailed = Sorry, the separation failed. Your song is fine; please try again later.
error-LeaseLost = Sorry, the separation was interrupted. Please try again.
error-ConfigError = { $setting } is not valid: { $value }
error-ModelNotHere = The weights of { $model } are missing or incomplete: stembot models pull { $model }.
error-DownloadFailed = I couldn't download { $file } completely ({ $reason }). What arrived is kept; the next try continues from there.
error-StorageError = I couldn't store or read your files just now. Please try again in a while.
error-NotStored = Those files have been deleted: I keep stems for a week. Please send the song again.
error-TooManyBytes = That file is too big: the limit is { $limit_bytes }.
error-LinkError = This link doesn't work.
error-LinkRefused = This link isn't valid. Check that you copied all of it.
error-LinkEnded = This link has expired. Ask the bot for the song again to get a new one.
error-SongLost = I couldn't download that song from the chat. Please send it again.
