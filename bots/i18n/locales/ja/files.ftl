# ファイル、フォルダー、設定。

error-FolderUnusable = フォルダー { $folder } には書き込めません。
error-FolderUnusable-full = { $folder } に空きがありません。空きを作るか、別のフォルダーを指定してください。
error-FolderUnusable-read_only = フォルダー { $folder } は読み取り専用です。別のフォルダーを指定するか、書き込みを許可してください。
error-FolderUnusable-no_folder = { $folder } はフォルダーではありません。フォルダーか、作成できる場所を指定してください。
error-FolderUnusable-missing = フォルダー { $folder } がありません。作成するか、別のフォルダーを指定してください。
error-NoSuchFile = ファイル { $file } がありません。
error-NoSuchFile-folder = { $file } はフォルダーです。中の曲を指定してください。
error-NoSuchFile-none = 曲が指定されていません。例：separate song.mp3 drumless。
error-NoSuchFile-terminal = パイプから何も届いていません。ファイルを指定するか、曲をパイプで渡してください。
error-NoSuchFile-device = { $file } はファイルでもパイプでもありません。
error-SongRefused-unreadable = ファイル { $file } を読めません：{ $why }。
cli-song_limit = この上限は STEMBOT_SONG_LIMIT_S で決まります。
cli-model_replaced = { $model } の重みが壊れているため、代わりに { $by } を使いました。入れ替えるには：stembot models pull { $model }
cli-unknown_words = 理解できません：{ $words }
cli-separate-words = 曲（標準入力は -）と、作るもの：ボーカル、ドラムなし、ベースなし、全パート…（既定：全パート）
cli-separate-overwrite = 同名のファイルを置き換える（指定しなければ番号が付く）
partial = ファイルが途中で切れているか壊れています。長さは{ $said_s }のはずですが、読めたのは{ $song_s }だけです。読めた分の結果です。
error-NotAudio-damaged = そのファイルは壊れていて、再生できる音がありません。別のコピーを試してください。
error-ConfigError-port_taken = ポート { $value } は別のプログラムが使っています。それを止めるか、{ $setting } に別のポートを指定してください。
error-ConfigError-host = { $setting } は { $value } ですが、このマシンのアドレスではありません。
error-ConfigError-scheme = { $setting } の { $value } は使えません。{ $known } を使ってください。
error-ConfigError-damaged = データベース { $value } が壊れているか、Stembotのものではありません。バックアップから戻すか、別の場所へ移してください。
error-ConfigError-later_version = データベースはより新しいStembotで作られました。このStembotを更新してください。
